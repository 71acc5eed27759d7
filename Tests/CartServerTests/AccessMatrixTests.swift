import CartCore
import CartHTTP
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

/// The whole of who may do what: every route with every permission in every state of a key, against a table that says what each route
/// needs.
@Suite("Who may do what, on every route")
struct AccessMatrixTests {
    /// What a route needs of the caller's key.
    private enum Need {
        /// Not even a key.
        case nothing
        case reading, writing, managing
    }

    /// What is expected of one route.
    private struct Row {
        /// The method and the form of the path.
        let route: String
        let need: Need
        /// The status for whoever may call it.
        let success: Int
        /// The status for whoever may call it with a key of store 2, where the cart is one of store 1.
        let elsewhere: Int

        init(_ route: String, _ need: Need, _ success: Int, elsewhere: Int) {
            self.route = route
            self.need = need
            self.success = success
            self.elsewhere = elsewhere
        }

        var method: HTTPMethod { HTTPMethod(rawValue: String(route.prefix { $0 != " " })) }
        var path: String { String(route.drop { $0 != " " }.dropFirst()) }
        /// HEAD is GET without the body, permissions and all.
        var methods: [HTTPMethod] { method == .GET ? [.GET, .HEAD] : [method] }
        var aimsAtCart: Bool { path.contains("{key}") || path.contains("{user_id}") || deletesByFilter }
        var deletesByFilter: Bool { route == "POST /v1/carts/delete" }
        var deletesCart: Bool { method == .DELETE || deletesByFilter }
        var isListOfCarts: Bool { path.hasSuffix("/sessions") || path == "/api/carts" || path == "/v1/carts" }
    }

    private static let cocart = ["/wp-json/cocart/v2", "/wp-json/cocart/preview/v2"].flatMap { root in
        [
            Row("GET \(root)/sessions", .reading, 200, elsewhere: 200),
            Row("GET \(root)/session/{key}", .reading, 200, elsewhere: 404),
            Row("GET \(root)/session/{key}/items", .reading, 200, elsewhere: 404),
            Row("GET \(root)/sessions/{key}", .reading, 200, elsewhere: 404),
            Row("GET \(root)/sessions/{key}/items", .reading, 200, elsewhere: 404),
            Row("DELETE \(root)/session/{key}", .writing, 200, elsewhere: 404),
            Row("DELETE \(root)/sessions/{key}", .writing, 200, elsewhere: 404),
        ]
    }

    private static let cscart = [
        Row("GET /api/carts", .reading, 200, elsewhere: 200),
        Row("GET /api/carts/{user_id}", .reading, 200, elsewhere: 404),
        Row("DELETE /api/carts/{user_id}", .writing, 204, elsewhere: 404),
        Row("GET /api/version", .reading, 200, elsewhere: 200),
    ]

    private static let native = [
        Row("GET /v1/carts", .reading, 200, elsewhere: 200),
        Row("GET /v1/carts/{key}", .reading, 200, elsewhere: 404),
        Row("PUT /v1/carts/{key}", .writing, 200, elsewhere: 404),
        Row("DELETE /v1/carts/{key}", .writing, 204, elsewhere: 404),
        // The filter names store 1, which another store's key may not ask for.
        Row("POST /v1/carts/delete", .writing, 200, elsewhere: 422),
        Row("GET /v1/carts/export", .reading, 200, elsewhere: 200),
        Row("GET /v1/stats", .reading, 200, elsewhere: 200),
        Row("GET /v1/keys", .managing, 200, elsewhere: 403),
        Row("POST /v1/keys", .managing, 201, elsewhere: 403),
        Row("GET /v1/keys/{id}", .managing, 200, elsewhere: 403),
        Row("GET /v1/keys/{id}/usage", .managing, 200, elsewhere: 403),
        Row("POST /v1/keys/{id}/rotate", .managing, 200, elsewhere: 403),
        Row("POST /v1/keys/{id}/revoke", .managing, 200, elsewhere: 403),
        Row("POST /v1/keys/{id}/disable", .managing, 200, elsewhere: 403),
        Row("POST /v1/keys/{id}/enable", .managing, 200, elsewhere: 403),
        Row("GET /v1/audit", .managing, 200, elsewhere: 403),
        Row("GET /healthz", .nothing, 200, elsewhere: 200),
        Row("GET /readyz", .nothing, 200, elsewhere: 200),
        Row("GET /openapi.json", .nothing, 200, elsewhere: 200),
        // From another machine; from this one it needs nothing, which is looked at besides.
        Row("GET /metrics", .reading, 200, elsewhere: 200),
    ]

