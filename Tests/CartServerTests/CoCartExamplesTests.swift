import CartCore
import CartTesting
import CartServer
import Foundation
import NIOHTTP1
import Testing

/// The bodies of the plugin's three documents, which lie in `Golden`.
@Suite("The documented bodies of the Sessions API come back")
struct CoCartExamplesTests {
    private func example(_ name: String) throws -> Any {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden"))
        return try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    }

    /// Every row of the example stands in the list, with every field of the same value and type.
    private func expect(_ example: Any, in answer: TestServer.Answer, by key: String) throws {
        #expect(answer.status == 200)
        let rows = Dictionary(uniqueKeysWithValues: answer.rows.compactMap { row in (row[key] as? String).map { ($0, row) } })
        for expected in try #require(example as? [[String: Any]]) {
            var expected = expected
            let name = try #require(expected[key] as? String)
            let row = try #require(rows[name], "no row \(name)")
            // An internal number: any digits.
            if expected.removeValue(forKey: "cart_id") != nil {
                let id = try #require(row["cart_id"] as? String)
                #expect(!id.isEmpty && id.allSatisfy(\.isNumber))
            }
            #expect(difference(expected, row) == nil)
        }
    }

    @Test("the first version's row, for a caller with name and password")
    func version2Documentation() async throws {
        try await TestServer.run({ $0.publicURL = "https://example.com" }) { server in
            try await server.keep(
                """
                {"key":"afa399e3a0647fe660438409d9ad7eb9","customer":{"first_name":"John","last_name":"Snow"},"source":"woocommerce",
                "created":"2021-04-23T07:46:59Z","expires":"2021-04-30T07:48:40Z"}
                """,
                """
                {"key":"8f36f08beca94f2b51faedcb7c6864b8","customer":{"first_name":"Clark","last_name":"Kent","email":"clark@dailyplanet.wb"},
                "source":"cocart","created":"2021-04-25T12:14:09Z","expires":"2021-05-02T12:14:05Z"}
                """)
            let answer = try await server.send(.GET, "/wp-json/cocart/v2/sessions", TestServer.personal)
            try expect(try example("cocart-list-v2-docs"), in: answer, by: "cart_key")
        }
    }

    @Test("the reference's row, for a consumer key")
    func reference() async throws {
        try await TestServer.run({ $0.publicURL = "https://example.com" }) { server in
            try await server.keep(
                """
                {"key":"cb7a23af96a3f23af3c28a8b4b8c6d5e","customer":{"first_name":"John","last_name":"Doe","email":"john.doe@example.com"},
                "items":[{"key":"d6b3e8e5a1b0c6e4f2a3b1d8c5e6f9a2","product_id":145,"quantity":2,"unit_price":1800,"subtotal_tax":360}],
                "expires":"2024-10-15T18:30:00Z"}
                """,
                """
                {"key":"f8d9e1a2b3c4d5e6f7a8b9c0d1e2f3a4","customer":{"first_name":"Jane","last_name":"Smith","email":"jane.smith@example.com"},
                "items":[{"key":"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6","product_id":278,"variation_id":289,"unit_price":8000,"subtotal_tax":800}],
                "expires":"2024-10-16T12:15:00Z"}
                """)
            let key = try await server.key(.read)
            let answer = try await server.send(.GET, "/wp-json/cocart/v2/sessions", key.authorization)
            try expect(try example("cocart-list-reference"), in: answer, by: "session_key")
        }
    }

    @Test("the guide's row, for a consumer key, in the list and alone")
    func guide() async throws {
        try await TestServer.run({ $0.publicURL = "https://example.com" }) { server in
            try await server.keep(
                """
                {"key":"abc123def456","customer":{"first_name":"John","last_name":"Doe","email":"john@example.com"},
                "items":[{"key":"item_123","product_id":42,"quantity":2}],"totals":{"total":4999},"expires":"2025-01-01T00:00:00Z"}
                """)
            let key = try await server.key(.read)
            let example = try example("cocart-list-guide")
            try expect(example, in: try await server.send(.GET, "/wp-json/cocart/v2/sessions", key.authorization), by: "cart_key")
            let row = try await server.send(.GET, "/wp-json/cocart/preview/v2/sessions/abc123def456", key.authorization)
            let expected = try #require((example as? [Any])?.first)
            #expect(difference(expected, row.json) == nil)
        }
    }

    @Test("the refusal, to the byte, whatever its cause")
    func unauthorized() async throws {
        let url = try #require(Bundle.module.url(forResource: "cocart-error-unauthorized", withExtension: "json", subdirectory: "Golden"))
        let expected = try String(contentsOf: url, encoding: .utf8).trimmingCharacters(in: .newlines)
        let proxy = try #require(NetworkRange("127.0.0.1"))
        try await TestServer.run({ $0.trustedProxies = [proxy] }) { server in
            let now = SystemWallClock().now
            let good = try await server.key(.read)
            let revoked = try await server.key(.read)
            _ = try await server.store.changeKey(id: revoked.id, .revoke, now: now)
            let expired = try await server.key(.read, expires: now - .seconds(1))
            let unknown = ConsumerKeyPair(random: SystemRandomSource())
            let refused: [(String, String?)] = [
                ("nothing", nil),
                ("an unknown key", TestServer.basic(unknown.consumerKey, unknown.consumerSecret)),
                ("an ill-formed key", TestServer.basic("ck_1", "cs_1")),
                ("a wrong secret", TestServer.basic(good.pair.consumerKey, unknown.consumerSecret)),
                ("no secret", TestServer.basic(good.pair.consumerKey, "")),
                ("a revoked key", revoked.authorization),
                ("an expired key", expired.authorization),
                ("a wrong password", TestServer.basic("admin", "wrong password")),
                ("an unknown user", TestServer.basic("nobody", TestServer.password)),
                ("another scheme", "Bearer abc"),
                ("no base 64", "Basic ???"),
                ("no colon", "Basic " + Data("admin".utf8).base64EncodedString()),
            ]
            for (number, (name, authorization)) in refused.enumerated() {
                for method in ["GET", "DELETE"] {
                    // From an address each, since one with many refusals is told to wait.
                    let answer = try await server.send(
                        .init(rawValue: method), "/wp-json/cocart/v2/session/x", authorization,
                        headers: [("X-Forwarded-For", "192.0.2.\(number)")])
                    #expect(answer.status == 401, "\(method) with \(name)")
                    #expect(answer.text == expected, "\(method) with \(name)")
                }
            }
        }
    }
}
