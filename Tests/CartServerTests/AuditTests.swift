import CartCore
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("The audit trail over HTTP")
struct AuditTests {
    private static let proxies = ["127.0.0.1"].compactMap(NetworkRange.init)
    private static let address = "192.0.2.7"

    private func run(
        clock: ManualClock = ManualClock(), _ body: @Sendable (_ server: TestServer, _ admin: TestServer.Key) async throws -> Void
    ) async throws {
        let settings = { (settings: inout Settings) in
            settings.trustedProxies = Self.proxies
            // Some entries tell of long ago, and a slow machine takes more than the minute after which they would be forgotten.
            settings.auditRetention = nil
        }
        try await TestServer.run(settings, clock: clock) { server in
            try await body(server, try await server.key(.admin))
        }
    }

    /// Sends a request from an address that stands in the trail.
    private func send(
        _ method: HTTPMethod, _ path: String, _ authorization: String, headers: [(String, String)] = [], body: String? = nil,
        to server: TestServer
    ) async throws -> TestServer.Answer {
        try await server.send(
            method, path, authorization, headers: headers + [("X-Forwarded-For", Self.address)], body: body.map { Array($0.utf8) })
    }

    /// The entries that a query finds, as the API shows them, newest first.
    private func trail(_ query: String, _ admin: TestServer.Key, on server: TestServer) async throws -> [[String: Any]] {
        let answer = try await server.send(.GET, "/v1/audit?limit=1000&\(query)", admin.authorization)
        try #require(answer.status == 200, "\(answer.text)")
        let entries = try #require(answer.object["data"] as? [[String: Any]])
        #expect(answer.object["total"] as? Int == entries.count)
        #expect(answer.object["next_cursor"] is NSNull)
        return entries
    }

    // MARK: Writes

    /// A write, and the entry that it leaves.
    private struct Write {
        let method: HTTPMethod
        let path: String
        let authorization: String
        var body: String?
        let status: Int
        let actor: String
        let action: String
        let cart: String
    }

    private static let filled = """
        {"owner":{"type":"customer","id":"3"},
        "customer":{"first_name":"Johnathan","last_name":"Doering","email":"John.Doering@Example.com","phone":"5551234567",
        "billing":{"address_1":"44 Main street","city":"Boston"}},
        "items":[{"product_id":1,"unit_price":500,"quantity":2},{"product_id":2,"kind":"wishlist"}]}
        """