    private static let tables = ["cocart": cocart, "cscart": cscart, "native": native]

    /// The permissions that are enough.
    private static let enough: [Need: Set<Permission>] = [
        .nothing: Set(Permission.allCases), .reading: [.read, .readWrite, .admin], .writing: [.write, .readWrite, .admin],
        .managing: [.admin],
    ]

    private enum State: CaseIterable {
        case good, expired, revoked, disabled
        /// The key was rotated, and the old secret is shown, before and after the time of grace is over.
        case inGrace, afterGrace
        case ofOtherStore, fromOtherAddress
        /// The user was an administrator when the key was made.
        case ofShopManager, ofCustomer
    }

    /// A key as somebody shows it.
    private struct Holder {
        let permission: Permission
        let state: State
        let authorization: String
    }

    private func expectedStatus(_ row: Row, _ holder: Holder) -> Int {
        if row.need == .nothing { return row.success }
        let isEnough = Self.enough[row.need]?.contains(holder.permission) == true
        switch holder.state {
        case .expired, .revoked, .disabled, .afterGrace: return 401
        case .fromOtherAddress, .ofCustomer: return 403
        case .ofShopManager: return isEnough && row.need != .managing ? row.success : 403
        case .ofOtherStore: return isEnough ? row.elsewhere : 403
        case .good, .inGrace: return isEnough ? row.success : 403
        }
    }

    private static let proxies = ["127.0.0.1"].compactMap(NetworkRange.init)
    private static let elsewhere = ["203.0.113.0/24"].compactMap(NetworkRange.init)
    /// The owner of the cart that is only read; its key ends in the same number.
    private static let standing = 1

    private static func document(_ number: Int) -> String {
        #"{"key":"m\#(number)","store_id":1,"owner":{"type":"customer","id":"\#(number)"},"items":[{"product_id":1,"unit_price":100}]}"#
    }

    /// Each call comes from an address of its own, so that none is refused for the failures of others.
    private static func address(_ number: Int) -> String { "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)" }

    @Test("every route of the server stands in the table, and no other")
    func completeness() async throws {
        try await TestServer.run { server in
            let routes = server.routes.map { "\($0.method) \($0.path)" }
            let rows = Self.tables.values.joined().map(\.route)
            #expect(Set(routes).subtracting(rows) == [], "routes without a row")
            #expect(Set(rows).subtracting(routes) == [], "rows without a route")
            #expect(routes.count == rows.count, "a route or a row stands twice")
        }
    }

    @Test(
        "a key does what its permission, state, store, addresses and user allow, and a refused call changes nothing",
        arguments: ["cocart", "cscart", "native"])
    func matrix(dialect: String) async throws {
        let rows = try #require(Self.tables[dialect])
        let clock = ManualClock(SystemWallClock().now)
        try await TestServer.run({ $0.trustedProxies = Self.proxies }, clock: clock) { server in
            let holders = try await holders(dialect == "cscart" ? .cscart : .cocart, on: server, at: clock.now)
            // Some keys expire now, and the time of grace of some is over.
            clock.advance(by: .hours(2))
            try await server.keep(Self.document(Self.standing))
            var number = 1000
            for row in rows {
                for holder in holders {
                    for method in row.methods {
                        number += 1
                        let what = "\(method.rawValue) \(row.path), \(holder.permission.rawValue), \(holder.state)"
                        let answer = try await call(row, method, holder.authorization, number: number, on: server)
                        let expected = expectedStatus(row, holder)
                        #expect(answer.status == expected, "\(what): \(answer.text)")
                        if row.isListOfCarts, method == .GET, answer.status == 200 {
                            let carts = try #require(Self.carts(answer), "\(what)")
                            #expect(carts.isEmpty == (holder.state == .ofOtherStore), "\(what)")
                        }
                        if row.path == "/v1/carts/export", method == .GET, answer.status == 200 {
                            #expect(answer.body.isEmpty == (holder.state == .ofOtherStore), "\(what): \(answer.text)")
                        }
                        if row.path == "/v1/stats", method == .GET, answer.status == 200, holder.state == .ofOtherStore {
                            #expect(answer.object["carts"] as? Int == 0, "\(what): \(answer.text)")
                        }
                        if row.path == "/metrics" {
                            let fromHere = try await server.send(method, row.path, holder.authorization)
                            #expect(fromHere.status == 200, "\(what), from the machine itself")
                        }
                    }
                }
            }
        }
    }

