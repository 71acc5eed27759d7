import CartCore
import CartServer
import NIOHTTP1
import Testing

@Suite("Pages of other origins")
struct CrossOriginTests {
    @Test("a POST that a foreign page sends with a user's credentials is refused, and one of this server or a named origin is not")
    func posts() async throws {
        try await TestServer.run({ $0.origins = ["https://admin.example.com"] }) { server in
            let key = try await server.key(.admin)
            let victim = try await server.key()
            let cases: [(String?, Int)] = [
                ("https://evil.example.com", 403), ("null", 403), ("", 403), (server.url + ".evil.example.com", 403),
                ("https://admin.example.com", 200), (server.url, 200), (nil, 200),
            ]
            for (origin, status) in cases {
                let answer = try await server.send(
                    .POST, "/v1/keys/\(victim.id)/disable", key.authorization,
                    headers: [("Content-Type", "text/plain")] + (origin.map { [("Origin", $0)] } ?? []), body: [])
                #expect(answer.status == status, "\(origin ?? "none"): \(answer.text)")
                let isDisabled = try await server.store.key(id: victim.id)?.key.disabled != nil
                #expect(isDisabled == (status == 200), "\(origin ?? "none")")
                _ = try await server.send(.POST, "/v1/keys/\(victim.id)/enable", key.authorization)
            }
        }
    }

    @Test("only named origins may read answers, and a browser's question is answered for them alone")
    func named() async throws {
        try await TestServer.run({ $0.origins = ["https://admin.example.com"] }) { server in
            let key = try await server.key(.read).authorization
            for (origin, isNamed) in [("https://admin.example.com", true), ("https://evil.example.com", false)] {
                let answer = try await server.send(.GET, "/v1/carts", key, headers: [("Origin", origin)])
                #expect(answer.status == 200)
                #expect(answer.headers.first(name: "Access-Control-Allow-Origin") == (isNamed ? origin : nil))
                #expect(answer.headers.first(name: "Vary") == "Origin")
                let question = try await server.send(
                    .OPTIONS, "/v1/carts", headers: [("Origin", origin), ("Access-Control-Request-Method", "POST")])
                #expect((question.status == 204) == isNamed)
                #expect(question.headers.first(name: "Access-Control-Allow-Credentials") == nil)
            }
        }
    }
}