    @Test("each write of a cart leaves one entry that says who, from where, when, what, and how the cart was before and after")
    func writes() async throws {
        let clock = ManualClock()
        try await run(clock: clock) { server, admin in
            let key = try await server.key(.readWrite)
            let apiKey = try await server.cscartKey(.readWrite)
            let (byKey, byAPIKey, byPerson) = ("key:\(key.id)", "key:\(apiKey.id)", "user:\(server.administrator.id)")
            func put(_ cart: String, _ status: Int, _ body: String, _ action: String = "cart.create") -> Write {
                Write(
                    method: .PUT, path: "/v1/carts/\(cart)", authorization: key.authorization, body: body, status: status, actor: byKey,
                    action: action, cart: cart)
            }
            func delete(
                _ path: String, _ authorization: String, _ status: Int, _ actor: String, _ cart: String, _ action: String = "cart.delete"
            ) -> Write {
                Write(
                    method: .DELETE, path: path, authorization: authorization, status: status, actor: actor, action: action, cart: cart)
            }
            let ownersOnly = #"{"owner":{"type":"customer","id":"4"},"items":[{"product_id":1}]}"#
            let writes = [
                put("a", 201, Self.filled),
                put("a", 200, Self.filled, "cart.replace"),
                // The wish list is left.
                delete("/api/carts/3", apiKey.authorization, 204, byAPIKey, "a", "cart.replace"),
                delete("/v1/carts/a", key.authorization, 204, byKey, "a"),
                put("b", 201, ownersOnly),
                delete("/api/carts/4", apiKey.authorization, 204, byAPIKey, "b"),
                put("c", 201, "{}"),
                delete("/wp-json/cocart/v2/session/c", key.authorization, 200, byKey, "c"),
                put("d", 201, "{}"),
                delete("/wp-json/cocart/v2/sessions/d", TestServer.personal, 200, byPerson, "d"),
            ]
            var expected: [String] = []
            var revisions: [Int] = []
            for write in writes {
                clock.advance(by: .seconds(1))
                let answer = try await send(write.method, write.path, write.authorization, body: write.body, to: server)
                #expect(answer.status == write.status, "\(write.method.rawValue) \(write.path): \(answer.text)")
                expected.append("\(clock.now.iso8601) \(write.actor) \(Self.address) \(write.action) cart:\(write.cart)")
                if let revision = answer.object["revision"] as? Int { revisions.append(revision) }
            }
            let entries = try await trail("after=\(clock.now.iso8601.prefix(10))", admin, on: server).filter {
                ($0["action"] as? String)?.hasPrefix("cart") == true
            }
            let found = entries.reversed().map { entry in
                ["at", "actor", "address", "action", "subject"].map { entry[$0] as? String ?? "-" }.joined(separator: " ")
            }
            #expect(found == expected)

            // The lives of cart a. What a write says of a cart before it is what the write before said of the cart after it.
            try #require(entries.count == writes.count && revisions.count == 5)
            let details = entries.reversed().map { $0["details"] as? [String: Any] ?? [:] }
            #expect(entries.last?["id"] as? Int == revisions[0])
            let (before, after) = ("before", "after")
            let full = #""owner_id":3,"total":1000,"products":2,"email":"j***@e***.com"}"#
            let first = try TestServer.json(#"{"revision":\#(revisions[0]),\#(full)"#)
            let second = try TestServer.json(#"{"revision":\#(revisions[1]),\#(full)"#)
            let emptied = try TestServer.json(#"{"owner_id":3,"total":0,"products":1,"email":"j***@e***.com"}"#)
            #expect(details[0][before] == nil && difference(first, details[0][after]) == nil)
            #expect(difference(first, details[1][before]) == nil && difference(second, details[1][after]) == nil)
            #expect(difference(second, details[2][before]) == nil && difference(emptied, details[2][after]) == nil)
            #expect(difference(emptied, details[3][before]) == nil && details[3][after] == nil)
        }
    }

    @Test("the trail holds of customers and users nothing but masked e-mail addresses, and of keys no secret")
    func privacy() async throws {
        try await run { server, admin in
            let key = try await server.key(.readWrite)
            let apiKey = try await server.cscartKey(.readWrite)
            #expect(try await send(.PUT, "/v1/carts/a", key.authorization, body: Self.filled, to: server).status == 201)
            #expect(try await send(.DELETE, "/api/carts/3", apiKey.authorization, to: server).status == 204)
            #expect(try await send(.DELETE, "/v1/carts/a", key.authorization, to: server).status == 204)
            _ = try await server.store.insert(
                User(id: 0, name: "ann", email: "Ann.Lee@example.org", role: .customer, password: .nobody, created: SystemWallClock().now))
            let answer = try await server.send(.GET, "/v1/audit?limit=1000", admin.authorization)
            let text = answer.text.lowercased()
            #expect(text.contains("j***@e***.com") && text.contains("a***@e***.org"), "\(text)")
            let hash = ConsumerKey.secretHash(of: key.pair.consumerSecret)
            for secret in [
                "example", "john", "doering", "5551234567", "main street", "boston", "ann.lee", "scrypt", key.pair.consumerKey,
                key.pair.consumerSecret, apiKey.apiKey.lowercased(), ConsumerKey.lookupHash(of: key.pair.consumerKey), Hex.encode(hash),
            ] {
                #expect(!text.contains(secret), "\(secret.prefix(15))… stands in the trail")
            }
        }
    }

    @Test("each step in the life of a key leaves one entry, and a step that changes nothing leaves none")
    func keys() async throws {
        try await run { server, admin in
            let body = #"{"user":"admin","description":"till","permissions":"read","allowed_ips":["192.0.2.0/24"]}"#
            let made = try await send(.POST, "/v1/keys", admin.authorization, body: body, to: server)
            let id = try #require(made.object["id"] as? Int)
            let consumerKey = try #require(made.object["consumer_key"] as? String)
            let secrets = [
                consumerKey, try #require(made.object["consumer_secret"] as? String), ConsumerKey.lookupHash(of: consumerKey),
            ]
            for step in ["rotate", "disable", "disable", "enable", "enable", "revoke", "revoke"] {
                let answer = try await send(.POST, "/v1/keys/\(id)/\(step)", admin.authorization, to: server)
                #expect(answer.status == 200, "\(step)")
            }
            let entries = try await trail("subject=key:\(id)", admin, on: server)
            #expect(
                entries.reversed().map { $0["action"] as? String } == [
                    "key.create", "key.rotate", "key.disable", "key.enable", "key.revoke",
                ])
            func states(_ moment: String) -> [String?] {
                entries.reversed().map { (($0["details"] as? [String: Any])?[moment] as? [String: Any])?["state"] as? String }
            }
            #expect(states("before") == [nil, "active", "active", "disabled", "active"])
            #expect(states("after") == ["active", "active", "disabled", "active", "revoked"])
            for entry in entries {
                #expect(entry["actor"] as? String == "key:\(admin.id)")
                #expect(entry["address"] as? String == Self.address)
                let details = try #require(entry["details"] as? [String: Any])
                let after = try #require(details["after"] as? [String: Any])
                #expect(after["description"] as? String == "till")
                #expect(after["permissions"] as? String == "read")
                let text = String(decoding: try JSONSerialization.data(withJSONObject: entry), as: UTF8.self)
                for secret in secrets { #expect(!text.contains(secret), "\(secret.prefix(7))… stands in the trail") }
            }
        }
    }

    @Test("a write that is refused, and one that is sent again, leaves no entry of the cart")
    func noEntry() async throws {
        try await run { server, admin in
            let (key, reader) = (try await server.key(.readWrite).authorization, try await server.key(.read).authorization)
            let bound = try await server.key(.readWrite, storeID: 2).authorization
            let apiReader = try await server.cscartKey(.read).authorization
            let named = [("Idempotency-Key", "n")]
            let document = #"{"store_id":1,"owner":{"type":"customer","id":"3"},"items":[{"product_id":1}]}"#
            #expect(try await send(.PUT, "/v1/carts/a", key, headers: named, body: document, to: server).status == 201)
            let refused: [(method: HTTPMethod, path: String, key: String, headers: [(String, String)], body: String?, status: Int)] = [
                (.PUT, "/v1/carts/a", key, [("If-Match", "\"999999\"")], "{}", 412),
                (.PUT, "/v1/carts/a", key, [("If-None-Match", "*")], "{}", 412),
                (.PUT, "/v1/carts/a", key, [], #"{"colour":"red"}"#, 422),
                (.PUT, "/v1/carts/a", key, [], "{", 400),
                (.PUT, "/v1/carts/a", key, named, "{}", 422),
                (.PUT, "/v1/carts/a", reader, [], "{}", 403),
                (.PUT, "/v1/carts/a", bound, [], "{}", 404),
                (.PUT, "/v1/carts/a", TestServer.basic("ck_x", "cs_x"), [], "{}", 401),
                (.DELETE, "/v1/carts/a", key, [("If-Match", "\"999999\"")], nil, 412),
                (.DELETE, "/v1/carts/a", bound, [], nil, 404),
                (.DELETE, "/v1/carts/b", key, [], nil, 404),
                (.DELETE, "/wp-json/cocart/v2/session/a", reader, [], nil, 403),
                (.DELETE, "/wp-json/cocart/v2/sessions/a", bound, [], nil, 404),
                (.DELETE, "/api/carts/3", apiReader, [], nil, 403),
                // Sent again, and answered as the first time.
                (.PUT, "/v1/carts/a", key, named, document, 201),
            ]
            for request in refused {
                let answer = try await send(
                    request.method, request.path, request.key, headers: request.headers, body: request.body, to: server)
                #expect(answer.status == request.status, "\(request.method.rawValue) \(request.path): \(answer.text)")
            }
            let entries = try await trail("after=2001-01-01", admin, on: server).filter {
                ($0["subject"] as? String)?.hasPrefix("cart:") == true
            }
            #expect(entries.map { $0["action"] as? String } == ["cart.create"])
        }
    }

    // MARK: Reading

    /// Entries that no call left: second, actor, action, subject.
    private static let known: [(second: Int64, actor: String, action: AuditAction, subject: String)] = [
        (0, "key:901", .cartCreate, "cart:x"), (1, "key:901", .cartDelete, "cart:y"), (1, "key:902", .keyRevoke, "key:901"),
        (2, "key:902", .cartDelete, "cart:x"), (3, "cli:root", .userRole, "user:901"), (4, "anonymous", .requestRefused, ""),
    ]

    /// Keeps the known entries, in 2020, before all others.
    private func keepKnown(in server: TestServer) async throws {
        let start = try #require(Timestamp(iso8601: "2020-01-01T00:00:00Z"))
        try await server.store.add(
            Self.known.map { entry in
                AuditEntry(
                    at: start + .seconds(entry.second), actor: entry.actor, address: nil, action: entry.action, subject: entry.subject,
                    details: Array("{}".utf8))
            })
    }

    @Test(
        "the trail is found by each condition and by all together",
        arguments: [
            ("actor=key:901", [1, 0]), ("actor=key:90", []), ("action=cart.delete&before=2020-01-02", [2, 1]),
            ("action=request.refused&before=2020-01-02", [4]), ("subject=cart:x", [2, 0]), ("subject=cart", []),
            ("before=2020-01-01T00:00:01Z", [1, 1, 0]), ("after=2020-01-01T00:00:03Z&before=2020-01-02", [4, 3]),
            ("after=2020-01-01T00:00:01Z&before=2020-01-01T00:00:02Z&actor=key:902&action=cart.delete&subject=cart:x", [2]),
            ("after=2020-01-01T00:00:01Z&before=2020-01-01T00:00:01Z", [1, 1]), ("before=2020-01-01T00:00:01Z&actor=cli:root", []),
        ] as [(String, [Int])])
    func filters(query: String, seconds: [Int]) async throws {
        try await run { server, admin in
            try await keepKnown(in: server)
            let entries = try await trail(query, admin, on: server)
            let expected = seconds.map { "2020-01-01T00:00:0\($0)Z" }
            #expect(entries.compactMap { $0["at"] as? String } == expected)
        }
    }

    @Test("an entry is shown whole, with null for what there is none of")
    func form() async throws {
        try await run { server, admin in
            try await keepKnown(in: server)
            let entry = try #require(try await trail("action=request.refused&before=2020-01-02", admin, on: server).first)
            #expect(Set(entry.keys) == ["id", "at", "actor", "address", "action", "subject", "details"])
            #expect(entry["actor"] as? String == "anonymous")
            #expect(entry["address"] is NSNull && entry["subject"] is NSNull)
            #expect((entry["details"] as? [String: Any])?.isEmpty == true)
        }
    }

    @Test("a walk by cursor sees every entry that stood at its beginning once, newest first, whatever is written meanwhile")
    func walk() async throws {
        try await run { server, admin in
            try await keepKnown(in: server)
            let all = try await trail("before=2020-01-02", admin, on: server).map { $0["id"] as? Int }
            #expect(all.count == Self.known.count)
            var (walked, pages): ([Int?], Int) = ([], 0)
            var cursor: String?
            repeat {
                let page = try await server.send(
                    .GET, "/v1/audit?before=2020-01-02&limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""), admin.authorization)
                #expect(page.status == 200)
                walked += (page.object["data"] as? [[String: Any]] ?? []).map { $0["id"] as? Int }
                cursor = page.object["next_cursor"] as? String
                #expect(page.object["total"] as? Int == Self.known.count + pages)
                pages += 1
                // Newer than all of them, so it stands before the first page.
                let late = try #require(Timestamp(iso8601: "2020-01-01T12:00:00Z"))
                try await server.store.add([
                    AuditEntry(
                        at: late, actor: "key:903", address: nil, action: .cartDelete, subject: "cart:z", details: Array("{}".utf8))
                ])
            } while cursor != nil && pages < 10
            #expect(walked == all)
            #expect(pages == 3)
        }
    }

    @Test("unknown actions, unknown parameters and wrong values are 422 and named")
    func wrongQueries() async throws {
        try await run { server, admin in
            for (query, name) in [
                ("action=cart.burn", "action"), ("action=", "action"), ("colour=red", "colour"), ("limit=0", "limit"),
                ("limit=1001", "limit"), ("cursor=x", "cursor"), ("after=soon", "after"), ("before=2020-13-01", "before"),
                ("actor=", "actor"), ("subject=", "subject"), ("actor=key:1&actor=key:2", "actor"), ("action[]=cart.delete", "action"),
            ] {
                let answer = try await server.send(.GET, "/v1/audit?\(query)", admin.authorization)
                #expect(answer.status == 422, "\(query)")
                let names = (answer.object["errors"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String }
                #expect(names == [name], "\(query): \(answer.text)")
            }
        }
    }

    // MARK: Refused calls

    /// A key that a test put into the store, as a client shows it.
    private struct Shown: Sendable {
        let id: Int64
        let pair: ConsumerKeyPair
        var authorization: String { TestServer.basic(pair.consumerKey, pair.consumerSecret) }

        /// - Parameter change: what becomes of the key at once.
        init(
            of user: Int64, _ permission: Permission = .readWrite, storeID: Int64? = nil, ranges: [NetworkRange] = [],
            expires: Timestamp? = nil, then change: KeyChange? = nil, in store: any Store
        ) async throws {
            pair = ConsumerKeyPair(random: SystemRandomSource())
            let now = SystemWallClock().now
            id = try await store.insert(
                ConsumerKey(
                    .pair(pair), userID: user, description: "refused", permission: permission, storeID: storeID, allowedRanges: ranges,
                    created: now - .days(2), expires: expires)
            ).id
            if let change { _ = try #require(try await store.changeKey(id: id, change, now: now)) }
        }
    }

    /// The status of a request from an address of its own, behind a proxy that is trusted.
    private static func status(_ url: String, _ authorization: String?, from number: Int) async throws -> Int {
        try await TestServer.send(.GET, url, authorization, headers: [("X-Forwarded-For", "192.0.2.\(number)")]).status
    }

    /// Runs a server in a process of its own on a store with a cart of store 1 under the key `a`, stops it as an operator does, and gives
    /// what the trail then says of refused calls: they are written each minute and at the end.
    private func refusals<Keys>(
        _ environment: [String: String] = [:],
        keys prepare: (_ store: any Store, _ user: Int64) async throws -> Keys,
        _ body: (_ url: String, _ keys: Keys) async throws -> Void
    ) async throws -> [AuditEntry] {
        try await withCartDatabase { database, _ in
            let location = database.location
            let store = try location.open(creating: true)
            let now = SystemWallClock().now
            let user = try await store.insert(
                User(id: 0, name: "admin", email: "admin@example.com", role: .administrator, password: .nobody, created: now))
            let carts = CartService(store: store, random: SystemRandomSource())
            let draft = try CartDraft(document: Array(#"{"key":"a","store_id":1}"#.utf8))
            for result in try await carts.put([draft], at: now) { _ = try result.get() }
            let keys = try await prepare(store, user.id)
            await store.close()
            let environment = environment.merging(["CORRAL_SERVER_TRUSTED_PROXIES": "127.0.0.1"]) { $1 }
            let server = try await Program.corral("serve", "--port", "0", "--database", database.text, environment: environment)
                .start { $0.contains("listens on") }
            do {
                let port = try #require(server.port)
                try await body("http://127.0.0.1:\(port)", keys)
            } catch {
                server.kill()
                throw error
            }
            #expect(server.stop() == 0)
            let after = try location.open(creating: false)
            var query = AuditQuery(limit: 1000)
            query.filter.action = .requestRefused
            let entries = try await after.audit(query).entries
            await after.close()
            return entries
        }
    }

    /// What an entry about refused calls says besides who and from where.
    private func told(_ entry: AuditEntry) throws -> (reason: String, count: Int, until: Timestamp) {
        let details = try #require(try JSONSerialization.jsonObject(with: Data(entry.details)) as? [String: Any])
        #expect(Set(details.keys) == ["reason", "count", "until"])
        let until = try #require(details["until"] as? String)
        return (
            try #require(details["reason"] as? String), try #require(details["count"] as? Int), try #require(Timestamp(iso8601: until))
        )
    }

    @Test("refused calls stand in the trail with the true reason, the address, and the key that was shown")
    func refusedCalls() async throws {
        let now = SystemWallClock().now
        let unknown = ConsumerKeyPair(random: SystemRandomSource())
        let expected: [(path: String, key: String, status: Int, reason: String, isProved: Bool)] = [
            ("/v1/carts/a", "expired", 401, "expired key", false),
            ("/v1/carts/a", "revoked", 401, "revoked key", false),
            ("/wp-json/cocart/v2/session/a", "disabled", 401, "disabled key", false),
            ("/v1/carts/a", "write", 403, "does not allow reading", true),
            ("/wp-json/cocart/v2/sessions", "write too", 403, "does not allow reading", true),
            ("/v1/keys", "read", 403, "does not allow the management of keys", true),
            ("/v1/carts/a", "bound", 404, "cart of a store that the key may not see", true),
            ("/wp-json/cocart/v2/sessions/a", "bound too", 404, "cart of a store that the key may not see", true),
        ]
        var shown: [String: Shown] = [:]
        let entries = try await refusals(["CORRAL_LIMITS_KEY_RATE": "1"]) { (store, user) -> [String: Shown] in
            [
                "expired": try await Shown(of: user, expires: now - .days(1), in: store),
                "revoked": try await Shown(of: user, then: .revoke, in: store),
                "disabled": try await Shown(of: user, then: .disable, in: store),
                "write": try await Shown(of: user, .write, in: store),
                "write too": try await Shown(of: user, .write, in: store),
                "read": try await Shown(of: user, .read, in: store),
                "bound": try await Shown(of: user, storeID: 2, in: store),
                "bound too": try await Shown(of: user, storeID: 2, in: store),
                "elsewhere": try await Shown(of: user, ranges: ["203.0.113.0/24"].compactMap(NetworkRange.init), in: store),
                "right": try await Shown(of: user, in: store),
                "busy": try await Shown(of: user, in: store),
            ]
        } _: { (url: String, keys: [String: Shown]) in
            shown = keys
            for (number, row) in expected.enumerated() {
                let status = try await Self.status(url + row.path, try #require(keys[row.key]).authorization, from: number)
                #expect(status == row.status, "\(row.key)")
            }
            #expect(try await Self.status(url + "/api/carts", nil, from: 100) == 401)
            #expect(
                try await Self.status(url + "/v1/carts", TestServer.basic(unknown.consumerKey, unknown.consumerSecret), from: 101) == 401)
            let right = try #require(keys["right"])
            #expect(
                try await Self.status(url + "/v1/carts", TestServer.basic(right.pair.consumerKey, unknown.consumerSecret), from: 102) == 401
            )
            #expect(try await Self.status(url + "/v1/carts", try #require(keys["elsewhere"]).authorization, from: 103) == 403)
            let busy = try #require(keys["busy"]).authorization
            #expect(try await Self.status(url + "/v1/carts", busy, from: 104) == 200)
            #expect(try await Self.status(url + "/v1/carts", busy, from: 104) == 429)
        }

        /// What the trail says of the one call from an address.
        let entry = { (number: Int) throws -> AuditEntry in
            let found = entries.filter { $0.address == "192.0.2.\(number)" }
            #expect(found.count == 1, "entries of the address \(number)")
            return try #require(found.first)
        }
        func expect(_ number: Int, _ reason: String, subject: String, actor: String?) throws {
            let entry = try entry(number)
            let told = try told(entry)
            #expect(told.reason.contains(reason), "\(told.reason)")
            #expect(told.count == 1, "\(reason)")
            #expect(told.until == entry.at && entry.at >= now, "\(reason)")
            #expect(entry.subject == subject, "\(reason)")
            if let actor { #expect(entry.actor == actor, "\(reason)") }
        }
        let subject = { (name: String) throws -> String in "key:\(try #require(shown[name]).id)" }
        for (number, row) in expected.enumerated() {
            let subject = try subject(row.key)
            try expect(number, row.reason, subject: subject, actor: row.isProved ? subject : "anonymous")
        }
        try expect(100, "no credentials", subject: "", actor: "anonymous")
        try expect(101, "unknown key", subject: "", actor: "anonymous")
        try expect(102, "wrong secret", subject: try subject("right"), actor: "anonymous")
        try expect(103, "may not be used from this address", subject: try subject("elsewhere"), actor: nil)
        let busy = try subject("busy")
        try expect(104, "too many requests", subject: busy, actor: busy)
        #expect(entries.count == expected.count + 5)
        for entry in entries {
            let text = entry.actor + entry.subject + String(decoding: entry.details, as: UTF8.self)
            #expect(!text.contains("ck_") && !text.contains("cs_"), "\(text)")
        }
    }

    @Test("a write at a cart of another store stands in the trail, whether or not the request has a name")
    func hiddenWrites() async throws {
        let entries = try await refusals { (store, user) -> Shown in
            try await Shown(of: user, storeID: 2, in: store)
        } _: { (url: String, key: Shown) in
            for (method, name) in [(.PUT, nil), (.DELETE, nil), (.PUT, "n"), (.DELETE, "n")] as [(HTTPMethod, String?)] {
                let answer = try await TestServer.send(
                    method, url + "/v1/carts/a", key.authorization, headers: name.map { [("Idempotency-Key", $0)] } ?? [],
                    body: Array("{}".utf8))
                #expect(answer.status == 404, "\(method.rawValue)")
            }
        }
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(try told(entry).reason == "cart of a store that the key may not see")
        #expect(try told(entry).count == 4)
        #expect(entry.actor == entry.subject && entry.subject.hasPrefix("key:"))
    }

    @Test("a flood of refused calls of one kind is one entry a minute that counts them")
    func flood() async throws {
        let entries = try await refusals { (store, user) -> Shown in
            try await Shown(of: user, .read, in: store)
        } _: { (url: String, key: Shown) in
            let authorization = key.authorization
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        for _ in 0..<30 {
                            let nobody = try await TestServer.send(.GET, url + "/v1/carts", headers: [("X-Forwarded-For", "192.0.2.1")])
                            #expect(nobody.status == 401)
                            let reader = try await TestServer.send(
                                .DELETE, url + "/v1/carts/a", authorization, headers: [("X-Forwarded-For", "192.0.2.2")])
                            #expect(reader.status == 403)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        // One for each minute that it takes.
        #expect(entries.count <= 10)
        func count(from address: String, _ reason: String) throws -> Int {
            try entries.filter { $0.address == address }.map(told).filter { $0.reason == reason }.reduce(0) { $0 + $1.count }
        }
        let nobodys = try count(from: "192.0.2.1", "no credentials")
        #expect(nobodys == 300)
        let readers = try count(from: "192.0.2.2", "The key does not allow writing.")
        #expect(readers == 300)
        let reader = try #require(entries.first { $0.address == "192.0.2.2" })
        #expect(try told(reader).until >= reader.at)
        #expect(reader.actor == reader.subject && reader.subject.hasPrefix("key:"))
    }
}
