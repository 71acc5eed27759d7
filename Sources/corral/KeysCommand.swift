import ArgumentParser
import CartCore
import Foundation

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The consumer keys that programs use the API with.",
        subcommands: [Create.self, List.self, Show.self, Rotate.self, Disable.self, Enable.self, Revoke.self, Usage.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Creates a key and shows its secret, this once only.")

        @OptionGroup var store: StoreOptions
        @Option(help: "The user in whose name the key acts.")
        var user: String
        @Option(help: "What the key is for.")
        var description: String
        @Option(help: "What the key may do.")
        var permissions: Permission
        @Option(help: "Whose API it is for: a consumer key and secret, or an API key for the user's e-mail address.")
        var kind = ConsumerKey.Kind.cocart
        @Option(name: .customLong("store"), help: "The one store whose carts the key may see. Default: all.")
        var storeID: Int64?
        @Option(
            name: .customLong("allow-ip"),
            help: "Addresses that the key may be used from, such as 192.0.2.0/24; can be repeated. Default: all.")
        var allowedRanges: [NetworkRange] = []
        @Option(help: "How long the key can be used, such as 90d.")
        var expires = "never"
        @Option(help: "How to print.")
        var format = OutputFormat.table

        private func lifetime() throws -> TimeSpan? {
            guard expires != "never" else { return nil }
            guard let span = TimeSpan(text: expires), span > .seconds(0) else {
                throw ValidationError("--expires must be a time such as 12h or 90d, or never.")
            }
            return span
        }

        func validate() throws { _ = try lifetime() }

        func run() async throws {
            let author = Author.atCommandLine()
            var draft = KeyDraft(user: user, description: description, permission: permissions)
            draft.kind = kind
            draft.storeID = storeID
            draft.allowedRanges = allowedRanges
            draft.expires = try lifetime().map { author.now + $0 }
            let issued = try await store.withStore { store, _ in
                guard try await store.user(login: user) != nil else { throw Failure("There is no user \(user).") }
                return try await KeyService(store: store, random: SystemRandomSource()).create(draft, by: author)
            }
            show(issued, as: format)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the keys.")

        @OptionGroup var store: StoreOptions
        @Option(help: "How to print.")
        var format = OutputFormat.table

        func run() async throws {
            let keys = try await store.withStore { store, _ in try await store.keys() }
            let now = SystemWallClock().now
            switch format {
            case .table:
                var table = Table("ID", "KIND", "KEY", "DESCRIPTION", "USER", "PERMISSIONS", "STATE", "LAST ACCESS", "REQUESTS")
                for entry in keys {
                    table.add(
                        String(entry.key.id), entry.key.kind.rawValue, "…" + entry.key.truncatedKey, entry.key.description, entry.user.name,
                        entry.key.permission.rawValue, entry.key.state(at: now).rawValue, entry.key.lastAccess?.iso8601 ?? "never",
                        String(entry.key.requests))
                }
                print(table.text)
            case .json:
                var json = JSONWriter()
                json.beginArray()
                for entry in keys { entry.write(to: &json, at: now) }
                json.endArray()
                printJSON(json)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one key.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The number of the key.")
        var id: Int64
        @Option(help: "How to print.")
        var format = OutputFormat.table

        func run() async throws {
            guard let entry = try await store.withStore({ store, _ in try await store.key(id: id) }) else {
                throw Failure("There is no key \(id).")
            }
            let now = SystemWallClock().now
            switch format {
            case .table:
                var table = Table("FIELD", "VALUE")
                table.add("id", String(entry.key.id))
                table.add("kind", entry.key.kind.rawValue)
                table.add("key", "…" + entry.key.truncatedKey)
                table.add("description", entry.key.description)
                table.add("user", entry.user.name)
                table.add("role", entry.user.role.rawValue)
                table.add("permissions", entry.key.permission.rawValue)
                table.add("store", entry.key.storeID.map(String.init) ?? "all")
                table.add(
                    "allowed from",
                    entry.key.allowedRanges.isEmpty ? "anywhere" : entry.key.allowedRanges.map(\.text).joined(separator: ", "))
                table.add("state", entry.key.state(at: now).rawValue)
                table.add("created", entry.key.created.iso8601)
                table.add("expires", entry.key.expires?.iso8601 ?? "never")
                if let revoked = entry.key.revoked { table.add("revoked", revoked.iso8601) }
                if let disabled = entry.key.disabled { table.add("disabled", disabled.iso8601) }
                if let until = entry.key.previous?.until { table.add("old secret works until", until.iso8601) }
                table.add("last access", entry.key.lastAccess?.iso8601 ?? "never")
                table.add("last address", entry.key.lastAddress?.description ?? "none")
                table.add("requests", String(entry.key.requests))
                print(table.text)
            case .json:
                var json = JSONWriter()
                entry.write(to: &json, at: now)
                printJSON(json)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a key a new secret and shows it, this once only.",
            discussion: """
                Until the time of grace is over the old secret works as well, so that programs can be changed one after the other. A consumer \
                key stays as it is; an API key is new as a whole.
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: "The number of the key.")
        var id: Int64
        @Option(help: "How long the old secret works, such as 12h or 7d; 0s: no longer.")
        var grace = "7d"
        @Option(help: "How to print.")
        var format = OutputFormat.table

        private func span() throws -> TimeSpan {
            guard let span = TimeSpan(text: grace) else { throw ValidationError("--grace must be a time such as 12h or 7d.") }
            return span
        }

        func validate() throws { _ = try span() }

        func run() async throws {
            let author = Author.atCommandLine()
            let issued = try await store.withStore { store, _ in
                guard try await store.key(id: id) != nil else { throw Failure("There is no key \(id).") }
                return try await KeyService(store: store, random: SystemRandomSource()).change(id, .rotate(grace: span()), by: author)
            }
            show(issued, as: format)
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Switches a key off; running servers refuse it within a second.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The number of the key.")
        var id: Int64

        func run() async throws { try await change(id, .disable, in: store, done: "Disabled") }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Switches a key on again.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The number of the key.")
        var id: Int64

        func run() async throws { try await change(id, .enable, in: store, done: "Enabled") }
    }

    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how keys are used: by day and kind of request, and from which addresses.",
            discussion: "Days are those of UTC. The counts are at most a second old; a server that is killed loses the last second of them."
        )

        @OptionGroup var store: StoreOptions
        @Argument(help: "The number of the key. Default: all keys, in short.")
        var id: Int64?
        @Option(help: "How many days, newest first, 1 to 1000.")
        var days = 30
        @Option(help: "How to print.")
        var format = OutputFormat.table

        func validate() throws {
            guard (1...1000).contains(days) else { throw ValidationError("--days must be from 1 to 1000.") }
        }

        func run() async throws {
            let reports = try await store.withStore { store, _ in
                var reports: [(entry: KeyAndUser, usage: KeyUsageReport)] = []
                for entry in try await store.keys() where id == nil || entry.key.id == id {
                    reports.append((entry, try await store.usage(ofKey: entry.key.id)))
                }
                return reports
            }
            if let id, reports.isEmpty { throw Failure("There is no key \(id).") }
            let first = SystemWallClock().now.day - Int64(days) + 1
            switch format {
            case .json:
                var json = JSONWriter()
                json.beginArray()
                for (entry, usage) in reports {
                    json.beginObject()
                    json.name("id")
                    json.integer(entry.key.id)
                    json.name("usage")
                    usage.since(first).write(to: &json)
                    json.endObject()
                }
                json.endArray()
                printJSON(json)
            case .table where id == nil:
                var table = Table("ID", "DESCRIPTION", "LAST ACCESS", "LAST ADDRESS", "LAST \(days) DAYS", "EVER", "ADDRESSES")
                for (entry, usage) in reports {
                    table.add(
                        String(entry.key.id), entry.key.description, entry.key.lastAccess?.iso8601 ?? "never",
                        entry.key.lastAddress?.description ?? "", String(usage.since(first).requests.values.reduce(0, +)),
                        String(entry.key.requests), String(usage.addresses.count))
                }
                print(table.text)
            case .table:
                for (_, usage) in reports { printTables(usage.since(first)) }
            }
        }

        private func printTables(_ usage: KeyUsageReport) {
            var table = Table("DAY", "LIST", "READ", "WRITE", "DELETE", "MANAGE")
            for day in Set(usage.requests.keys.map(\.day)).sorted(by: >) {
                let counts = RequestKind.allCases.map { String(usage.requests[KeyUsage.Count(day: day, kind: $0)] ?? 0) }
                table.add([String(Timestamp(day: day).iso8601.prefix(10))] + counts)
            }
            print(table.text + "\n")
            var addresses = Table("ADDRESS", "LAST ACCESS")
            for (address, lastAccess) in usage.newestAddresses { addresses.add(address.description, lastAccess.iso8601) }
            print(addresses.text)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revokes a key for good; running servers refuse it within a second.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The number of the key.")
        var id: Int64

        func run() async throws { try await change(id, .revoke, in: store, done: "Revoked") }
    }
}

private func change(_ id: Int64, _ change: KeyChange, in store: StoreOptions, done: String) async throws {
    let entry = try await store.withStore { store, _ in try await store.changeKey(id: id, change, by: .atCommandLine()) }
    guard let entry else { throw Failure("There is no key \(id).") }
    print("\(done) key \(id), \(entry.key.description).")
}

/// Prints what is shown once of a key that is new or was rotated.
private func show(_ issued: KeyService.Issued, as format: OutputFormat) {
    let entry = issued.entry
    let key = entry.key
    let shown = issued.secret?.shown(for: entry) ?? []
    switch format {
    case .table:
        for (label, _, value) in shown { print(label.padding(toLength: 17, withPad: " ", startingAt: 0) + value) }
        print(
            """

            Key \(key.id), \(key.permission.rawValue), of \(entry.user.name), expires: \(key.expires?.iso8601 ?? "never").
            \(key.previous.map { "What was shown before works until \($0.until.iso8601).\n" } ?? "")\
            Keep the \(key.kind == .cocart ? "secret" : "API key") now; it is not shown again.
            """)
    case .json:
        var json = JSONWriter()
        json.beginObject()
        json.name("id")
        json.integer(key.id)
        for (_, name, value) in shown {
            json.name(name)
            json.string(value)
        }
        json.name("permissions")
        json.string(key.permission.rawValue)
        json.name("description")
        json.string(key.description)
        if key.kind == .cocart || key.expires != nil {
            json.name("expires")
            json.optional(key.expires)
        }
        if let previous = key.previous {
            json.name("grace_until")
            json.timestamp(previous.until)
        }
        json.endObject()
        printJSON(json)
    }
}

extension Permission: ExpressibleByArgument {}

extension ConsumerKey.Kind: ExpressibleByArgument {}

extension NetworkRange: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension KeyUsageReport {
    /// The same without the days before one.
    fileprivate func since(_ day: Int64) -> KeyUsageReport {
        KeyUsageReport(requests: requests.filter { $0.key.day >= day }, addresses: addresses)
    }
}
