import CartCore
import CartServer
import Foundation
import NIOHTTP1
import Testing

@Suite("Metrics")
struct MetricsTests {
    /// The samples by their names and labels.
    private func samples(_ text: String) throws -> [String: Double] {
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "))
            samples[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        return samples
    }

    @Test("count answers by dialect, route, method and status, how long they took, and how writes shared transactions")
    func counts() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            for number in 0..<3 {
                let put = try await server.send(
                    .PUT, "/v1/carts/ada-\(number)", key, body: Array(#"{"customer":{"email":"ada@example.com"}}"#.utf8))
                #expect(put.status == 201)
            }
            _ = try await server.send(.GET, "/v1/carts/nobody", key)
            _ = try await server.send(.GET, "/wp-json/cocart/v2/sessions?search=ada", key)
            _ = try await server.send(.GET, "/wp-json/nonsense-of-a-client", key)
            _ = try await server.send(.GET, "/api/carts")
            let answer = try await server.send(.GET, "/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
            let samples = try samples(answer.text)
            func requests(_ dialect: String, _ method: String, _ route: String, _ status: Int) -> Double? {
                samples["corral_requests_total{dialect=\"\(dialect)\",method=\"\(method)\",route=\"\(route)\",status=\"\(status)\"}"]
            }
            #expect(requests("native", "PUT", "/v1/carts/{key}", 201) == 3)
            #expect(requests("native", "GET", "/v1/carts/{key}", 404) == 1)
            #expect(requests("cocart", "GET", "/wp-json/cocart/v2/sessions", 200) == 1)
            #expect(requests("cocart", "GET", "", 404) == 1)
            #expect(requests("cscart", "GET", "/api/carts", 401) == 1)
            #expect(samples["corral_request_duration_seconds_count{dialect=\"native\"}"] == 4)
            #expect(samples["corral_request_duration_seconds_bucket{dialect=\"native\",le=\"+Inf\"}"] == 4)
            #expect(try #require(samples["corral_request_duration_seconds_sum{dialect=\"native\"}"]) > 0)
            // Three carts, a user and a key, and what the service of usage may have written.
            #expect(try #require(samples["corral_store_commit_writes_sum"]) >= 5)
            let commits = try #require(samples["corral_store_commit_writes_count"])
            #expect(commits >= 1 && samples["corral_store_commit_writes_bucket{le=\"+Inf\"}"] == commits)
            #expect(samples["corral_keys{state=\"active\"}"] == 1 && samples["corral_keys{state=\"revoked\"}"] == 0)
            #expect(samples["corral_requests_refused_total{reason=\"no credentials\"}"] == 1)
            for secret in ["ada", "nobody", "nonsense", "ck_", "example.com"] { #expect(!answer.text.contains(secret), "\(secret)") }
        }
    }

    @Test("are shown to the machine itself, and to others with a key that may read")
    func access() async throws {
        let proxy = try #require(NetworkRange("127.0.0.1"))
        try await TestServer.run({ $0.trustedProxies = [proxy] }) { server in
            let outside = [("X-Forwarded-For", "192.0.2.7")]
            let reader = try await server.key(.read).authorization
            let writer = try await server.key(.write).authorization
            #expect(try await server.send(.GET, "/metrics", headers: outside).status == 401)
            #expect(try await server.send(.GET, "/metrics", writer, headers: outside).status == 403)
            #expect(try await server.send(.GET, "/metrics", reader, headers: outside).status == 200)
            #expect(try await server.send(.GET, "/metrics").status == 200)
        }
    }
}
