import CartCore
import CartHTTP
import CartTesting
import CartServer
import Foundation
import NIOHTTP1
import Testing

/// docs/troubleshooting.md. What it shows is what the server must answer.
private enum Page {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/troubleshooting.md")

    static let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""

    /// What stands between the heading that begins with `title` and the next heading.
    static func section(_ title: String) throws -> String {
        var lines: [Substring] = []
        var isInside = false
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            if !isCode, line.hasPrefix("#") {
                isInside = line.drop(while: { $0 == "#" }).dropFirst().hasPrefix(title)
            } else if isInside {
                lines.append(line)
            }
        }
        try #require(!lines.isEmpty, "There is no section \(title).")
        return lines.joined(separator: "\n")
    }

    /// A body without what differs from one answer to the next.
    static func stable(_ body: String) -> String {
        body.replacing(/"request_id":"[0-9a-f]+"/, with: #""request_id":"…""#)
    }

    /// The texts in backticks, and what a shell is meant to read.
    static var code: [String] {
        text.matches(of: /`([^`\n]+)`/).map { String($0.1) } + text.matches(of: /```sh\n([^`]+)```/).map { String($0.1) }
    }
}

/// A body that the page shows: the one at a place among those of a section.
private struct Shown {
    let status: Int
    let title: String
    let place: Int

    init(_ status: Int, _ place: Int, in title: String) {
        self.status = status
        self.title = title
        self.place = place
    }

    static let unauthorized = Shown(401, 0, in: "401 Unauthorized")
    static let nativeUnauthorized = Shown(401, 1, in: "401 Unauthorized")
    static let notViewed = Shown(403, 0, in: "403 Forbidden")
    static let notDeleted = Shown(403, 1, in: "403 Forbidden")
    static let nativeForbidden = Shown(403, 2, in: "403 Forbidden")
    static let noRoute = Shown(404, 0, in: "404 Not Found")
    static let nativeNoRoute = Shown(404, 1, in: "404 Not Found")
    static let noCart = Shown(404, 2, in: "404 Not Found")
    static let noSession = Shown(404, 3, in: "404 Not Found")
    static let tooMany = Shown(429, 0, in: "429 Too Many Requests")
    static let nativeTooMany = Shown(429, 1, in: "429 Too Many Requests")
    static let badParameter = Shown(400, 0, in: "400")
    static let noJSON = Shown(400, 1, in: "400")
    static let nativeNoJSON = Shown(400, 2, in: "400")
    static let stale = Shown(412, 0, in: "412")
    static let tooLarge = Shown(413, 0, in: "413")
    static let badField = Shown(422, 0, in: "422")
    static let unavailable = Shown(503, 0, in: "503")

    /// Holds an answer to the page, byte by byte.
    func check(_ answer: TestServer.Answer, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let bodies = try Page.section(title).matches(of: /```json\n(.+)\n```/).map { Page.stable(String($0.1)) }
        try #require(bodies.indices.contains(place), "The section \(title) shows too few bodies.", sourceLocation: sourceLocation)
        var expected = bodies[place]
        if status == 429 {
            let seconds = try #require(answer.headers.first(name: "Retry-After"), sourceLocation: sourceLocation)
            try #require(Int(seconds).map { $0 > 0 } == true, sourceLocation: sourceLocation)
            expected = expected.replacing(" N seconds", with: " \(seconds) seconds")
        }
        #expect(answer.status == status, sourceLocation: sourceLocation)
        #expect(Page.stable(answer.text) == expected, sourceLocation: sourceLocation)
    }
}

/// Runs a command on the database of a server.
private func corral(_ arguments: String..., on server: TestServer) async throws -> Program.Result {
    var program = Program.corral(environment: ["CORRAL_DATABASE": server.database.text])
    program.arguments = arguments
    return try await program.run()
}

/// What `corral keys show` says, with one space between name and value.
private func keysShow(_ key: TestServer.Key, of server: TestServer) async throws -> String {
    try await corral("keys", "show", "\(key.id)", on: server).output.replacing(/[ ]+/, with: " ")
}

/// Runs `body` against the program, whose log can be read.
private func withProgram(
    level: String = "info", _ body: (_ server: TestServer, _ program: RunningProgram) async throws -> Void
) async throws {
    try await withCartDatabase { database, _ in
        let store = try database.location.open(creating: true)
        let administrator = try await store.insert(
            User(id: 0, name: "admin", email: "admin@example.com", role: .administrator, password: .nobody, created: SystemWallClock().now))
        let program = try await Program.corral(
            "serve", "--port", "0", "--database", database.text, environment: ["CORRAL_LOG_LEVEL": level]
        ).start { $0.contains("listens on") }
        defer { program.kill() }
        let port = try #require(program.port)
        try await body(
            TestServer(url: "http://127.0.0.1:\(port)", store: store, database: database, administrator: administrator), program)
        await store.close()
    }
}

