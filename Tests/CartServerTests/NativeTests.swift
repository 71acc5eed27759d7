import CartCore
import Foundation
import NIOHTTP1
import Testing

@Suite("The native API")
struct NativeTests {
    @Test("a cart is written, read, replaced and deleted as a document")
    func lifecycle() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            let path = "/v1/carts/abc"
            let body = Array(#"{"items":[{"key":"i","product_id":7,"quantity":2,"unit_price":250,"extra":{"b":1.0,"a":"\u00e9"}}]}"#.utf8)
            let created = try await server.send(.PUT, path, key, body: body)
            #expect(created.status == 201)
            let read = try await server.send(.GET, path, key)
            #expect(read.status == 200)
            #expect(read.body == created.body)
            #expect(read.object["key"] as? String == "abc")
            #expect(read.object["state"] as? String == "active")
            #expect(read.text.contains(#""extra":{"b":1.0,"a":"\u00e9"}"#))
            #expect((read.object["totals"] as? [String: Any])?["total"] as? Int == 500)
            let tag = try #require(read.headers.first(name: "ETag"))
            let replaced = try await server.send(.PUT, path, key, headers: [("If-Match", tag)], body: read.body)
            #expect(replaced.status == 200)
            #expect(try await server.send(.PUT, path, key, headers: [("If-Match", tag)], body: read.body).status == 412)
            #expect(try await server.send(.PUT, path, key, headers: [("If-None-Match", "*")], body: body).status == 412)
            #expect(try await server.send(.DELETE, path, key, headers: [("If-Match", tag)]).status == 412)
            #expect(try await server.send(.DELETE, path, key, headers: [("If-None-Match", "*")]).status == 412)
            #expect(try await server.send(.DELETE, path, key).status == 204)
            #expect(try await server.send(.GET, path, key).status == 404)
            #expect(try await server.send(.DELETE, path, key).status == 404)
        }
    }

    @Test("errors are problem details that name the field")
    func problems() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            let cases: [(HTTPMethod, String, String?, String, Int, String)] = [
                (.PUT, "/v1/carts/a", key, "{", 400, "malformed_json"),
                (.PUT, "/v1/carts/a", key, #"{"items":[{"product_id":1},{"product_id":"x"}]}"#, 422, "invalid"),
                (.PUT, "/v1/carts/a", key, #"{"key":"b"}"#, 422, "invalid"),
                (.PUT, "/v1/carts/a.b", key, "{}", 422, "invalid"),
                (.GET, "/v1/carts/a", key, "", 404, "cart_not_found"),
                (.GET, "/v1/carts/a", nil, "", 401, "unauthenticated"),
                (.GET, "/v1/carts/a", TestServer.personal, "", 401, "unauthenticated"),
                (.GET, "/nothing", nil, "", 404, "route_not_found"),
                (.GET, "/v2/carts", nil, "", 404, "route_not_found"),
            ]
            for (method, path, authorization, body, status, code) in cases {
                let answer = try await server.send(method, path, authorization, body: method == .PUT ? Array(body.utf8) : nil)
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
                #expect(answer.object["code"] as? String == code)
                #expect(answer.object["status"] as? Int == status)
                #expect((answer.object["request_id"] as? String)?.isEmpty == false)
            }
            let wrong = try await server.send(
                .PUT, "/v1/carts/a", key, body: Array(#"{"items":[{"product_id":1},{"product_id":"x"}]}"#.utf8))
            let fields = wrong.object["errors"] as? [[String: String]]
            #expect(fields?.map { $0["field"] } == ["items[1].product_id"])
        }
    }

    @Test("says whether it is alive and ready without credentials")
    func health() async throws {
        try await TestServer.run { server in
            #expect(try await server.send(.GET, "/healthz").status == 200)
            #expect(try await server.send(.GET, "/readyz").status == 200)
            try await server.database.execute("DROP TABLE counters")
            #expect(try await server.send(.GET, "/healthz").status == 200)
            let ready = try await server.send(.GET, "/readyz")
            #expect(ready.status == 503)
            #expect(ready.headers.first(name: "Retry-After") != nil)
            #expect(!ready.text.contains("counters"))
        }
    }
}
