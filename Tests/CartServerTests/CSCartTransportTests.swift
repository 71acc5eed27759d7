import CartCore
import CartTesting
import NIOHTTP1
import Testing

@Suite("Paths, rights and refusals of CS-Cart's Carts API")
struct CSCartTransportTests {
    private static let cart = #"{"key":"a","owner":{"type":"customer","id":"3"},"items":[{"product_id":1,"unit_price":3000}]}"#

    /// A server with one cart, of the owner 3.
    private func run(_ body: @Sendable (TestServer) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.keep(Self.cart)
            try await body(server)
        }
    }

    @Test("every version in the path, with and without a slash at the end, and the path in the query mean the same")
    func paths() async throws {
        try await run { server in
            let key = try await server.cscartKey(.read).authorization
            let list = try await server.send(.GET, "/api/carts", key)
            let cart = try await server.send(.GET, "/api/carts/3", key)
            #expect(list.status == 200 && cart.status == 200)
            for root in ["/api", "/api/2", "/api/2.0", "/api/2.1", "/api/4.0", "/api/4.1"] {
                for slash in ["", "/"] {
                    let otherList = try await server.send(.GET, "\(root)/carts\(slash)", key)
                    #expect(otherList.status == 200 && otherList.text == list.text, "\(root)/carts\(slash)")
                    let otherCart = try await server.send(.GET, "\(root)/carts/3\(slash)", key)
                    #expect(otherCart.status == 200 && otherCart.text == cart.text, "\(root)/carts/3\(slash)")
                }
            }
            for path in ["carts", "carts/"] {
                let answer = try await server.send(.GET, "/api.php?_d=\(path)", key)
                #expect(answer.text == list.text, "\(path)")
            }
            for path in ["carts/3", "carts/3/", "carts%2F3"] {
                let answer = try await server.send(.GET, "/api.php?_d=\(path)", key)
                #expect(answer.text == cart.text, "\(path)")
            }
            let filtered = try await server.send(.GET, "/api.php?_d=carts&user_id=4&items_per_page=5", key)
            let same = try await server.send(.GET, "/api/carts?user_id=4&items_per_page=5", key)
            #expect(filtered.text == same.text)
        }
    }

    @Test("the version is told")
    func version() async throws {
        try await run { server in
            let key = try await server.cscartKey(.read).authorization
            let answer = try await server.send(.GET, "/api/version", key)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"Version":"2.1"}"#)
        }
    }

    @Test("other versions, other entities and two slashes in a row are 404, in CS-Cart's words")
    func unknownPaths() async throws {
        try await run { server in
            let key = try await server.cscartKey(.readWrite).authorization
            for path in [
                "/api/3/", "/api/3/carts", "/api/2.2/carts", "/api/4.0", "/api//carts", "/api/carts//", "/api/carts//3", "/api/carts/3//",
                "/api//2.0/carts", "/api/2.0//carts/3", "/api/carts/3/products", "/api/products", "/api/", "/api", "/api.php",
                "/api.php?_d=products", "/api.php?_d=carts//3",
            ] {
                let answer = try await server.send(.GET, path, key)
                try server.expectRefusal(answer, 404, path)
            }
            let elsewhere = try await server.send(.GET, "/apis/carts", key)
            #expect(elsewhere.status == 404)
            #expect(elsewhere.headers.first(name: "Content-Type")?.contains("problem+json") == true)
        }
    }

    @Test("who shows no good credentials is told so before anything else, and in the same bytes")
    func unauthenticated() async throws {
        try await run { server in
            let key = try await server.cscartKey(.readWrite)
            let other = try await server.store.insert(
                User(id: 0, name: "b", email: "b@example.com", role: .administrator, password: .nobody, created: SystemWallClock().now))
            let strange = try await server.cscartKey(.readWrite, of: other)
            let first = try await server.send(.GET, "/api/carts")
            func expectChallenge(_ method: HTTPMethod, _ path: String, _ authorization: String?, _ subject: String) async throws {
                let answer = try await server.send(method, path, authorization)
                try server.expectRefusal(answer, 401, "\(method) \(path) with \(subject)")
                #expect(answer.headers["WWW-Authenticate"] == [#"Basic realm="User email/API key""#], "\(method) \(path) with \(subject)")
                #expect(answer.text == first.text, "\(method) \(path) with \(subject)")
            }
            // Not many: who fails too often gets another answer.
            let refused = [
                ("a wrong key", TestServer.basic(key.login, String(key.apiKey.reversed()))),
                ("no key", TestServer.basic(key.login, "")),
                ("half a key", TestServer.basic(key.login, String(key.apiKey.dropLast()))),
                ("another's key", TestServer.basic(key.login, strange.apiKey)),
                ("an unknown address", TestServer.basic("nobody@example.com", key.apiKey)),
                ("no address", TestServer.basic("", key.apiKey)),
                ("another scheme", "Bearer \(key.apiKey)"),
                ("no base 64", "Basic ???"),
            ]
            for (subject, authorization) in refused {
                try await expectChallenge(.GET, "/api/carts", authorization, subject)
                try await expectChallenge(.DELETE, "/api/unknown", authorization, subject)
            }
            let requests: [(HTTPMethod, String)] = [
                (.GET, "/api/carts"), (.GET, "/api/carts/3"), (.DELETE, "/api/carts/3"), (.POST, "/api/carts"), (.DELETE, "/api/carts"),
                (.GET, "/api/version"), (.GET, "/api/unknown"), (.GET, "/api/3/"), (.GET, "/api/carts//3"), (.GET, "/api/"), (.GET, "/api"),
                (.GET, "/api.php"), (.GET, "/api.php?_d=nothing"), (.GET, "/api.php?_d=carts/3"),
            ]
            for (method, path) in requests { try await expectChallenge(method, path, nil, "nothing") }
            #expect(try await server.send(.GET, "/api/carts/3", key.authorization).status == 200)
        }
    }

    @Test("a user may have several keys, and each works")
    func severalKeys() async throws {
        try await run { server in
            for _ in 0..<3 {
                let key = try await server.cscartKey(.read)
                let status = try await server.send(.GET, "/api/carts", key.authorization).status
                #expect(status == 200)
            }
        }
    }

    @Test("reading needs the right to read, deleting the right to write; otherwise 403")
    func rights() async throws {
        try await run { server in
            let read = try await server.cscartKey(.read).authorization
            let write = try await server.cscartKey(.write).authorization
            for path in ["/api/carts", "/api/carts/3", "/api.php?_d=carts/3"] {
                let answer = try await server.send(.GET, path, write)
                try server.expectRefusal(answer, 403, path)
                let head = try await server.send(.HEAD, path, write)
                #expect(head.status == 403 && head.body.isEmpty, "\(path)")
            }
            let kept = try await server.send(.DELETE, "/api/carts/3", read)
            try server.expectRefusal(kept, 403, "DELETE with a key that reads")
            #expect(try await server.send(.GET, "/api/carts/3", read).status == 200)
            #expect(try await server.send(.DELETE, "/api/carts/3", write).status == 204)
        }
    }

    @Test("carts are neither made nor changed nor deleted all at once: 405")
    func methods() async throws {
        try await run { server in
            let key = try await server.cscartKey(.readWrite).authorization
            for path in ["/api/carts", "/api/carts/", "/api/2.0/carts", "/api/carts/3", "/api/carts/3/"] {
                for method in [HTTPMethod.POST, .PUT] {
                    let answer = try await server.send(method, path, key, body: Array("{}".utf8))
                    try server.expectRefusal(answer, 405, "\(method) \(path)")
                }
            }
            for path in ["/api/carts", "/api/carts/", "/api/4.0/carts", "/api.php?_d=carts"] {
                let answer = try await server.send(.DELETE, path, key)
                try server.expectRefusal(answer, 405, "DELETE \(path)")
            }
            #expect(try await server.send(.GET, "/api/carts/3", key).status == 200)
        }
    }

    @Test("who accepts no JSON gets none: 406")
    func accept() async throws {
        try await run { server in
            let key = try await server.cscartKey(.read).authorization
            for path in ["/api/carts", "/api/carts/3"] {
                for accepted in [
                    "application/json", "*/*", "text/html, application/json", "text/html,application/xhtml+xml,*/*;q=0.8",
                    "application/json; charset=utf-8", "application/json;q=0.5, text/plain",
                ] {
                    let answer = try await server.send(.GET, path, key, headers: [("Accept", accepted)])
                    #expect(answer.status == 200, "\(path) for \(accepted)")
                }
                for refused in ["text/html", "application/xml", "text/plain, image/*", "text/json"] {
                    let answer = try await server.send(.GET, path, key, headers: [("Accept", refused)])
                    try server.expectRefusal(answer, 406, "\(path) for \(refused)")
                }
            }
        }
    }

    @Test(
        "a deletion takes no notice of its body and what type it has",
        arguments: [("application/json", "{broken"), ("text/xml", "<a/>"), ("", "{\"a\":1}"), ("no type", "\u{1}")])
    func ignoredBody(type: String, body: String) async throws {
        try await run { server in
            let key = try await server.cscartKey(.readWrite).authorization
            let headers = type.isEmpty ? [] : [("Content-Type", type)]
            let answer = try await server.send(.DELETE, "/api/carts/3/", key, headers: headers, body: Array(body.utf8))
            #expect(answer.status == 204, "\(answer.text)")
            #expect(answer.body.isEmpty)
            let again = try await server.send(.DELETE, "/api.php?_d=carts/3", key, headers: headers, body: Array(body.utf8))
            try server.expectRefusal(again, 404, "a second deletion")
        }
    }

    @Test("HEAD is answered like GET, without the body")
    func head() async throws {
        try await run { server in
            let key = try await server.cscartKey(.read).authorization
            for (path, status) in [
                ("/api/carts", 200), ("/api/carts/3", 200), ("/api/carts/4", 404), ("/api/3/", 404), ("/api/version", 200),
            ] {
                let answer = try await server.send(.HEAD, path, key)
                #expect(answer.status == status, "\(path)")
                #expect(answer.body.isEmpty, "\(path)")
            }
            let refused = try await server.send(.HEAD, "/api/carts")
            #expect(refused.status == 401)
            #expect(refused.headers.first(name: "WWW-Authenticate") == #"Basic realm="User email/API key""#)
        }
    }
}
