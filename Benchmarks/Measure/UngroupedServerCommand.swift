import ArgumentParser
import CartCore
import CartServer
import CartStoreSQLite
import Foundation
import Logging

/// The same server as `corral serve`, but each write has a transaction of its own: what their sharing gains is the difference.
struct UngroupedServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-ungrouped", abstract: "Serves as corral serve does, without committing the writes of several together.")

    @Option(help: "Where the carts are kept: sqlite:PATH. Default: CORRAL_DATABASE, else sqlite:./corral.db.")
    var database: String?
    @Option(help: "A configuration file (YAML).")
    var config: String?
    @Option(help: "The address to listen on.")
    var host: String?
    @Option(help: "The port to listen on; 0 takes a free one.")
    var port: Int?

    func run() async throws {
        var flags: [String: String] = [:]
        flags["database"] = database
        flags["server.host"] = host
        flags["server.port"] = port.map(String.init)
        let settings = try await Settings.read(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        guard case .sqlite(let path) = settings.database else { throw ValidationError("This is about SQLite: --database sqlite:PATH") }
        let store = try SQLiteStore(path: path, abandonedAfter: settings.policy.abandonedAfter, largestGroup: 1)
        try await CorralServer(settings: settings, store: store, logger: .corral(settings)).run { port in
            let line = "Corral listens on \(settings.scheme)://\(settings.host):\(port), and commits each write by itself.\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
    }
}