    /// The carts of a list in any dialect.
    private static func carts(_ answer: TestServer.Answer) -> [Any]? {
        answer.json as? [Any] ?? answer.object["data"] as? [Any] ?? answer.object["carts"] as? [Any]
    }

    @Test("a person's password opens CoCart's routes as the person's role allows, and no others")
    func passwords() async throws {
        try await TestServer.run({ $0.trustedProxies = Self.proxies }) { server in
            try await server.keep(Self.document(Self.standing))
            var number = 1000
            for role in Role.allCases {
                let name = "person_\(role.rawValue)"
                _ = try await server.store.insert(
                    User(
                        id: 0, name: name, email: "\(name)@example.com", role: role, password: server.administrator.password,
                        created: SystemWallClock().now))
                let authorization = TestServer.basic(name, TestServer.password)
                for row in Self.cocart {
                    number += 1
                    let answer = try await call(row, row.method, authorization, number: number, on: server)
                    #expect(answer.status == (role == .customer ? 403 : row.success), "\(row.route), \(role): \(answer.text)")
                }
                for row in Self.cscart + Self.native {
                    number += 1
                    let answer = try await call(row, row.method, authorization, number: number, on: server)
                    #expect(answer.status == (row.need == .nothing ? 200 : 401), "\(row.route), \(role): \(answer.text)")
                }
            }
            for (name, password) in [("person_administrator", "wrong horse battery"), ("nobody", TestServer.password)] {
                let answer = try await server.send(.GET, "/wp-json/cocart/v2/sessions", TestServer.basic(name, password))
                #expect(answer.status == 401, "\(name)")
            }
        }
    }

    @Test(
        "refusals have the form of their dialect, and every 401 is the same, whatever the reason",
        arguments: [
            ("cocart", "/wp-json/cocart/v2/sessions/m1"), ("cscart", "/api/carts/1"), ("native", "/v1/carts/m1"),
        ] as [(String, String)])
    func forms(dialect: String, path: String) async throws {
        let clock = ManualClock(SystemWallClock().now)
        try await TestServer.run({ $0.trustedProxies = Self.proxies }, clock: clock) { server in
            let holders = try await holders(dialect == "cscart" ? .cscart : .cocart, on: server, at: clock.now)
            clock.advance(by: .hours(2))
            try await server.keep(Self.document(Self.standing))
            func shown(_ state: State, _ permission: Permission) throws -> String {
                try #require(holders.first { $0.state == state && $0.permission == permission }).authorization
            }
            let key = try await server.key().pair
            let apiKey = try await server.cscartKey()
            let digits = String(repeating: "0", count: 40)
            var reasons: [(String, String?)] = [
                ("nothing", nil), ("another scheme", "Bearer \(digits)"), ("no base 64", "Basic ???"),
                ("expired", try shown(.expired, .readWrite)), ("revoked", try shown(.revoked, .readWrite)),
                ("disabled", try shown(.disabled, .readWrite)), ("after the time of grace", try shown(.afterGrace, .readWrite)),
            ]
            if dialect == "cscart" {
                reasons.append(("an unknown key", TestServer.basic(apiKey.login, String(digits.prefix(32)))))
                reasons.append(("another's key", TestServer.basic("nobody@example.com", apiKey.apiKey)))
                reasons.append(("a key of another kind", TestServer.basic(key.consumerKey, key.consumerSecret)))
            } else {
                reasons.append(("an unknown key", TestServer.basic("ck_\(digits)", "cs_\(digits)")))
                reasons.append(("a wrong secret", TestServer.basic(key.consumerKey, "cs_\(digits)")))
                reasons.append(("a key of another kind", TestServer.basic(apiKey.login, apiKey.apiKey)))
            }
            var bodies: [String: String] = [:]
            for (number, (reason, authorization)) in reasons.enumerated() {
                let answer = try await server.send(
                    .GET, path, authorization, headers: [("X-Forwarded-For", Self.address(number))])
                try expectForm(answer, 401, dialect, "\(reason)")
                bodies[reason] = answer.text.replacing(/"request_id":"[^"]*"/, with: "")
            }
            #expect(Set(bodies.values).count == 1, "\(bodies)")

            let refused = try await server.send(.DELETE, path, try shown(.good, .read))
            try expectForm(refused, 403, dialect, "a key that may only read")
            let fromElsewhere = try await server.send(.GET, path, try shown(.fromOtherAddress, .readWrite))
            try expectForm(fromElsewhere, 403, dialect, "a key that may be used from elsewhere alone")
            let hidden = try await server.send(.GET, path, try shown(.ofOtherStore, .readWrite))
            try expectForm(hidden, 404, dialect, "a key of another store")
        }
    }

