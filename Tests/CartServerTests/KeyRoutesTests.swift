import CartCore
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

extension TestServer {
    /// Whether calls get this status before a second is over. Each comes from an address of its own, if the server trusts 127.0.0.1 as a
    /// proxy, so that calls that fail on the way are not too many.
    func settles(_ status: Int, _ path: String, _ authorization: String) async throws -> Bool {
        let start = ContinuousClock.now
        while true {
            let sent = ContinuousClock.now
            if try await self.status(path, authorization) == status { return true }
            if sent - start >= .seconds(1) { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The status of one GET.
    func status(_ path: String, _ authorization: String) async throws -> Int {
        let parts = (0..<3).map { _ in String(Int.random(in: 1...254)) }
        return try await send(.GET, path, authorization, headers: [("X-Forwarded-For", "10." + parts.joined(separator: "."))]).status
    }

    /// JSON that an answer is compared with.
    static func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
}

@Suite("The life of a key over /v1/keys")
struct KeyRoutesTests {
    private static let proxies = ["127.0.0.1"].compactMap(NetworkRange.init)
    private static let carts = "/v1/carts"

    /// A server with a key that may manage keys.
    private func run(
        clock: any WallClock = SystemWallClock(), _ body: @Sendable (_ server: TestServer, _ admin: String) async throws -> Void
    ) async throws {
        try await TestServer.run({ $0.trustedProxies = Self.proxies }, clock: clock) { server in
            try await body(server, try await server.key(.admin).authorization)
        }
    }

    private func post(
        _ path: String, _ authorization: String, _ body: String? = nil, named name: String? = nil, on server: TestServer
    ) async throws -> TestServer.Answer {
        try await server.send(
            .POST, "/v1/keys" + path, authorization, headers: name.map { [("Idempotency-Key", $0)] } ?? [],
            body: body.map { Array($0.utf8) })
    }

    /// A key that was made over the API, as a client shows it.
    private struct Made {
        let id: Int
        let login: String
        let secret: String
        var authorization: String { TestServer.basic(login, secret) }
    }

    private func make(_ kind: ConsumerKey.Kind = .cocart, on server: TestServer, by admin: String) async throws -> Made {
        let answer = try await post(
            "", admin, #"{"user":"admin","description":"till","permissions":"read_write","kind":"\#(kind.rawValue)"}"#, on: server)
        try #require(answer.status == 201)
        return try issued(answer, on: server)
    }

    private func issued(_ answer: TestServer.Answer, on server: TestServer) throws -> Made {
        let key = answer.object
        let login = try #require(key["consumer_key"] as? String ?? key["login"] as? String)
        let secret = try #require(key["consumer_secret"] as? String ?? key["api_key"] as? String)
        server.spoken.withhold(secret)
        return Made(id: try #require(key["id"] as? Int), login: login, secret: secret)
    }

    /// The fields that a refusal names.
    private func fields(_ answer: TestServer.Answer) -> [String] {
        (answer.object["errors"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String }
    }

    // MARK: Creation

    @Test("a key is made as it was asked for, its secret is shown in that answer alone, and it can be used at once")
    func creation() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let answer = try await post(
                "", admin,
                """
                {"user":"Admin@Example.com","description":"till 3","permissions":"read_write","kind":"cocart","store_id":2,\
                "allowed_ips":["192.0.2.0/24","2001:db8::1"],"expires":"2030-01-31T00:00:00Z"}
                """, on: server)
            #expect(answer.status == 201, "\(answer.text)")
            let made = try issued(answer, on: server)
            #expect(made.login.wholeMatch(of: /ck_[0-9a-f]{40}/) != nil)
            #expect(made.secret.wholeMatch(of: /cs_[0-9a-f]{40}/) != nil)
            let expected = try TestServer.json(
                """
                {"id":\(made.id),"kind":"cocart","truncated_key":"\(made.login.suffix(7))","description":"till 3","user":"admin",
                "permissions":"read_write","store_id":2,"allowed_ips":["192.0.2.0/24","2001:db8::1"],"state":"active",
                "created":"\(clock.now.iso8601)","expires":"2030-01-31T00:00:00Z","requests":0}
                """)
            let shown = try await server.send(.GET, "/v1/keys/\(made.id)", admin)
            #expect(shown.status == 200)
            let list = try await server.send(.GET, "/v1/keys", admin)
            let listed = (list.object["data"] as? [[String: Any]] ?? []).first { $0["id"] as? Int == made.id }
            for key in [answer.object, shown.object, try #require(listed)] {
                #expect(difference(expected, key) == nil)
                for name in ["revoked", "disabled", "grace_until", "last_access", "last_address"] {
                    #expect(key[name] is NSNull, "\(name) is \(String(describing: key[name]))")
                }
            }
            let hash = ConsumerKey.secretHash(of: made.secret)
            for secret in [
                made.login, made.secret, ConsumerKey.lookupHash(of: made.login), Hex.encode(hash), Data(hash).base64EncodedString(),
                "consumer_key", "consumer_secret", "hash",
            ] {
                #expect(!shown.text.contains(secret) && !list.text.contains(secret), "\(secret.prefix(15))… is shown again")
            }

            let cart = try await server.send(
                .PUT, "/v1/carts/a", made.authorization, headers: [("X-Forwarded-For", "192.0.2.7")], body: Array("{}".utf8))
            #expect(cart.status == 201)
            #expect(cart.object["store_id"] as? Int == 2)
            let fromElsewhere = try await server.send(.GET, "/v1/carts/a", made.authorization, headers: [("X-Forwarded-For", "192.0.3.7")])
            #expect(fromElsewhere.status == 403)
            clock.now = try #require(Timestamp(iso8601: "2030-01-31T00:00:00Z"))
            let expired = try await server.send(.GET, "/v1/carts/a", made.authorization, headers: [("X-Forwarded-For", "192.0.2.7")])
            #expect(expired.status == 401)
        }
    }

    @Test("what is not said of a new key is: CoCart's kind, all stores, from anywhere, for ever; a span counts from now on")
    func defaults() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            for more in ["", #","store_id":null,"expires":null,"allowed_ips":[]"#] {
                let answer = try await post("", admin, #"{"user":"admin","description":"d","permissions":"read"\#(more)}"#, on: server)
                #expect(answer.status == 201, "\(more)")
                let key = answer.object
                #expect(key["kind"] as? String == "cocart")
                #expect(key["store_id"] is NSNull && key["expires"] is NSNull)
                #expect((key["allowed_ips"] as? [Any])?.isEmpty == true)
                _ = try issued(answer, on: server)
            }
            let answer = try await post(
                "", admin, #"{"user":"admin","description":"d","permissions":"admin","expires":"90d"}"#, on: server)
            #expect(answer.object["expires"] as? String == (clock.now + .days(90)).iso8601)
            let made = try issued(answer, on: server)
            clock.advance(by: TimeSpan(milliseconds: 90 * 86_400_000 - 1))
            #expect(try await server.status("/v1/keys", made.authorization) == 200)
            clock.advance(by: TimeSpan(milliseconds: 1))
            #expect(try await server.status("/v1/keys", made.authorization) == 401)
        }
    }

    @Test("an API key is made for the user's e-mail address and opens CS-Cart's routes alone")
    func apiKey() async throws {
        try await run { server, admin in
            let answer = try await post(
                "", admin, #"{"user":"admin","description":"back office","permissions":"read","kind":"cscart"}"#, on: server)
            #expect(answer.status == 201)
            let key = answer.object
            #expect(key["kind"] as? String == "cscart")
            #expect(key["login"] as? String == server.administrator.email)
            #expect(key["consumer_key"] == nil && key["consumer_secret"] == nil)
            let made = try issued(answer, on: server)
            #expect(made.secret.wholeMatch(of: /[A-Za-z0-9]{32}/) != nil)
            #expect(try await server.status("/api/carts", made.authorization) == 200)
            #expect(try await server.status(Self.carts, made.authorization) == 401)
            #expect(try await server.status("/wp-json/cocart/v2/sessions", made.authorization) == 401)
            let shown = try await server.send(.GET, "/v1/keys/\(made.id)", admin)
            #expect(shown.object["description"] as? String == "back office")
            let hash = ConsumerKey.secretHash(of: made.secret)
            for secret in [made.secret, ConsumerKey.lookupHash(of: made.secret), Hex.encode(hash), "api_key", "login"] {
                #expect(!shown.text.contains(secret), "\(secret.prefix(15))… is shown again")
            }
        }
    }

    @Test("a wrong field of a new key is 422 and named, and no key is made")
    func wrongFields() async throws {
        try await run { server, admin in
            let before = try await server.store.keys().count
            func refusal(_ body: String) async throws -> TestServer.Answer { try await post("", admin, body, on: server) }
            let whole = #""user":"admin","description":"d","permissions":"read""#
            let wrong: [(body: String, fields: Set<String>)] = [
                (#"{"user":"eve","description":"d","permissions":"read"}"#, ["user"]),
                (#"{"description":"d","permissions":"read"}"#, ["user"]),
                (#"{"user":"admin","permissions":"read"}"#, ["description"]),
                (#"{"user":"admin","description":"","permissions":"read"}"#, ["description"]),
                (#"{"user":"admin","description":"\#(String(repeating: "é", count: 100))a","permissions":"read"}"#, ["description"]),
                (#"{"user":"admin","description":"d"}"#, ["permissions"]),
                (#"{"user":"admin","description":"d","permissions":"readwrite"}"#, ["permissions"]),
                (#"{\#(whole),"kind":"woocommerce"}"#, ["kind"]),
                (#"{\#(whole),"store_id":0}"#, ["store_id"]),
                (#"{\#(whole),"store_id":"1"}"#, ["store_id"]),
                (#"{\#(whole),"store_id":2147483648}"#, ["store_id"]),
                (#"{\#(whole),"allowed_ips":["192.0.2.0/33"]}"#, ["allowed_ips[0]"]),
                (#"{\#(whole),"allowed_ips":["127.0.0.1","everywhere"]}"#, ["allowed_ips[1]"]),
                (#"{\#(whole),"allowed_ips":"127.0.0.1"}"#, ["allowed_ips"]),
                (#"{\#(whole),"expires":"2001-01-31T00:00:00Z"}"#, ["expires"]),
                (#"{\#(whole),"expires":"0s"}"#, ["expires"]),
                (#"{\#(whole),"expires":"soon"}"#, ["expires"]),
                (#"{\#(whole),"colour":"red"}"#, ["colour"]),
                (#"{\#(whole),"user":"admin"}"#, ["user"]),
                (#"{"user":"admin","description":"","permissions":"read","expires":"0s"}"#, ["description", "expires"]),
            ]
            for (body, names) in wrong {
                let answer = try await refusal(body)
                #expect(answer.status == 422, "\(body): \(answer.text)")
                #expect(Set(fields(answer)) == names, "\(body): \(answer.text)")
            }
            for body in ["", "{", #"{"user":}"#] {
                let answer = try await refusal(body)
                #expect(answer.status == 400, "\(body): \(answer.text)")
            }
            #expect(try await server.store.keys().count == before)
            let longest = String(repeating: "é", count: 100)
            let answer = try await refusal(#"{"user":"admin","description":"\#(longest)","permissions":"read"}"#)
            #expect(answer.status == 201)
            #expect(answer.object["description"] as? String == longest)
            _ = try issued(answer, on: server)
        }
    }

    // MARK: Rotation

    @Test("a rotated key takes both secrets until its time of grace is over, then the new one alone")
    func grace() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let old = try await make(on: server, by: admin)
            #expect(try await server.status(Self.carts, old.authorization) == 200)
            let rotated = try await post("/\(old.id)/rotate", admin, #"{"grace":"12h"}"#, on: server)
            #expect(rotated.status == 200, "\(rotated.text)")
            #expect(rotated.object["grace_until"] as? String == (clock.now + .hours(12)).iso8601)
            // The consumer key stays as it is, and its programs know it.
            #expect(rotated.object["consumer_key"] == nil)
            let secret = try #require(rotated.object["consumer_secret"] as? String)
            #expect(secret != old.secret)
            server.spoken.withhold(secret)
            let new = TestServer.basic(old.login, secret)
            #expect(try await server.settles(200, Self.carts, new))
            #expect(try await server.status(Self.carts, old.authorization) == 200)
            clock.advance(by: TimeSpan(milliseconds: 12 * 3_600_000 - 1))
            #expect(try await server.status(Self.carts, old.authorization) == 200)
            #expect(try await server.status(Self.carts, new) == 200)
            clock.advance(by: TimeSpan(milliseconds: 1))
            #expect(try await server.settles(401, Self.carts, old.authorization))
            #expect(try await server.status(Self.carts, new) == 200)
        }
    }

    @Test("without a word on it the time of grace is a week; with none the old secret ends within a second")
    func graces() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let first = try await make(on: server, by: admin)
            for body in [nil, "{}"] {
                let rotated = try await post("/\(first.id)/rotate", admin, body, on: server)
                #expect(rotated.status == 200)
                #expect(rotated.object["grace_until"] as? String == (clock.now + .days(7)).iso8601)
            }
            let second = try await make(on: server, by: admin)
            #expect(try await server.status(Self.carts, second.authorization) == 200)
            let rotated = try await post("/\(second.id)/rotate", admin, #"{"grace":"0s"}"#, on: server)
            #expect(rotated.status == 200)
            let secret = try #require(rotated.object["consumer_secret"] as? String)
            server.spoken.withhold(secret)
            #expect(try await server.settles(401, Self.carts, second.authorization))
            #expect(try await server.settles(200, Self.carts, TestServer.basic(second.login, secret)))
        }
    }

    @Test("a rotated API key is new as a whole, and the old one works until the time of grace is over")
    func apiKeyGrace() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let old = try await make(.cscart, on: server, by: admin)
            #expect(try await server.status("/api/carts", old.authorization) == 200)
            let rotated = try await post("/\(old.id)/rotate", admin, #"{"grace":"1h"}"#, on: server)
            #expect(rotated.status == 200)
            let new = try issued(rotated, on: server)
            #expect(new.id == old.id && new.login == old.login && new.secret != old.secret)
            #expect(rotated.object["truncated_key"] as? String == String(new.secret.suffix(4)))
            #expect(try await server.settles(200, "/api/carts", new.authorization))
            #expect(try await server.status("/api/carts", old.authorization) == 200)
            clock.advance(by: .hours(1))
            #expect(try await server.settles(401, "/api/carts", old.authorization))
            #expect(try await server.status("/api/carts", new.authorization) == 200)
        }
    }

    @Test("a wrong rotation is 422, names what is wrong, and leaves the key as it is")
    func wrongRotations() async throws {
        try await run { server, admin in
            let key = try await make(on: server, by: admin)
            let before = try await server.store.key(id: Int64(key.id))
            for (body, name) in [
                (#"{"grace":"soon"}"#, "grace"), (#"{"grace":7}"#, "grace"), (#"{"grace":"-1d"}"#, "grace"), (#"{"until":"7d"}"#, "until"),
            ] {
                let answer = try await post("/\(key.id)/rotate", admin, body, on: server)
                #expect(answer.status == 422, "\(body)")
                #expect(fields(answer) == [name], "\(body): \(answer.text)")
            }
            #expect(try await post("/\(key.id)/rotate", admin, "{", on: server).status == 400)
            #expect(try await server.store.key(id: Int64(key.id)) == before)
            #expect(try await post("/\(key.id)/revoke", admin, on: server).status == 200)
            let revoked = try await post("/\(key.id)/rotate", admin, on: server)
            #expect(revoked.status == 422)
            #expect(!revoked.text.contains("cs_"))
        }
    }

    // MARK: States

    @Test("a key is disabled, enabled and revoked within a second, and a revoked one stays so")
    func states() async throws {
        try await run { server, admin in
            for (kind, path) in [(ConsumerKey.Kind.cocart, Self.carts), (.cscart, "/api/carts")] {
                let key = try await make(kind, on: server, by: admin)
                #expect(try await server.status(path, key.authorization) == 200)
                for (step, state, status) in [
                    ("disable", "disabled", 401), ("disable", "disabled", 401), ("enable", "active", 200), ("revoke", "revoked", 401),
                    ("enable", "revoked", 401),
                ] {
                    let answer = try await post("/\(key.id)/\(step)", admin, on: server)
                    #expect(answer.status == 200, "\(kind), \(step)")
                    #expect(answer.object["state"] as? String == state, "\(kind), \(step)")
                    #expect(!answer.text.contains(key.secret) && !answer.text.contains("secret"), "\(kind), \(step)")
                    let isSettled = try await server.settles(status, path, key.authorization)
                    #expect(isSettled, "\(kind), \(step)")
                    let shown = try await server.send(.GET, "/v1/keys/\(key.id)", admin)
                    #expect(shown.object["state"] as? String == state, "\(kind), \(step)")
                }
            }
        }
    }

    @Test("what another process does to a key holds within a second, too")
    func otherProcess() async throws {
        try await run { server, admin in
            let key = try await make(on: server, by: admin)
            #expect(try await server.status(Self.carts, key.authorization) == 200)
            let other = try server.database.location.open(creating: false)
            for (change, status) in [(KeyChange.disable, 401), (.enable, 200), (.revoke, 401)] {
                let changed = try await other.changeKey(id: Int64(key.id), change, now: SystemWallClock().now)
                #expect(changed != nil, "\(change)")
                let isSettled = try await server.settles(status, Self.carts, key.authorization)
                #expect(isSettled, "\(change)")
            }
            let fresh = ConsumerKeyPair(random: SystemRandomSource())
            _ = try await other.insert(
                ConsumerKey(
                    .pair(fresh), userID: server.administrator.id, description: "fresh", permission: .read, created: SystemWallClock().now))
            #expect(try await server.settles(200, Self.carts, TestServer.basic(fresh.consumerKey, fresh.consumerSecret)))
            await other.close()
        }
    }

    // MARK: Idempotency-Key

    @Test("a creation that is sent again is answered like the first, secret and all, and makes one key")
    func creationOnce() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let before = try await server.store.keys().count
            let body = #"{"user":"admin","description":"made once only","permissions":"read"}"#
            let answers = try await withThrowingTaskGroup(of: TestServer.Answer.self) { group in
                for _ in 0..<10 { group.addTask { try await post("", admin, body, named: "order-1", on: server) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(try await server.store.keys().count == before + 1)
            let key = try issued(try #require(answers.first), on: server)
            #expect(try await server.status(Self.carts, key.authorization) == 200)

            let other = try await post(
                "", admin, #"{"user":"admin","description":"another","permissions":"read"}"#, named: "order-1", on: server)
            #expect(other.status == 422)
            #expect(fields(other) == ["Idempotency-Key"])
            #expect(!other.text.contains(key.login) && !other.text.contains(key.secret))
            #expect(try await server.store.keys().count == before + 1)

            // The name is the caller's own.
            let colleague = try await server.key(.admin).authorization
            let second = try await post("", colleague, body, named: "order-1", on: server)
            #expect(second.status == 201)
            #expect(try issued(second, on: server).id != key.id)

            #expect(try await server.database.contains("made once only"), "the files are not searched where the key is")
            for secret in [key.login, key.secret, String(key.login.dropFirst(3)), String(key.secret.dropFirst(3))] {
                let isKept = try await server.database.contains(secret)
                #expect(!isKept, "\(secret.prefix(5))… stands in the database in clear")
            }

            clock.advance(by: TimeSpan(milliseconds: 86_399_999))
            #expect(try await post("", admin, body, named: "order-1", on: server).text == answers.first?.text)
            clock.advance(by: TimeSpan(milliseconds: 1))
            let later = try await post("", admin, body, named: "order-1", on: server)
            #expect(later.status == 201)
            #expect(try issued(later, on: server).id != key.id)
        }
    }

    @Test("a creation that is sent again is answered like the first, also when the key has expired meanwhile")
    func creationOnceLate() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let expires = (clock.now + .hours(1)).iso8601
            let body = #"{"user":"admin","description":"d","permissions":"read","expires":"\#(expires)"}"#
            let first = try await post("", admin, body, named: "short", on: server)
            #expect(first.status == 201)
            let before = try await server.store.keys().count
            clock.advance(by: .hours(2))
            let again = try await post("", admin, body, named: "short", on: server)
            #expect(again.status == 201 && again.text == first.text)
            #expect(try await server.store.keys().count == before)
        }
    }

    @Test("a rotation that is sent again is answered like the first, and the key is rotated once", arguments: ConsumerKey.Kind.allCases)
    func rotationOnce(kind: ConsumerKey.Kind) async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let path = kind == .cocart ? Self.carts : "/api/carts"
            let key = try await make(kind, on: server, by: admin)
            let first = try await post("/\(key.id)/rotate", admin, #"{"grace":"1h"}"#, named: "r-1", on: server)
            #expect(first.status == 200)
            let secret = try #require((first.object["consumer_secret"] ?? first.object["api_key"]) as? String)
            server.spoken.withhold(secret)
            clock.advance(by: .minutes(1))
            let again = try await post("/\(key.id)/rotate", admin, #"{"grace":"1h"}"#, named: "r-1", on: server)
            #expect(again.status == 200 && again.text == first.text)
            #expect(try await server.settles(200, path, TestServer.basic(key.login, secret)))
            // A second rotation would have taken the old secret's place as the one of the time of grace.
            #expect(try await server.settles(200, path, key.authorization))

            let other = try await post("/\(key.id)/rotate", admin, #"{"grace":"2h"}"#, named: "r-1", on: server)
            #expect(other.status == 422)
            #expect(fields(other) == ["Idempotency-Key"])
            let isKept = try await server.database.contains(secret)
            #expect(!isKept, "the new secret stands in the database in clear")
            let another = try await make(kind, on: server, by: admin)
            let elsewhere = try await post("/\(another.id)/rotate", admin, #"{"grace":"1h"}"#, named: "r-1", on: server)
            #expect(elsewhere.status == 200)
            #expect(elsewhere.object["id"] as? Int == another.id)
        }
    }

    // MARK: Lists

    @Test("a walk by cursor shows every key once, in the order of ids, with the total on each page")
    func walk() async throws {
        try await run { server, admin in
            for _ in 0..<6 { _ = try await server.key(.read) }
            let all = try await server.store.keys().map { Int($0.key.id) }
            #expect(all.count == 7)
            var (walked, sizes): ([Int], [Int]) = ([], [])
            var cursor: String?
            repeat {
                let page = try await server.send(.GET, "/v1/keys?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""), admin)
                #expect(page.status == 200)
                #expect(page.object["total"] as? Int == 7)
                let rows = try #require(page.object["data"] as? [[String: Any]])
                walked += rows.compactMap { $0["id"] as? Int }
                sizes.append(rows.count)
                cursor = page.object["next_cursor"] as? String
            } while cursor != nil && walked.count < 20
            #expect(walked == all)
            #expect(sizes == [3, 3, 1])
            let whole = try await server.send(.GET, "/v1/keys", admin)
            #expect((whole.object["data"] as? [Any])?.count == 7)
            #expect(whole.object["next_cursor"] is NSNull)
            for (query, name) in [("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=x", "cursor"), ("state=active", "state")] {
                let answer = try await server.send(.GET, "/v1/keys?\(query)", admin)
                #expect(answer.status == 422, "\(query)")
                #expect(fields(answer) == [name], "\(query)")
            }
        }
    }

    @Test("an id that no key has is 404 on every route")
    func unknownIDs() async throws {
        try await run { server, admin in
            for id in ["abc", "0", "-1", "999999", "1.0", "99999999999999999999999"] {
                for path in ["", "/usage"] {
                    let answer = try await server.send(.GET, "/v1/keys/\(id)\(path)", admin)
                    #expect(answer.status == 404, "GET \(id)\(path)")
                    #expect(answer.object["code"] as? String == "key_not_found", "GET \(id)\(path)")
                }
                for step in ["rotate", "revoke", "disable", "enable"] {
                    let answer = try await post("/\(id)/\(step)", admin, on: server)
                    #expect(answer.status == 404, "\(step) \(id)")
                    #expect(answer.object["code"] as? String == "key_not_found", "\(step) \(id)")
                }
            }
        }
    }

    // MARK: Usage

    @Test("the use of a key is counted by day and kind, with the addresses that it came from")
    func usage() async throws {
        let clock = ManualClock(try #require(Timestamp(iso8601: "2023-11-14T22:13:20Z")))
        try await run(clock: clock) { server, admin in
            let key = try await server.key(.admin)
            func call(_ method: HTTPMethod, _ path: String, from address: String = "192.0.2.7", body: String? = nil) async throws {
                let answer = try await server.send(
                    method, path, key.authorization, headers: [("X-Forwarded-For", address)], body: body.map { Array($0.utf8) })
                #expect(answer.status < 300, "\(method.rawValue) \(path): \(answer.text)")
            }
            for path in [Self.carts, Self.carts, "/wp-json/cocart/v2/sessions"] { try await call(.GET, path) }
            try await call(.PUT, "/v1/carts/a", body: "{}")
            for path in ["/v1/carts/a", "/wp-json/cocart/v2/session/a"] { try await call(.GET, path) }
            try await call(.DELETE, "/v1/carts/a")
            for path in ["/v1/keys", "/v1/keys/\(key.id)", "/v1/audit", "/v1/audit"] { try await call(.GET, path) }
            clock.advance(by: .hours(2))
            try await call(.GET, Self.carts, from: "2001:db8::1")
            let expected = try TestServer.json(
                """
                {"days":[{"day":"2023-11-15","list":1,"read":0,"write":0,"delete":0,"manage":0},
                {"day":"2023-11-14","list":3,"read":2,"write":1,"delete":1,"manage":4}],
                "addresses":[{"address":"2001:db8::1","last_access":"2023-11-15T00:13:20Z"},
                {"address":"192.0.2.7","last_access":"2023-11-14T22:13:20Z"}]}
                """)
            // The counts are written each second.
            var found: String? = "nothing was asked for"
            for _ in 0..<100 where found != nil {
                try await Task.sleep(for: .milliseconds(100))
                let answer = try await server.send(.GET, "/v1/keys/\(key.id)/usage", admin)
                found = difference(expected, answer.json)
            }
            #expect(found == nil)
            let shown = try await server.send(.GET, "/v1/keys/\(key.id)", admin)
            #expect(shown.object["requests"] as? Int == 12)
            #expect(shown.object["last_access"] as? String == "2023-11-15T00:13:20Z")
            #expect(shown.object["last_address"] as? String == "2001:db8::1")
        }
    }

    @Test("a key that a page in a browser used is known by that, and others are not")
    func usedByPage() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, _ in
            let (ofPage, ofServer) = (try await server.key(.read), try await server.key(.read))
            let origin = [("Origin", "https://shop.example.org")]
            #expect(try await server.send(.GET, Self.carts, ofPage.authorization, headers: origin).status == 200)
            #expect(try await server.send(.GET, Self.carts, ofServer.authorization).status == 200)
            var keys: [ConsumerKey] = []
            for _ in 0..<100 where !keys.allSatisfy({ $0.requests == 1 }) || keys.isEmpty {
                try await Task.sleep(for: .milliseconds(100))
                keys = []
                for id in [ofPage.id, ofServer.id] { keys.append(try #require(try await server.store.key(id: id)?.key)) }
            }
            #expect(keys.map(\.requests) == [1, 1])
            #expect(keys.first?.lastFromPage == clock.now)
            #expect(keys.last?.lastFromPage == nil)
        }
    }
}
