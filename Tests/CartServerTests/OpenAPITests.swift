import CartCore
import CartHTTP
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("The OpenAPI document")
struct OpenAPITests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("describes every route of every dialect and no other, and is served without credentials")
    func routes() async throws {
        try await TestServer.run { server in
            let answer = try await server.send(.GET, "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.object["openapi"] as? String == "3.1.0")
            let paths = try #require(answer.object["paths"] as? [String: [String: Any]])
            let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]
            let described = paths.flatMap { path, operations in
                methods.filter { operations[$0] != nil }.map { "\($0.uppercased()) \(path)" }
            }
            #expect(described.sorted() == server.routes.map { "\($0.method) \($0.path)" }.sorted())
            let version = try await Program.corral("--version").run().output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect((answer.object["info"] as? [String: Any])?["version"] as? String == version)
        }
    }

    @Test("its examples are answers of a real run")
    func examples() async throws {
        let isRecording = ProcessInfo.processInfo.environment["CORRAL_RECORD_EXAMPLES"] != nil
        try await check("examples.py", isRecording ? ["--record"] : [])
    }

    @Test("every answer to what it allows and forbids is as described, and none is a 5xx")
    func conformance() async throws {
        try await check("conformance.py", [])
    }

    /// Runs one of the scripts against a new server at a fixed time.
    private func check(_ script: String, _ arguments: [String]) async throws {
        let clock = ManualClock(Timestamp(seconds: 1_728_412_800))
        // The sweep would take from what is random, and made-up carts from the conformance.
        try await TestServer.run({ $0.sweeps = false }, clock: clock, random: SeededRandom()) { server in
            let writer = try await server.key(.readWrite).pair
            let reader = try await server.key(.read).pair
            let api = try await server.cscartKey(.readWrite)
            // The examples of keys begin behind it: with the number 5.
            let admin = try await server.key(.admin).pair
            var program = Program(executable: Self.root.appending(path: ".build/python/bin/python"))
            program.arguments =
                [
                    "-B", Self.root.appending(path: "Tests/OpenAPI/\(script)").path, server.url, "--key", writer.consumerKey, "--secret",
                    writer.consumerSecret, "--read-key", reader.consumerKey, "--read-secret", reader.consumerSecret,
                    "--api-login", api.login, "--api-key", api.apiKey, "--admin-key", admin.consumerKey, "--admin-secret",
                    admin.consumerSecret,
                ] + arguments
            let result = try await program.run()
            #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        }
    }
}
