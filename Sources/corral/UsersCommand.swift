import ArgumentParser
import CartCore
import Foundation

struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "The people who sign in, and in whose names keys are used.",
        subcommands: [Create.self, List.self, SetRole.self, Password.self, Delete.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Creates a user.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The login name.")
        var name: String
        @Option(help: "The e-mail address.")
        var email: String
        @Option(help: "What the user may do; customers may not use the API.")
        var role: Role
        @OptionGroup var password: PasswordOptions

        func run() async throws {
            try User.validate(name: name, email: email)
            let hash = try password.hash(for: name)
            try await store.withStore(creating: true) { store, _ in
                let user = try await store.insert(
                    User(id: 0, name: name, email: email, role: role, password: hash, created: SystemWallClock().now), by: .atCommandLine())
                print("Created user \(user.name) with role \(user.role.rawValue).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the users.")

        @OptionGroup var store: StoreOptions
        @Option(help: "How to print.")
        var format = OutputFormat.table

        func run() async throws {
            let users = try await store.withStore { store, _ in try await store.users() }
            switch format {
            case .table:
                var table = Table("ID", "NAME", "EMAIL", "ROLE", "CREATED")
                for user in users { table.add(String(user.id), user.name, user.email, user.role.rawValue, user.created.iso8601) }
                print(table.text)
            case .json:
                var json = JSONWriter()
                json.beginArray()
                for user in users {
                    json.beginObject()
                    json.name("id")
                    json.integer(user.id)
                    json.name("name")
                    json.string(user.name)
                    json.name("email")
                    json.string(user.email)
                    json.name("role")
                    json.string(user.role.rawValue)
                    json.name("created")
                    json.timestamp(user.created)
                    json.endObject()
                }
                json.endArray()
                printJSON(json)
            }
        }
    }

    struct SetRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Changes what a user may do; running servers hold the user's keys to it within a second.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The login name.")
        var name: String
        @Argument(help: "What the user may do; customers may not use the API.")
        var role: Role

        func run() async throws {
            let user = try await store.withStore { store, _ in
                try await store.changeUser(name: name, .role(role), by: .atCommandLine())
            }
            guard let user else { throw Failure("There is no user \(name).") }
            print("User \(user.name) has the role \(user.role.rawValue).")
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Changes a user's password.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The login name.")
        var name: String
        @OptionGroup var password: PasswordOptions

        func run() async throws {
            let hash = try password.hash(for: name)
            let user = try await store.withStore { store, _ in
                try await store.changeUser(name: name, .password(hash), by: .atCommandLine())
            }
            guard let user else { throw Failure("There is no user \(name).") }
            print("User \(user.name) has a new password.")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a user and all of the user's keys.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The login name.")
        var name: String

        func run() async throws {
            guard try await store.withStore({ store, _ in try await store.deleteUser(name: name, by: .atCommandLine()) }) else {
                throw Failure("There is no user \(name).")
            }
            print("Deleted user \(name).")
        }
    }
}

/// Where a new password comes from.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from the first line of stdin. Without it the terminal asks for it.")
    var passwordStdin = false

    func hash(for name: String) throws -> PasswordHash {
        let password = try passwordStdin ? readLine() ?? "" : Prompt.secret("Password for \(name): ")
        return try PasswordHash(password, random: SystemRandomSource())
    }
}

extension Role: ExpressibleByArgument {}
