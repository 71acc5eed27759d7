import CartCore
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("The log")
struct AccessLogTests {
    /// What a server writes while it answers some requests.
    private func log(_ environment: [String: String], _ body: (_ url: String, ConsumerKeyPair) async throws -> Void) async throws -> String
    {
        try await withCartDatabase { database, _ in
            let pair = try await CrashTests.prepare(database.location)
            let program = try await Program.corral("serve", "--port", "0", "--database", database.text, environment: environment)
                .start { $0.contains("Corral listens on") }
            try await body("http://127.0.0.1:\(try #require(program.port))", pair)
            #expect(program.stop() == 0)
            return program.text
        }
    }

    @Test("with log.access each request is a line of JSON that says who asked for what and how it ended, and nothing secret")
    func json() async throws {
        let text = try await log(["CORRAL_LOG_FORMAT": "json", "CORRAL_LOG_ACCESS": "true"]) { url, pair in
            let authorization = TestServer.basic(pair.consumerKey, pair.consumerSecret)
            _ = try await TestServer.send(.GET, url + "/v1/carts/nobody", authorization)
            _ = try await TestServer.send(
                .GET, url + "/wp-json/cocart/v2/sessions?consumer_key=\(pair.consumerKey)&consumer_secret=\(pair.consumerSecret)")
            _ = try await TestServer.send(.GET, url + "/v1/carts/\(pair.consumerSecret)/joe@example.com")
            _ = try await TestServer.send(.GET, url + "/api/carts", TestServer.basic("joe@example.com", "wrong"))
        }
        let lines = try text.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
        let requests = lines.filter { $0["message"] as? String == "request" }
        #expect(
            requests.compactMap { $0["path"] as? String } == [
                "/v1/carts/nobody", "/wp-json/cocart/v2/sessions", "(withheld)", "/api/carts",
            ])
        #expect(requests.compactMap { $0["status"] as? Int } == [404, 200, 404, 401])
        #expect(requests.compactMap { $0["dialect"] as? String } == ["native", "cocart", "native", "cscart"])
        #expect(requests.map { $0["caller"] as? String } == ["key:1", "key:1", nil, nil])
        for request in requests {
            #expect(request["level"] as? String == "info")
            #expect(request["method"] as? String == "GET")
            #expect(request["address"] as? String == "127.0.0.1")
            #expect((request["request_id"] as? String)?.isEmpty == false)
            #expect((request["ms"] as? Double).map { $0 >= 0 } == true)
            #expect(Timestamp(iso8601: try #require(request["time"] as? String)) != nil)
        }
        for secret in ["ck_", "cs_", "joe", "wrong"] { #expect(!text.contains(secret), "\(text)") }
    }

    @Test("without it requests are not logged, and in text a line is a line whatever a client sends")
    func text() async throws {
        let quiet = try await log([:]) { url, pair in
            _ = try await TestServer.send(.GET, url + "/v1/carts/nobody", TestServer.basic(pair.consumerKey, pair.consumerSecret))
        }
        #expect(!quiet.contains("nobody"))
        let spoken = try await log(["CORRAL_LOG_ACCESS": "true"]) { url, pair in
            _ = try await TestServer.send(
                .GET, url + "/v1/carts/a%0Acorral%20error", TestServer.basic(pair.consumerKey, pair.consumerSecret))
        }
        let line = try #require(spoken.split(separator: "\n").first { $0.contains("/v1/carts/a") })
        #expect(line.contains("status=404") && line.contains("caller=key:1"), "\(line)")
        #expect(!spoken.split(separator: "\n").contains { $0.hasPrefix("corral error") })
    }
}