    private func expectForm(_ answer: TestServer.Answer, _ status: Int, _ dialect: String, _ what: String) throws {
        #expect(answer.status == status, "\(what): \(answer.text)")
        let type = try #require(answer.headers.first(name: "Content-Type"), "\(what)")
        let body = answer.object
        switch dialect {
        case "cocart":
            #expect(type == "application/json; charset=UTF-8", "\(what)")
            #expect(Set(body.keys) == ["code", "message", "data"], "\(what): \(answer.text)")
            #expect((body["data"] as? [String: Any])?["status"] as? Int == status, "\(what): \(answer.text)")
        case "cscart":
            #expect(type.hasPrefix("application/json"), "\(what)")
            #expect(Set(body.keys) == ["message", "status"], "\(what): \(answer.text)")
            #expect(body["status"] as? Int == status, "\(what): \(answer.text)")
        default:
            #expect(type == "application/problem+json", "\(what)")
            #expect(Set(body.keys).isSuperset(of: ["title", "status", "code", "request_id"]), "\(what): \(answer.text)")
            #expect(body["status"] as? Int == status, "\(what): \(answer.text)")
        }
    }

    /// What a call could change.
    private struct Standing: Equatable {
        var cart: CartRecord?
        var key: ConsumerKey?
    }

    /// Calls a route: one that reads at the cart that stands, others at a cart or key of their own. Whoever is refused changed nothing,
    /// and whoever deleted a cart has deleted it.
    ///
    /// - Parameter number: another one for each call.
    private func call(
        _ row: Row, _ method: HTTPMethod, _ authorization: String, number: Int, on server: TestServer
    ) async throws -> TestServer.Answer {
        var cart = number
        if method == .GET || method == .HEAD {
            cart = Self.standing
        } else if row.aimsAtCart {
            try await server.keep(Self.document(cart))
        }
        let cartKey = try #require(CartKey("m\(cart)"))
        var victim: Int64 = 0
        if row.path.contains("{id}") { victim = try await self.victim(on: server) }
        let path = row.path.replacing("{key}", with: cartKey.text).replacing("{user_id}", with: "\(cart)")
            .replacing("{id}", with: "\(victim)")
        var body: String?
        if row.route == "PUT /v1/carts/{key}" { body = #"{"items":[{"product_id":2}]}"# }
        if row.deletesByFilter { body = bulkDelete(ofOwner: cart, on: server) }
        if row.route == "POST /v1/keys" { body = #"{"user":"admin","description":"made by the matrix","permissions":"read"}"# }

        let before = Standing(cart: try await server.store.cart(cartKey), key: try await server.store.key(id: victim)?.key)
        #expect((before.cart != nil) == row.aimsAtCart || cart == Self.standing)
        let answer = try await server.send(
            method, path, authorization, headers: [("X-Forwarded-For", Self.address(number))], body: body.map { Array($0.utf8) })
        let after = Standing(cart: try await server.store.cart(cartKey), key: try await server.store.key(id: victim)?.key)
        if answer.status >= 400 || method == .GET || method == .HEAD {
            #expect(after == before, "\(row.route) was answered with \(answer.status)")
        } else if row.deletesCart {
            #expect(after.cart == nil, "\(row.route) was answered with \(answer.status)")
        }
        return answer
    }

    /// What deletes the cart of an owner, confirmed for whoever sees all stores.
    private func bulkDelete(ofOwner owner: Int, on server: TestServer) -> String {
        var filter = CartFilter()
        filter.ownerID = Int64(owner)
        filter.storeID = 1
        let clock = StateClock(now: SystemWallClock().now, abandonedAfter: CartPolicy().abandonedAfter)
        let confirmation = BulkDelete(filter, in: server.store, at: clock).confirmation(count: 1)
        return #"{"filter":{"owner_id":\#(owner),"store_id":1},"confirmation":"\#(confirmation)"}"#
    }

    /// A new key, to be shown, rotated, revoked, disabled or enabled.
    private func victim(on server: TestServer) async throws -> Int64 {
        try await server.store.insert(
            ConsumerKey(
                KeySecret(.cocart, random: SystemRandomSource()), userID: server.administrator.id, description: "victim",
                permission: .read, created: SystemWallClock().now)
        ).id
    }

    /// A key of each permission in each state; those that expire do so in an hour.
    private func holders(_ kind: ConsumerKey.Kind, on server: TestServer, at now: Timestamp) async throws -> [Holder] {
        let (manager, customer) = (
            try await administrator("manager", on: server, at: now), try await administrator("customer", on: server, at: now)
        )
        var holders: [Holder] = []
        for permission in Permission.allCases {
            for state in State.allCases {
                let owner: User =
                    switch state {
                    case .ofShopManager: manager
                    case .ofCustomer: customer
                    default: server.administrator
                    }
                let secret = KeySecret(kind, random: SystemRandomSource())
                let key = try await server.store.insert(
                    ConsumerKey(
                        secret, userID: owner.id, description: "\(permission), \(state)", permission: permission,
                        storeID: state == .ofOtherStore ? 2 : nil, allowedRanges: state == .fromOtherAddress ? Self.elsewhere : [],
                        created: now, expires: state == .expired ? now + .hours(1) : nil))
                let change: KeyChange? =
                    switch state {
                    case .revoked: .revoke
                    case .disabled: .disable
                    case .inGrace: .rotate(KeySecret(kind, random: SystemRandomSource()), graceUntil: now + .days(7))
                    case .afterGrace: .rotate(KeySecret(kind, random: SystemRandomSource()), graceUntil: now + .hours(1))
                    default: nil
                    }
                if let change { _ = try #require(try await server.store.changeKey(id: key.id, change, now: now)) }
                holders.append(
                    Holder(permission: permission, state: state, authorization: authorization(secret, of: owner, on: server)))
            }
        }
        for (name, role) in [("manager", Role.shopManager), ("customer", .customer)] {
            _ = try #require(try await server.store.changeUser(name: name, .role(role), by: .tester(at: now)))
        }
        return holders
    }

    private func administrator(_ name: String, on server: TestServer, at now: Timestamp) async throws -> User {
        try await server.store.insert(
            User(id: 0, name: name, email: "\(name)@example.com", role: .administrator, password: .nobody, created: now))
    }

    private func authorization(_ secret: KeySecret, of owner: User, on server: TestServer) -> String {
        switch secret {
        case .pair(let pair):
            server.spoken.withhold(pair.consumerKey, pair.consumerSecret)
            return TestServer.basic(pair.consumerKey, pair.consumerSecret)
        case .apiKey(let apiKey):
            server.spoken.withhold(apiKey.text)
            return TestServer.basic(owner.email, apiKey.text)
        }
    }
}
