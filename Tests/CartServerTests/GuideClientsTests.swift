import CartCore
import CartSamples
import CartTesting
import Foundation
import Testing

/// The consumer-key guide, which the project does not contain: it lies beside it where the project is developed.
private enum Guide {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let document: String? = {
        let folder = root.deletingLastPathComponent().appending(path: "shared/seeds")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.first { $0.hasPrefix("003") }.map { folder.appending(path: $0).path }
    }()

    /// Where every change is tested the document must be there; elsewhere the tests are skipped without it.
    static let isExpected = document != nil || ProcessInfo.processInfo.environment["CI"] != nil
}

@Suite("The clients of the consumer-key guide run unchanged", .enabled(if: Guide.isExpected, "the guide is not there"))
struct GuideClientsTests {
    @Test(arguments: [
        "javascript", "javascript-preview", "inspect", "debug", "php", "dashboard", "plugin", "python", "backend", "cleanup",
        "backend-cleanup",
    ])
    func client(name: String) async throws {
        let document = try #require(Guide.document)
        try await TestServer.run { server in
            let shop = SampleShop(seed: 1, now: SystemWallClock().now, policy: CartPolicy())
            _ = try await server.store.apply((0..<3000).map { .save(shop.cart($0), wasAbandoned: false, replacing: nil) })
            let key = try await server.key()
            let result = try await Program.named(
                "python3", "-B", Guide.root.appending(path: "Tests/GuideClients/guide_clients.py").path, "--document", document, "--url",
                server.url, "--key", key.pair.consumerKey, "--secret", key.pair.consumerSecret, name
            ).run()
            #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        }
    }
}
