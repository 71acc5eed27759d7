import AsyncHTTPClient
import CartCore
import CartServer
import CartTesting
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@Suite("Many writers of one cart")
struct NativeWriteTests {
    @Test("16 clients that each add 20 items with If-Match, and try again when they came too late, lose none")
    func noLostUpdate() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            #expect(try await server.send(.PUT, "/v1/carts/shared", key, body: Array("{}".utf8)).status == 201)
            let conflicts = try await withThrowingTaskGroup(of: Int.self) { group in
                for client in 0..<16 {
                    group.addTask {
                        var conflicts = 0
                        for number in 0..<20 { conflicts += try await add("c\(client)n\(number)", to: "/v1/carts/shared", server, key) }
                        return conflicts
                    }
                }
                return try await group.reduce(0, +)
            }
            let cart = try await server.send(.GET, "/v1/carts/shared", key)
            let items = (cart.object["items"] as? [[String: Any]])?.compactMap { $0["key"] as? String } ?? []
            let expected = Set((0..<16).flatMap { client in (0..<20).map { "c\(client)n\($0)" } })
            #expect(items.count == 320)
            #expect(Set(items) == expected)
            #expect(conflicts > 0, "nobody came too late, so nothing was shown")
        }
    }

    /// Reads the cart, adds an item, and writes it back if nobody was faster.
    ///
    /// - Returns: how often somebody was.
    private func add(_ item: String, to path: String, _ server: TestServer, _ key: String) async throws -> Int {
        for attempt in 0..<2000 {
            let read = try await server.send(.GET, path, key)
            var cart = read.object
            var items = cart["items"] as? [[String: Any]] ?? []
            items.append(["key": item, "product_id": 1])
            cart["items"] = items
            cart["totals"] = nil
            let tag = try #require(read.headers.first(name: "ETag"))
            let body = try JSONSerialization.data(withJSONObject: cart)
            let written = try await server.send(.PUT, path, key, headers: [("If-Match", tag)], body: Array(body))
            if written.status == 200 { return attempt }
            #expect(written.status == 412)
            // As a client should: the longer the more often it came too late.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...(10 * min(attempt + 1, 10)))))
        }
        throw CartError(.unavailable, "The item could not be added.")
    }

    @Test("50 equal PUTs at once with one Idempotency-Key have one effect and equal answers")
    func onceAtOnce() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            let body = Array(#"{"items":[{"product_id":1}]}"#.utf8)
            let revision = try await server.lastRevision() + 1
            let answers = try await withThrowingTaskGroup(of: TestServer.Answer.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await server.send(.PUT, "/v1/carts/a", key, headers: [("Idempotency-Key", "order-1")], body: body) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(Set(answers.map { $0.headers.first(name: "ETag") }) == ["\"\(revision)\""])
            let record = try await server.store.cart(try #require(CartKey("a")))
            #expect(record?.revision == revision)
        }
    }

    @Test("a repetition is answered like the first after a kill -9, and after the cart was changed or deleted")
    func onceAcrossCrash() async throws {
        try await withCartDatabase { database, _ in
            let pair = try await CrashTests.prepare(database.location)
            var first: (status: UInt, body: String)?
            for round in 0..<3 {
                let server = try await Program.corral("serve", "--port", "0", "--database", database.text).start {
                    $0.contains("listens on")
                }
                let port = try #require(server.port)
                let answers = try await withThrowingTaskGroup(of: (UInt, String).self) { group in
                    for _ in 0..<50 { group.addTask { try await put("order-1", to: port, pair) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for answer in answers {
                    if let first { #expect(answer == first) } else { first = answer }
                }
                if round == 1 { _ = try await put("order-2", to: port, pair) }
                server.kill()
            }
            #expect(first?.status == 201)
            let after = try database.location.open(creating: false)
            // A user, a key, the creation, the second name; refused calls there were none.
            #expect(try await after.cart(try #require(CartKey("a")))?.revision == 4)
            await after.close()
        }
    }

    private func put(_ name: String, to port: Int, _ pair: ConsumerKeyPair) async throws -> (UInt, String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/carts/a")
        request.method = .PUT
        request.headers.add(name: "Authorization", value: TestServer.basic(pair.consumerKey, pair.consumerSecret))
        request.headers.add(name: "Idempotency-Key", value: name)
        request.body = .bytes(Array(#"{"items":[{"product_id":1}]}"#.utf8))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test("a name belongs to its key, method and path; with another body it is refused; after 24 hours it is new")
    func scope() async throws {
        let clock = ManualClock()
        try await TestServer.run(clock: clock) { server in
            let key = try await server.key().authorization
            let other = try await server.key().authorization
            let named = [("Idempotency-Key", "n")]
            let body = Array(#"{"items":[{"product_id":1}]}"#.utf8)
            let first = try await server.send(.PUT, "/v1/carts/a", key, headers: named, body: body)
            #expect(first.status == 201)
            let otherKey = try await server.send(.PUT, "/v1/carts/a", other, headers: named, body: body)
            #expect(otherKey.status == 200)
            #expect(try await server.send(.PUT, "/v1/carts/b", key, headers: named, body: body).status == 201)
            let otherBody = try await server.send(.PUT, "/v1/carts/a", key, headers: named, body: Array("{}".utf8))
            #expect(otherBody.status == 422)
            #expect((otherBody.object["errors"] as? [[String: String]])?.first?["field"] == "Idempotency-Key")
            #expect(try await server.send(.DELETE, "/v1/carts/a", key, headers: named).status == 204)
            #expect(try await server.send(.DELETE, "/v1/carts/a", key, headers: named).status == 204)
            #expect(try await server.send(.GET, "/v1/carts/a", key).status == 404)
            clock.advance(by: TimeSpan(milliseconds: 86_399_999))
            #expect(try await server.send(.PUT, "/v1/carts/a", key, headers: named, body: body).text == first.text)
            #expect(try await server.send(.GET, "/v1/carts/a", key).status == 404)
            clock.advance(by: TimeSpan(milliseconds: 1))
            #expect(try await server.send(.PUT, "/v1/carts/a", key, headers: named, body: body).status == 201)
            #expect(try await server.send(.GET, "/v1/carts/a", key).status == 200)
        }
    }

    @Test("what the store refused is repeated too, what was wrong with the request itself is not")
    func refusals() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            func send(_ method: HTTPMethod, _ name: String, _ headers: [(String, String)] = [], _ body: String? = nil) async throws -> Int {
                try await server.send(
                    method, "/v1/carts/a", key, headers: headers + [("Idempotency-Key", name)], body: body.map { Array($0.utf8) }
                ).status
            }
            #expect(try await send(.DELETE, "gone") == 404)
            #expect(try await send(.PUT, "new", [], "{}") == 201)
            #expect(try await send(.DELETE, "gone") == 404)
            #expect(try await send(.PUT, "stands", [("If-None-Match", "*")], "{}") == 412)
            #expect(try await send(.PUT, "stale", [("If-Match", "\"9\"")], "{}") == 412)
            #expect(try await send(.DELETE, "real") == 204)
            #expect(try await send(.PUT, "stands", [("If-None-Match", "*")], "{}") == 412)
            #expect(try await send(.PUT, "stale", [("If-Match", "\"9\"")], "{}") == 412)
            #expect(try await send(.PUT, "malformed", [], "{") == 400)
            #expect(try await send(.PUT, "malformed", [], "{}") == 201)
            for name in ["", " ", "a b", "é", String(repeating: "a", count: 256)] {
                let status = try await send(.PUT, name, [], "{}")
                #expect(status == 422, "the name “\(name)”")
            }
            #expect(try await send(.PUT, String(repeating: "a", count: 255), [], "{}") == 200)
        }
    }
}