/// Waits until the program has logged a text; gives up after ten seconds.
private func waitForLog(_ text: String, of program: RunningProgram) async throws {
    for _ in 0..<500 {
        if program.text.contains(text) { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw ProgramFailure(text: "\(text) was not logged, but this:\n\(program.text)")
}

/// Asks once with what `credentials` makes, and holds the refusal, and the reason that is logged for it, to the page.
private func expectRefusal(
    _ reason: String, as shown: Shown = .unauthorized, path: String = "/wp-json/cocart/v2/sessions",
    sourceLocation: SourceLocation = #_sourceLocation,
    _ credentials: (_ server: TestServer) async throws -> (query: String, authorization: String?)
) async throws {
    try await withProgram { server, program in
        let (query, authorization) = try await credentials(server)
        let answer = try await server.send(.GET, path + (query.isEmpty ? "" : "?\(query)"), authorization)
        try shown.check(answer, sourceLocation: sourceLocation)
        try await waitForLog("reason=\(reason) [CartHTTP] Refused", of: program)
        #expect(try Page.section("401 Unauthorized").contains("`reason=\(reason)`"), sourceLocation: sourceLocation)
    }
}

/// Asks until it is too often.
private func exhaust(_ server: TestServer, _ authorization: String) async throws -> (answered: Int, refusal: TestServer.Answer) {
    for count in 0..<1000 {
        let answer = try await server.send(.GET, sessions, authorization)
        if answer.status == 429 { return (count, answer) }
    }
    throw ProgramFailure(text: "1000 requests were not too many.")
}

private let sessions = "/wp-json/cocart/v2/sessions"
private let cart = #"{"key":"abc","items":[{"product_id":1}]}"#

/// Every cause that docs/troubleshooting.md names, brought about.
@Suite("Troubleshooting", .serialized)
struct TroubleshootingTests {
    // MARK: 401

    @Test("401: no Authorization header arrives")
    func noHeader() async throws {
        try await expectRefusal("no credentials") { _ in ("", nil) }
        try await expectRefusal("no credentials", as: .nativeUnauthorized, path: "/v1/carts/abc") { _ in ("", nil) }
    }

    @Test(
        "401: the header is not Basic and base64 of key, colon and secret",
        arguments: ["Bearer abc", "Basic ck_0:cs_0", "Y2tfMDpjc18w", "Basic Y2tfMA=="])
    func otherHeader(header: String) async throws {
        try await expectRefusal("no credentials") { _ in ("", header) }
    }

    @Test("401: a line's end was encoded with the secret; the page's own command encodes none")
    func lineEnd() async throws {
        try await expectRefusal("wrong secret") { server in
            let key = try await server.key(.read)
            let command = try #require(try Page.section("The header").firstMatch(of: /```sh\n([^`]+)```/)?.1)
            var shell = Program.named("sh", "-c", String(command))
            shell.environment = [
                "KEY": key.pair.consumerKey, "SECRET": key.pair.consumerSecret, "API": "\(server.url)/wp-json/cocart/v2",
            ]
            let right = try await shell.run()
            #expect(right.output.hasPrefix("HTTP/1.1 200 OK"))
            return ("", TestServer.basic(key.pair.consumerKey, key.pair.consumerSecret + "\n"))
        }
    }

    @Test("400 without a body: the header has a line's end in it")
    func brokenHeader() async throws {
        try await TestServer.run { server in
            let answer = try await Program.named(
                "curl", "-s", "-w", "%{http_code} %{size_download}", "-H", "Authorization: Basic Y2tf\nMDpj", server.url + sessions
            ).run()
            #expect(answer.output == "400 0")
        }
    }

    @Test("401: the key is mistyped, or of another database")
    func unknownKey() async throws {
        try await expectRefusal("unknown key") { server in
            let key = try await server.key(.read)
            return ("", TestServer.basic(String(key.pair.consumerKey.dropLast()), key.pair.consumerSecret))
        }
    }

    @Test("401: the key's user was deleted, and the keys with the user")
    func deletedUser() async throws {
        try await expectRefusal("unknown key") { server in
            let key = try await server.key(.read)
            #expect(try await corral("users", "delete", "admin", on: server).status == 0)
            return ("", key.authorization)
        }
    }

    @Test("401: the secret is wrong")
    func wrongSecret() async throws {
        try await expectRefusal("wrong secret") { server in
            let key = try await server.key(.read)
            let other = try await server.key(.read)
            return ("", TestServer.basic(key.pair.consumerKey, other.pair.consumerSecret))
        }
    }

    @Test("401: a wrong secret in the URL wins over the header")
    func queryWins() async throws {
        try await expectRefusal("wrong secret") { server in
            let key = try await server.key(.read)
            return ("consumer_key=\(key.pair.consumerKey)&consumer_secret=cs_0", key.authorization)
        }
    }

    @Test("401: key and secret stand in the URL, but one is empty, or the path is one of /v1")
    func queryIsNotTaken() async throws {
        try await expectRefusal("no credentials") { server in
            let key = try await server.key(.read)
            return ("consumer_key=\(key.pair.consumerKey)&consumer_secret=", nil)
        }
        try await expectRefusal("no credentials", as: .nativeUnauthorized, path: "/v1/carts/abc") { server in
            let key = try await server.key(.read)
            return ("consumer_key=\(key.pair.consumerKey)&consumer_secret=\(key.pair.consumerSecret)", nil)
        }
    }

    @Test("401: the key has expired")
    func expiredKey() async throws {
        try await expectRefusal("expired key") { server in
            let key = try await server.key(.read, expires: SystemWallClock().now - .seconds(1))
            #expect(try await keysShow(key, of: server).contains("state expired\n"))
            return ("", key.authorization)
        }
    }

    @Test("401: the key was switched off; enabled again it works")
    func disabledKey() async throws {
        try await expectRefusal("disabled key") { server in
            let key = try await server.key(.read)
            #expect(try await corral("keys", "disable", "\(key.id)", on: server).status == 0)
            #expect(try await keysShow(key, of: server).contains("state disabled\n"))
            return ("", key.authorization)
        }
        try await TestServer.run { server in
            let key = try await server.key(.read)
            for command in ["disable", "enable"] { #expect(try await corral("keys", command, "\(key.id)", on: server).status == 0) }
            #expect(try await server.send(.GET, sessions, key.authorization).status == 200)
        }
    }

    @Test("401: the key was rotated, and the time of grace is over")
    func rotatedKey() async throws {
        try await expectRefusal("secret from before the key was rotated") { server in
            let key = try await server.key(.read)
            #expect(try await corral("keys", "rotate", "\(key.id)", "--grace", "0s", on: server).status == 0)
            return ("", key.authorization)
        }
    }

    @Test("401: the key was revoked")
    func revokedKey() async throws {
        try await expectRefusal("revoked key") { server in
            let key = try await server.key(.read)
            #expect(try await corral("keys", "revoke", "\(key.id)", on: server).status == 0)
            #expect(try await keysShow(key, of: server).contains("state revoked\n"))
            return ("", key.authorization)
        }
    }

    @Test("401: the name or the password is wrong")
    func wrongPassword() async throws {
        try await expectRefusal("unknown user") { _ in ("", TestServer.basic("nobody", "a password")) }
        try await expectRefusal("wrong password") { _ in ("", TestServer.basic("admin", "a password")) }
    }

    @Test("401: name and password stand where only a key may")
    func misplacedPassword() async throws {
        try await expectRefusal("no consumer key in the query") { _ in ("consumer_key=admin&consumer_secret=a+password", nil) }
        try await expectRefusal("no consumer key", as: .nativeUnauthorized, path: "/v1/carts/abc") { _ in
            ("", TestServer.basic("admin", "a password"))
        }
    }

    // MARK: 403

    @Test("403: a key that may only read deletes or writes")
    func readOnly() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key(.read)
            for path in ["session", "sessions"] {
                let answer = try await server.send(.DELETE, "/wp-json/cocart/v2/\(path)/abc", key.authorization)
                try Shown.notDeleted.check(answer)
            }
            try Shown.nativeForbidden.check(try await server.send(.PUT, "/v1/carts/abc", key.authorization, body: Array("{}".utf8)))
            let shown = try await keysShow(key, of: server)
            #expect(shown.contains("permissions read\n"))
            let cured = try await server.send(.DELETE, "\(sessions)/abc", try await server.key(.readWrite).authorization)
            #expect(cured.status == 200)
        }
    }

    @Test("403: a key that may only write reads")
    func writeOnly() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.write)
            try Shown.notViewed.check(try await server.send(.GET, sessions, key.authorization))
            let head = try await server.send(.HEAD, sessions, key.authorization)
            #expect(head.status == 403)
            let shown = try await keysShow(key, of: server)
            #expect(shown.contains("permissions write\n"))
        }
    }

    @Test("403: the key's user is a customer")
    func customersKey() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let now = SystemWallClock().now
            let customer = try await server.store.insert(
                User(id: 0, name: "c", email: "c@example.com", role: .customer, password: .nobody, created: now))
            let manager = try await server.store.insert(
                User(id: 0, name: "m", email: "m@example.com", role: .shopManager, password: .nobody, created: now))
            let key = try await server.key(.readWrite, of: customer)
            try Shown.notViewed.check(try await server.send(.GET, sessions, key.authorization))
            try Shown.notDeleted.check(try await server.send(.DELETE, "\(sessions)/abc", key.authorization))
            let shown = try await keysShow(key, of: server)
            #expect(shown.contains("role customer\n"))
            for user in [manager, server.administrator] {
                let cured = try await server.send(.GET, sessions, try await server.key(.read, of: user).authorization)
                #expect(cured.status == 200, "\(user.role)")
            }
        }
    }

    @Test("403: the key is used from an address that it is not allowed from")
    func otherAddress() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key(allowedRanges: ["192.0.2.0/24"].compactMap(NetworkRange.init))
            try Shown.notViewed.check(try await server.send(.GET, sessions, key.authorization))
            try Shown.notDeleted.check(try await server.send(.DELETE, "\(sessions)/abc", key.authorization))
            let native = try await server.send(.GET, "/v1/carts/abc", key.authorization)
            let reason = try #require(native.object["detail"] as? String)
            #expect(try Page.section("403 Forbidden").contains("`\(reason)`"))
            let shown = try await keysShow(key, of: server)
            #expect(shown.contains("allowed from 192.0.2.0/24\n"))
        }
    }

    @Test("403 of a firewall: Corral's own answers are known by CoCart-Version, whatever their status")
    func ownAnswers() async throws {
        try await TestServer.run { server in
            let write = try await server.key(.write).authorization
            let read = try await server.key(.read).authorization
            let answers = [
                try await server.send(.GET, sessions, read), try await server.send(.GET, sessions),
                try await server.send(.GET, sessions, write), try await server.send(.GET, "\(sessions)/none", read),
                try await server.send(.GET, "\(sessions)?page=0", read),
            ]
            #expect(answers.map(\.status) == [200, 401, 403, 404, 400])
            for answer in answers { #expect(answer.headers.first(name: "CoCart-Version") != nil, "\(answer.status)") }
        }
    }

    // MARK: 404

    @Test("404: the URL is not that of the Sessions API, or is spelt otherwise")
    func wrongURL() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            for path in ["/wp-json/cocart/v1/sessions", "/wp-json/cocart/v2/Sessions", "/wp-json/wc/v3/orders"] {
                let answer = try await server.send(.GET, path, key)
                try Shown.noRoute.check(answer)
            }
            for path in ["/cocart/v2/sessions", "/shop/wp-json/cocart/v2/sessions"] {
                let answer = try await server.send(.GET, path, key)
                try Shown.nativeNoRoute.check(answer)
            }
            // By a program that mends nothing.
            let doubled = try await Program.named("curl", "-s", "-w", " %{http_code}", "\(server.url)/\(sessions)").run()
            #expect(doubled.output.contains("route_not_found") && doubled.output.hasSuffix(" 404"))
            let right = try await server.send(.GET, sessions, key)
            #expect(right.status == 200)
        }
    }

    @Test("404: the route has no such method")
    func wrongMethod() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            try Shown.noRoute.check(try await server.send(.POST, sessions, key, body: Array("{}".utf8)))
            try Shown.noRoute.check(try await server.send(.PUT, "\(sessions)/abc", key, body: Array("{}".utf8)))
        }
    }

    @Test("404: permalinks are not the cause, for both forms of a URL give the same bytes")
    func permalinks() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key(.read).authorization
            let pretty = try await server.send(.GET, "\(sessions)?per_page=5", key)
            let plain = try await server.send(.GET, "/?rest_route=/cocart/v2/sessions&per_page=5", key)
            #expect(pretty.status == 200 && pretty.rows.count == 1)
            #expect(plain.body == pretty.body)
        }
    }

    @Test("404: there is no cart of this key, or there is none any more")
    func noCart() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key().authorization
            for path in ["session/none", "sessions/none", "sessions/no.key", "session/none/items"] {
                let answer = try await server.send(.GET, "/wp-json/cocart/v2/\(path)", key)
                try Shown.noCart.check(answer)
            }
            try Shown.noSession.check(try await server.send(.DELETE, "\(sessions)/none", key))
            let first = try await server.send(.DELETE, "\(sessions)/abc", key)
            #expect(first.status == 200)
            try Shown.noSession.check(try await server.send(.DELETE, "\(sessions)/abc", key))
            let shown = try await corral("carts", "show", "abc", on: server)
            #expect(shown.status == 1 && shown.errors.contains("There is no cart abc."))
        }
    }

    @Test("404: the key is spelt with other letters; a search for a part of it finds the cart")
    func misspeltKey() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"f98b01d64fa9"}"#)
            let key = try await server.key(.read).authorization
            try Shown.noCart.check(try await server.send(.GET, "\(sessions)/F98b01d64fa9", key))
            let found = try await server.send(.GET, "\(sessions)?search=98b01d&_fields=cart_key", key)
            #expect(found.text == #"[{"cart_key":"f98b01d64fa9"}]"#)
        }
    }

    @Test("404: the cart is one of a store that the key may not see")
    func otherStore() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key(storeID: 2)
            try Shown.noCart.check(try await server.send(.GET, "\(sessions)/abc", key.authorization))
            try Shown.noSession.check(try await server.send(.DELETE, "\(sessions)/abc", key.authorization))
            let list = try await server.send(.GET, sessions, key.authorization)
            #expect(list.text == "[]" && list.headers.first(name: "X-WP-Total") == "0")
            let shown = try await keysShow(key, of: server)
            #expect(shown.contains("store 2\n"))
            let document = try await corral("carts", "show", "abc", on: server)
            #expect(document.status == 0 && document.output.contains(#""store_id":1"#))
        }
    }

    // MARK: An empty answer

    @Test("empty: there are no carts, or none that the filters take")
    func noCarts() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let nothing = try await server.send(.GET, sessions, key)
            #expect(nothing.status == 200 && nothing.text == "[]" && nothing.headers.first(name: "X-WP-Total") == "0")
            // It has rested for longer than carts.abandonedAfter.
            try await server.keep(
                #"{"key":"rests","items":[{"product_id":1}],"updated":"2024-10-08T18:30:00Z","created":"2024-10-08T18:30:00Z","#
                    + #""expires":"2099-01-01T00:00:00Z"}"#)
            for query in ["status=active", "search=nobody", "email=nobody@example.com", "after=2025-01-01T00:00:00"] {
                let filtered = try await server.send(.GET, "\(sessions)?\(query)", key)
                #expect(filtered.status == 200 && filtered.text == "[]", "\(query)")
                #expect(filtered.headers.first(name: "X-WP-Total") == "0", "\(query)")
            }
            let any = try await server.send(.GET, "\(sessions)?status=any", key)
            #expect(any.rows.count == 1)
        }
    }

    @Test("empty: the page lies behind the last one")
    func latePage() async throws {
        try await TestServer.run { server in
            try await server.keep(cart, #"{"key":"two"}"#, #"{"key":"three"}"#)
            let key = try await server.key(.read).authorization
            let late = try await server.send(.GET, "\(sessions)?page=3&per_page=2", key)
            #expect(late.status == 200 && late.text == "[]")
            #expect(late.headers.first(name: "X-WP-Total") == "3")
            #expect(late.headers.first(name: "X-WP-TotalPages") == "2")
            let last = try await server.send(.GET, "\(sessions)?page=2&per_page=2", key)
            #expect(last.rows.count == 1)
            let whole = try await server.send(.GET, "\(sessions)?per_page=1000", key)
            #expect(whole.rows.count == 3)
        }
    }

    @Test("empty: expired carts stay listed until they are deleted")
    func expiredCarts() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"old","created":"2024-10-08T18:30:00Z","expires":"2024-10-15T18:30:00Z"}"#)
            let key = try await server.key().authorization
            for query in ["", "?status=expired"] {
                let list = try await server.send(.GET, sessions + query, key)
                #expect(list.rows.map { $0["cart_key"] as? String } == ["old"], "\(query)")
            }
            let listed = try await corral("carts", "list", "--state", "expired", on: server)
            #expect(listed.output.contains("old") && listed.output.contains("expired"))
            let deleted = try await server.send(.DELETE, "\(sessions)/old", key)
            #expect(deleted.status == 200)
            let after = try await server.send(.GET, "\(sessions)?status=expired", key)
            #expect(after.text == "[]")
        }
    }

    @Test("empty: _fields names nothing that rows have")
    func unknownFields() async throws {
        try await TestServer.run { server in
            try await server.keep(cart, #"{"key":"two"}"#)
            let answer = try await server.send(.GET, "\(sessions)?_fields=cartkey", try await server.key(.read).authorization)
            #expect(answer.status == 200 && answer.text == "[{},{}]")
            #expect(try Page.section("An empty answer").contains("`\(answer.text)`"))
        }
    }

    @Test("empty: the cart holds no item of the kind cart")
    func noItems() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"wishes","items":[{"product_id":1,"kind":"wishlist"}]}"#)
            let key = try await server.key(.read).authorization
            for path in ["session", "sessions"] {
                let items = try await server.send(.GET, "/wp-json/cocart/v2/\(path)/wishes/items", key)
                #expect(items.status == 200 && items.text == "{}", "\(path)")
            }
            let document = try await corral("carts", "show", "wishes", on: server)
            #expect(document.output.contains("wishlist"))
        }
    }

    @Test("empty: a damaged cart is left out of the list and logged, is 503 by itself, and can be deleted")
    func damagedCart() async throws {
        try await withProgram { server, program in
            try await server.keep(cart, #"{"key":"two"}"#)
            let damage = server.database.literal([0x7B])
            try await server.database.execute("UPDATE cart_documents SET document = \(damage) WHERE id = (SELECT min(id) FROM carts)")
            let key = try await server.key().authorization
            let list = try await server.send(.GET, sessions, key)
            #expect(list.rows.map { $0["cart_key"] as? String } == ["two"])
            #expect(list.headers.first(name: "X-WP-Total") == "2")
            let left = "A cart cannot be read and is left out of a list"
            try await waitForLog(left, of: program)
            #expect(try Page.section("An empty answer").contains("`\(left)`"))
            let alone = try await server.send(.GET, "\(sessions)/abc", key)
            try Shown.unavailable.check(alone)
            #expect(alone.headers.first(name: "Retry-After") != nil)
            let id = try await server.database.text("SELECT min(id) FROM carts")
            let damaged = "The document of the cart with the number \(id) is damaged; replace or delete the cart."
            try await waitForLog(damaged, of: program)
            #expect(try Page.section("503").contains("`\(damaged.replacing("number \(id)", with: "number 1"))`"))
            let deleted = try await server.send(.DELETE, "\(sessions)/abc", key)
            #expect(deleted.status == 200)
        }
    }

    // MARK: An exposed key

    @Test("exposed in a repository: the database holds no key in clear, and the page's command finds one in a repository")
    func exposedInRepository() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read)
            let answer = try await server.send(.GET, sessions, key.authorization)
            #expect(answer.status == 200)
            for secret in [key.pair.consumerKey, key.pair.consumerSecret] {
                let isKept = try await server.database.contains(secret)
                #expect(!isKept)
            }
            let list = try await corral("keys", "list", on: server)
            #expect(list.output.contains(key.pair.consumerKey.suffix(7)) && !list.output.contains(key.pair.consumerKey))
            let search = try #require(Page.code.first { $0.hasPrefix("git log") })
            try await withTemporaryFolder { folder in
                let script = """
                    cd '\(folder.path)' && git init -q . && echo 'KEY=\(key.pair.consumerKey)' > .env && git add .env
                    git -c user.name=a -c user.email=a@example.com commit -q -m added
                    git rm -q .env && git -c user.name=a -c user.email=a@example.com commit -q -m removed
                    \(search)
                    """
                let found = try await Program.named("sh", "-c", script).run()
                #expect(found.output.contains("added"), "\(found.errors)")
            }
        }
    }

    @Test("exposed in a browser: pages of other origins may not read answers, unless they are named")
    func exposedInBrowser() async throws {
        let name = "Access-Control-Allow-Origin"
        let origin = "https://admin.example.com"
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let answer = try await server.send(.GET, sessions, key, headers: [("Origin", origin)])
            #expect(answer.status == 200 && answer.headers.first(name: name) == nil)
        }
        try await TestServer.run({ $0.origins = [origin] }) { server in
            let key = try await server.key(.read).authorization
            let named = try await server.send(.GET, sessions, key, headers: [("Origin", origin)])
            #expect(named.headers.first(name: name) == origin)
            let other = try await server.send(.GET, sessions, key, headers: [("Origin", "https://other.example.com")])
            #expect(other.headers.first(name: name) == nil)
        }
    }

    @Test("exposed in a log or an error: neither holds a key or a secret, at the most talkative level")
    func exposedInLog() async throws {
        try await withProgram(level: "trace") { server, program in
            try await server.keep(cart, #"{"key":"two"}"#)
            let key = try await server.key(.read)
            let (name, secret) = (key.pair.consumerKey, key.pair.consumerSecret)
            let wrong = "cs_" + String(repeating: "5", count: 40)
            let answers = [
                try await server.send(.GET, "\(sessions)?per_page=1&consumer_key=\(name)&consumer_secret=\(secret)"),
                try await server.send(.GET, "\(sessions)?consumer_key=\(name)&consumer_secret=\(wrong)"),
                try await server.send(.GET, sessions, TestServer.basic(name, wrong)),
                try await server.send(.GET, "\(sessions)?page=0&consumer_key=\(name)&consumer_secret=\(secret)"),
                try await server.send(.DELETE, "\(sessions)/abc", key.authorization),
                try await server.send(.GET, "/v1/nothing?consumer_key=\(name)&consumer_secret=\(secret)"),
            ]
            #expect(answers.map(\.status) == [200, 401, 401, 400, 403, 404])
            #expect(answers[0].headers.first(name: "Link") != nil)
            // The last request was logged, and so all before it.
            try await waitForLog("routeNotFound", of: program)
            for text in [name, secret, wrong, key.authorization] {
                #expect(!program.text.contains(text))
                for answer in answers {
                    #expect(!answer.text.contains(text))
                    #expect(!"\(answer.headers)".contains(text))
                }
            }
        }
    }

    @Test("exposed anywhere: a key that is revoked is refused within a second, and a new one works")
    func revoke() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read)
            let before = try await server.send(.GET, sessions, key.authorization)
            #expect(before.status == 200)
            #expect(try await corral("keys", "revoke", "\(key.id)", on: server).status == 0)
            try await Task.sleep(for: .seconds(1))
            try Shown.unauthorized.check(try await server.send(.GET, sessions, key.authorization))
            let created = try await corral(
                "keys", "create", "--user", "admin", "--description", "Back office", "--permissions", "read_write", "--format", "json",
                on: server)
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(created.output.utf8)) as? [String: Any])
            let name = try #require(fields["consumer_key"] as? String)
            let secret = try #require(fields["consumer_secret"] as? String)
            let after = try await server.send(.GET, sessions, TestServer.basic(name, secret))
            #expect(after.status == 200)
        }
    }

    @Test("a key is changed without an interruption: both work until the old one is revoked, and its last access stands still before")
    func changeOfKeys() async throws {
        try await TestServer.run { server in
            let old = try await server.key()
            let new = try await server.key()
            for key in [old, new, old] {
                let answer = try await server.send(.GET, sessions, key.authorization)
                #expect(answer.status == 200)
            }
            var shown = ""
            for _ in 0..<300 {
                shown = try await keysShow(old, of: server)
                if shown.contains("requests 2\n") { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(shown.contains("requests 2\n") && !shown.contains("last access never"))
            #expect(try await corral("keys", "revoke", "\(old.id)", on: server).status == 0)
            for _ in 0..<10 {
                let answer = try await server.send(.GET, sessions, new.authorization)
                #expect(answer.status == 200)
                try await Task.sleep(for: .milliseconds(100))
            }
            try Shown.unauthorized.check(try await server.send(.GET, sessions, old.authorization))
        }
    }

    // MARK: 429

    @Test("429: too many requests with one key, by however many programs; a key of its own still works")
    func keyRate() async throws {
        try await TestServer.run({ $0.limits.keyRate = 60 }) { server in
            let shared = try await server.key(.read).authorization
            let own = try await server.key(.read).authorization
            let (answered, refusal) = try await exhaust(server, shared)
            #expect(answered >= 60)
            try Shown.tooMany.check(refusal)
            #expect(refusal.headers.first(name: "RateLimit-Limit") == "60")
            #expect(refusal.headers.first(name: "RateLimit-Remaining") == "0")
            #expect(refusal.headers.first(name: "RateLimit-Reset").flatMap { Int($0) }.map { $0 > 0 } == true)
            let other = try await server.send(.GET, sessions, own)
            #expect(other.status == 200)
            #expect(other.headers.first(name: "RateLimit-Limit") == "60")
            #expect(other.headers.first(name: "RateLimit-Remaining") == "59")
            // Who waits as long as Retry-After says is let in.
            let seconds = try #require(refusal.headers.first(name: "Retry-After").flatMap { Int($0) })
            try await Task.sleep(for: .seconds(seconds))
            let later = try await server.send(.GET, sessions, shared)
            #expect(later.status == 200)
        }
    }

    @Test("429: too many requests from one address, whatever the keys")
    func addressRate() async throws {
        try await TestServer.run({ $0.limits.addressRate = 30 }) { server in
            let first = try await server.key(.read).authorization
            let second = try await server.key(.read).authorization
            let (answered, refusal) = try await exhaust(server, first)
            #expect(answered >= 30)
            try Shown.tooMany.check(refusal)
            #expect(refusal.headers.first(name: "RateLimit-Limit") == "30")
            // A place may come back in between, every two seconds.
            let (others, otherRefusal) = try await exhaust(server, second)
            #expect(others < 30)
            try Shown.tooMany.check(otherRefusal)
        }
    }

    @Test("429: more than 20 answers of 401 in a minute from one address; good keys from there still work")
    func failures() async throws {
        try await TestServer.run { server in
            let good = try await server.key(.read).authorization
            let (answered, refusal) = try await exhaust(server, TestServer.basic("ck_0", "cs_0"))
            // A place comes back every three seconds.
            #expect((20...30).contains(answered))
            try Shown.tooMany.check(refusal)
            #expect(refusal.headers.first(name: "RateLimit-Limit") == "20")
            let native = try await server.send(.GET, "/v1/carts/abc")
            if native.status != 401 { try Shown.nativeTooMany.check(native) }
            for _ in 0..<30 {
                let answer = try await server.send(.GET, sessions, good)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("429: no limit is on by default")
    func noLimit() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            for _ in 0..<200 {
                let answer = try await server.send(.GET, sessions, key)
                #expect(answer.status == 200 && answer.headers.first(name: "RateLimit-Limit") == nil)
            }
        }
    }

    // MARK: Other answers

    @Test("400: a parameter has a wrong value; an unknown one is ignored")
    func badParameter() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key(.read).authorization
            for value in ["0", "1001", "x"] {
                let answer = try await server.send(.GET, "\(sessions)?per_page=\(value)", key)
                try Shown.badParameter.check(answer)
            }
            let misspelt = try await server.send(.GET, "\(sessions)?Status=expired", key)
            #expect(misspelt.rows.count == 1)
        }
    }

    @Test("400: a body that is declared as JSON is none")
    func badJSON() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            try Shown.noJSON.check(
                try await server.send(
                    .DELETE, "\(sessions)/abc", key, headers: [("Content-Type", "application/json")], body: Array("{".utf8)))
            try Shown.nativeNoJSON.check(try await server.send(.PUT, "/v1/carts/abc", key, body: Array(#"{"items":["#.utf8)))
        }
    }

    @Test("412: somebody else has written the cart")
    func stale() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            let body = Array("{}".utf8)
            let first = try await server.send(.PUT, "/v1/carts/abc", key, body: body)
            let tag = try #require(first.headers.first(name: "ETag"))
            let second = try await server.send(.PUT, "/v1/carts/abc", key, body: body)
            #expect(second.status == 200)
            try Shown.stale.check(try await server.send(.PUT, "/v1/carts/abc", key, headers: [("If-Match", tag)], body: body))
            let exists = try await server.send(.PUT, "/v1/carts/abc", key, headers: [("If-None-Match", "*")], body: body)
            let detail = try #require(exists.object["detail"] as? String)
            #expect(exists.status == 412)
            #expect(try Page.section("412").contains("`\(detail)`"))
            let read = try await server.send(.GET, "/v1/carts/abc", key)
            let current = try #require(read.headers.first(name: "ETag"))
            let cured = try await server.send(.PUT, "/v1/carts/abc", key, headers: [("If-Match", current)], body: body)
            #expect(cured.status == 200)
        }
    }

    @Test("413: the URL is too long")
    func tooLarge() async throws {
        try await TestServer.run { server in
            let long = String(repeating: "a", count: 8192)
            try Shown.tooLarge.check(try await server.send(.GET, "\(sessions)?search=\(long)", try await server.key(.read).authorization))
        }
    }

    @Test("422: a field of a cart has a wrong value")
    func badField() async throws {
        try await TestServer.run { server in
            let body = Array(#"{"items":[{"product_id":1},{"product_id":"x"}]}"#.utf8)
            try Shown.badField.check(try await server.send(.PUT, "/v1/carts/abc", try await server.key().authorization, body: body))
        }
    }

    @Test("503: the store cannot be read, which is never an empty list")
    func unavailable() async throws {
        try await TestServer.run { server in
            try await server.keep(cart)
            let key = try await server.key(.read).authorization
            try await server.database.execute("DROP TABLE counters")
            try await Task.sleep(for: .seconds(1))
            let answer = try await server.send(.GET, sessions, key)
            try Shown.unavailable.check(answer)
            #expect(answer.headers.first(name: "Retry-After") != nil)
            let ready = try await server.send(.GET, "/readyz")
            #expect(ready.status == 503)
        }
    }

    @Test("no answer: a server that cannot start says why")
    func doesNotStart() async throws {
        try await TestServer.run { server in
            let port = try #require(URL(string: server.url)?.port)
            let taken = try await corral("serve", "--port", "\(port)", on: server)
            #expect(taken.status == 1 && taken.errors.contains("Address already in use"))
            var program = Program.corral("serve", "--port", "0")
            program.environment = ["CORRAL_DATABASE": server.database.text, "CORRAL_LOG_LEVEL": "loud"]
            let wrong = try await program.run()
            #expect(wrong.status == 1 && wrong.errors.contains("The setting log.level must be "))
        }
    }

    // MARK: The page itself

    @Test("the page names only commands, options and settings that exist")
    func names() async throws {
        var helps: [String: String] = [:]
        for match in Page.text.matches(of: /corral ([a-z]+(?: [a-z]+)?)([^`|#\n]*)/) {
            let command = String(match.1)
            if helps[command] == nil {
                var program = Program.corral()
                program.arguments = command.split(separator: " ").map(String.init) + ["--help"]
                let result = try await program.run()
                #expect(result.status == 0 && result.output.contains("USAGE: corral \(command) "), "corral \(command)")
                helps[command] = result.output
            }
            for option in match.2.matches(of: /--[a-z-]+/) {
                #expect(helps[command]?.contains(option.0) == true, "corral \(command) \(option.0)")
            }
        }
        #expect(helps.count > 5)
        for match in Page.text.matches(of: /`(--[a-z-]+)/) {
            #expect(helps.values.contains { $0.contains(match.1) }, "\(match.1)")
        }
        for match in Page.text.matches(of: /`((?:server|carts|limits|cors|log|cocart|shop)\.[A-Za-z]+)`/) {
            #expect(Settings.keys.contains(String(match.1)), "\(match.1)")
        }
        let variables = Set(
            Settings.keys.map { key in
                "CORRAL_"
                    + key.replacing(/([a-z])([A-Z])/) { "\($0.1)_\($0.2)" }.replacing(".", with: "_").uppercased()
            })
        for match in Page.text.matches(of: /CORRAL_[A-Z_]+/) {
            #expect(variables.contains(String(match.0)), "\(match.0)")
        }
    }
}
