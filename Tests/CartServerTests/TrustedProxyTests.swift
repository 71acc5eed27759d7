import CartCore
import CartServer
import Foundation
import NIOHTTP1
import Testing

@Suite("Where a request comes from")
struct TrustedProxyTests {
    private static let proxies = ["127.0.0.1", "10.0.0.0/8"].compactMap(NetworkRange.init)

    /// Whether a key that is bound to one address is let in with these headers.
    private func isLetIn(_ address: String, trusting proxies: [NetworkRange], _ chain: String...) async throws -> Bool {
        try await TestServer.run({ $0.trustedProxies = proxies }) { server in
            let key = try await server.key(allowedRanges: [try #require(NetworkRange(address))]).authorization
            let answer = try await server.send(.GET, "/v1/carts", key, headers: chain.map { ("X-Forwarded-For", $0) })
            #expect([200, 403].contains(answer.status), "\(answer.text)")
            return answer.status == 200
        }
    }

    @Test("is what a trusted proxy says, past all proxies that are trusted, and never what the client itself says")
    func chains() async throws {
        #expect(try await isLetIn("192.0.2.7", trusting: Self.proxies, "192.0.2.7"))
        #expect(try await isLetIn("192.0.2.7", trusting: Self.proxies, "192.0.2.7, 10.1.2.3"))
        #expect(try await isLetIn("192.0.2.7", trusting: Self.proxies, "198.51.100.1, 192.0.2.7", "10.1.2.3"))
        #expect(try await isLetIn("2001:db8::1", trusting: Self.proxies, "2001:db8::1"))
        // What stands in front of the client's address is the client's own invention.
        #expect(try await isLetIn("198.51.100.1", trusting: Self.proxies, "198.51.100.1, 192.0.2.7") == false)
        #expect(try await isLetIn("192.0.2.7", trusting: [], "192.0.2.7") == false)
        #expect(try await isLetIn("127.0.0.1", trusting: [], "192.0.2.7"))
        #expect(try await isLetIn("127.0.0.1", trusting: Self.proxies, "no address"))
        #expect(try await isLetIn("192.0.2.7", trusting: Self.proxies, "192.0.2.7, no address") == false)
        #expect(try await isLetIn("127.0.0.1", trusting: Self.proxies))
    }

    @Test("links begin with https if a trusted proxy says that the client called so")
    func scheme() async throws {
        for (proxies, scheme) in [(Self.proxies, "https"), ([], "http")] {
            try await TestServer.run({ $0.trustedProxies = proxies }) { server in
                try await server.keep(#"{"key":"a","items":[{"product_id":1}]}"#)
                let key = try await server.key().authorization
                let headers = [("X-Forwarded-Proto", "https"), ("Host", "carts.example.com")]
                let row = try await server.send(.GET, "/wp-json/cocart/v2/sessions/a", key, headers: headers).object
                #expect((row["link"] as? String)?.hasPrefix("\(scheme)://carts.example.com/") == true, "\(row)")
            }
        }
    }
}
