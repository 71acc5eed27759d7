import ArgumentParser
import CartCore
import CartSamples
import CartServer
import Foundation
import Logging

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Serves sample carts from a temporary store, and prints a key to try it with.")

    @Option(help: "How many carts, 0 to 10000000.")
    var carts = 2000

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080

    func validate() throws {
        guard (0...10_000_000).contains(carts) else { throw ValidationError("--carts must be from 0 to 10000000.") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "corral-demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        var settings = try await Settings.read(environment: ProcessInfo.processInfo.environment, file: nil)
        settings.database = .sqlite(path: folder.appending(path: "demo.db").path)
        settings.host = "127.0.0.1"
        settings.port = port
        settings.logLevel = max(settings.logLevel, .warning)
        // The carts shall be the same for as long as somebody looks at them.
        settings.sweeps = false
        let store = try settings.database.open(creating: true, abandonedAfter: settings.policy.abandonedAfter)
        let random = SystemRandomSource()
        let now = SystemWallClock().now
        _ = try await Seeding(store: store, policy: settings.policy, seed: 1, now: now).seed(carts)

        let password = Hex.encode(random.bytes(8))
        let author = Author.atCommandLine(now: now)
        let user = try await store.insert(
            User(
                id: 0, name: "demo", email: "demo@example.com", role: .administrator,
                password: try PasswordHash(password, random: random), created: now), by: author)
        func insert(_ secret: KeySecret, _ permission: Permission) async throws {
            _ = try await store.insert(
                ConsumerKey(secret, userID: user.id, description: "Demo", permission: permission, created: now), by: author)
        }
        let pair = ConsumerKeyPair(random: random)
        try await insert(.pair(pair), .admin)
        let apiKey = APIKey(random: random)
        try await insert(.apiKey(apiKey), .readWrite)

        let server = CorralServer(settings: settings, store: store, logger: .corral(settings))
        try await server.run { [carts] port in
            print(
                """

                Corral is running over \(carts) sample carts. Stop it with Ctrl-C; the carts are temporary.

                  URL              http://127.0.0.1:\(port)
                  Consumer key     \(pair.consumerKey)
                  Consumer secret  \(pair.consumerSecret)
                  User, password   demo, \(password)
                  CS-Cart API key  \(apiKey.text), of \(user.email)

                Try it:

                  curl -u \(pair.consumerKey):\(pair.consumerSecret) \\
                    'http://127.0.0.1:\(port)/wp-json/cocart/v2/sessions?per_page=2'

                  curl -u \(user.email):\(apiKey.text) \\
                    'http://127.0.0.1:\(port)/api/carts?items_per_page=2'

                """)
            // The output may be a pipe or a file, where print waits for a full buffer.
            fflush(nil)
        }
    }
}
