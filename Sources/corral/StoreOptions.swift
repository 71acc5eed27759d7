import ArgumentParser
import CartCore
import CartServer
import Foundation

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(help: "Where the carts are kept: \(DatabaseLocation.forms). Default: CORRAL_DATABASE, else sqlite:./corral.db.")
    var database: String?

    @Option(help: "A configuration file (YAML).")
    var config: String?

    /// All settings; flags win over the environment, and that over the file.
    func settings(flags: [String: String] = [:]) async throws -> Settings {
        var flags = flags
        flags["database"] = database
        return try await Settings.read(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
    }

    /// Opens the store for as long as `body` runs.
    ///
    /// - Parameter creating: whether a store that does not exist is made; a command that only looks must not leave an empty one behind.
    func withStore<Value>(creating: Bool = false, _ body: (any Store, Settings) async throws -> Value) async throws -> Value {
        let settings = try await settings()
        let store = try await settings.database.openWhole(creating: creating, abandonedAfter: settings.policy.abandonedAfter)
        do {
            let value = try await body(store, settings)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}

/// How a command prints data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

extension Author {
    /// Whoever runs this command, by the name that the machine knows.
    static func atCommandLine(now: Timestamp = SystemWallClock().now) -> Author { Author(.commandLine(user: NSUserName()), at: now) }
}
