import ArgumentParser
import CartCore
import CartServer
import Foundation

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serves the carts of a store until it is told to stop.")

    @OptionGroup var store: StoreOptions

    @Option(help: "The address to listen on. Default: 127.0.0.1.")
    var host: String?

    @Option(help: "The port to listen on; 0 takes a free one. Default: 8080.")
    var port: Int?

    func validate() throws {
        guard port.map({ (0...65_535).contains($0) }) ?? true else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    func run() async throws {
        var flags: [String: String] = [:]
        flags["server.host"] = host
        flags["server.port"] = port.map(String.init)
        let settings = try await store.settings(flags: flags)
        let opened = try await settings.database.openWhole(creating: true, abandonedAfter: settings.policy.abandonedAfter)
        let server = CorralServer(settings: settings, store: opened, logger: .corral(settings))
        try await server.run { port in
            printToStandardError("Corral listens on \(settings.scheme)://\(settings.host):\(port), with the carts of \(settings.database).")
        }
    }
}
