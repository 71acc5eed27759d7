import CartAPICoCart
import CartCore
import CartServer
import CartSamples
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("The list of sessions")
struct CoCartListTests {
    private static let path = "/wp-json/cocart/v2/sessions"
    private static let now = CartGenerator.base

    /// A server over 200 sample carts, at a time that stands still.
    private func run(_ body: @Sendable (TestServer, TestServer.Key, [Cart]) async throws -> Void) async throws {
        try await TestServer.run(clock: ManualClock(Self.now)) { server in
            let shop = SampleShop(seed: 3, now: Self.now, policy: CartPolicy())
            let carts = (0..<200).map(shop.cart)
            _ = try await server.store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
            try await body(server, try await server.key(.read), carts)
        }
    }

    private func keys(_ answer: TestServer.Answer) -> [String] { answer.rows.compactMap { $0["cart_key"] as? String } }

    @Test("ten rows a page by ascending id, with the totals of WordPress in the headers")
    func defaults() async throws {
        try await run { server, key, carts in
            let answer = try await server.send(.GET, Self.path, key.authorization)
            #expect(answer.status == 200)
            #expect(keys(answer) == carts.prefix(10).map(\.key.text))
            #expect(answer.headers.first(name: "X-WP-Total") == "200")
            #expect(answer.headers.first(name: "X-WP-TotalPages") == "20")
            #expect(answer.headers.first(name: "Content-Type") == "application/json; charset=UTF-8")
            #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff")
            #expect(answer.headers.first(name: "X-Robots-Tag") == "noindex")
            #expect(answer.headers.first(name: "Cache-Control") == "no-store")
            #expect(answer.headers.first(name: "CoCart-Timestamp") == String(Self.now.seconds))
            #expect(answer.headers.first(name: "CoCart-Version")?.isEmpty == false)
            let exposed = try #require(answer.headers.first(name: "Access-Control-Expose-Headers"))
            for name in ["X-WP-Total", "X-WP-TotalPages", "Link"] { #expect(exposed.contains(name)) }
            for name in ["Cart-Key", "CoCart-API-Cart-Key", "ETag", "Access-Control-Allow-Origin"] {
                #expect(answer.headers.first(name: name) == nil, "\(name)")
            }
        }
    }

    @Test("pages follow each other without gap or overlap, and an empty one follows the last")
    func pages() async throws {
        try await run { server, key, carts in
            var seen: [String] = []
            for page in 1...8 {
                let answer = try await server.send(.GET, "\(Self.path)?per_page=30&page=\(page)", key.authorization)
                #expect(answer.status == 200)
                #expect(answer.headers.first(name: "X-WP-TotalPages") == "7")
                seen += keys(answer)
                if page == 8 { #expect(answer.text == "[]") }
            }
            #expect(seen == carts.map(\.key.text))
            #expect(try await server.send(.GET, "\(Self.path)?per_page=1000&page=2147483647", key.authorization).text == "[]")
        }
    }

    @Test(
        "Link names the pages before and after as WordPress does, and never a secret",
        arguments: [
            (1, ["next": "2"]), (2, ["prev": "1", "next": "3"]), (4, ["prev": "3"]), (9, ["prev": "4"]),
        ] as [(Int, [String: String])])
    func links(page: Int, expected: [String: String]) async throws {
        try await run { server, key, _ in
            let query = "per_page=50&search=&page=\(page)&consumer_key=\(key.pair.consumerKey)&consumer_secret=\(key.pair.consumerSecret)"
            let answer = try await server.send(.GET, "\(Self.path)?\(query)")
            let link = try #require(answer.headers.first(name: "Link"))
            #expect(!link.contains("ck_") && !link.contains("cs_") && !link.contains("consumer"))
            var found: [String: String] = [:]
            for part in link.components(separatedBy: ", ") {
                let match = try #require(
                    try /<(http:\/\/127.0.0.1:\d+\/wp-json\/cocart\/v2\/sessions\?[^>]*)>; rel="(\w+)"/.wholeMatch(in: part))
                let items = URLComponents(string: String(match.1))?.queryItems ?? []
                #expect(items.contains(URLQueryItem(name: "per_page", value: "50")))
                found[String(match.2)] = items.first { $0.name == "page" }?.value
            }
            #expect(found == expected)
        }
    }

    @Test(
        "orders by each field, both ways",
        arguments: ["id", "created", "updated", "expiry", "total", "customer"], ["asc", "desc"])
    func orders(orderby: String, order: String) async throws {
        try await run { server, key, carts in
            let answer = try await server.send(.GET, "\(Self.path)?per_page=1000&orderby=\(orderby)&order=\(order)", key.authorization)
            let ascending = carts.enumerated().sorted { a, b in
                switch orderby {
                case "created": (a.element.created, a.element.owner.id, a.offset) < (b.element.created, b.element.owner.id, b.offset)
                case "updated": (a.element.updated, a.element.owner.id, a.offset) < (b.element.updated, b.element.owner.id, b.offset)
                case "expiry": (a.element.expires, a.element.owner.id, a.offset) < (b.element.expires, b.element.owner.id, b.offset)
                case "total":
                    (a.element.totals.total, a.element.owner.id, a.offset) < (b.element.totals.total, b.element.owner.id, b.offset)
                case "customer":
                    (a.element.nameBytes, a.element.owner.id, a.offset) < (b.element.nameBytes, b.element.owner.id, b.offset)
                default: a.offset < b.offset
                }
            }
            .map(\.element.key.text)
            #expect(keys(answer) == (order == "asc" ? ascending : ascending.reversed()))
        }
    }

    @Test("every filter lets through what it should and nothing else")
    func filters() async throws {
        try await run { server, key, carts in
            let named = try #require(carts.first { !$0.customer.lastName.isEmpty && !$0.customer.email.isEmpty })
            let lastName = named.customer.lastName
            let middle = carts.map(\.created).sorted()[100]
            func state(_ cart: Cart) -> CartState { cart.state(at: Self.now, wasAbandoned: false, abandonedAfter: .hours(1)) }
            let cases: [(query: String, matches: (Cart) -> Bool)] = [
                (
                    "search=\(encoded(lastName.lowercased()))",
                    { $0.customer.fullName.localizedCaseInsensitiveContains(lastName) || $0.customer.email.contains(lastName.lowercased()) }
                ),
                ("search=\(encoded(named.customer.fullName))", { $0.customer.fullName == named.customer.fullName }),
                ("search=\(named.key.text.suffix(9))", { $0.key == named.key }),
                ("email=\(encoded(named.customer.email.uppercased()))", { $0.customer.email == named.customer.email }),
                ("email=\(encoded(String(named.customer.email.dropFirst())))", { _ in false }),
                ("customer=\(named.owner.id)", { $0.owner == named.owner }),
                ("source=woocommerce", { $0.source == "woocommerce" }),
                ("source=woo", { _ in false }),
                ("status=any", { _ in true }),
                ("status=active", { state($0) == .active }),
                ("status=abandoned", { state($0) == .abandoned }),
                ("status=converted", { state($0) == .converted }),
                ("status=expired", { state($0) == .expired }),
                ("status=recovered", { _ in false }),
                ("after=\(middle.iso8601)", { $0.created >= middle }),
                ("before=\(middle.iso8601)", { $0.created <= middle }),
                ("status=abandoned&source=cocart", { state($0) == .abandoned && $0.source == "cocart" }),
                ("search=&email=&source=", { _ in true }),
                ("search=%22%CC%81abc", { _ in false }),
                ("search=%00%01%22", { _ in false }),
                ("unknown=1&foo[]=2", { _ in true }),
            ]
            for (query, matches) in cases {
                let answer = try await server.send(.GET, "\(Self.path)?per_page=1000&\(query)", key.authorization)
                let expected = carts.filter(matches).map(\.key.text)
                #expect(keys(answer) == expected, "\(query)")
                #expect(answer.headers.first(name: "X-WP-Total") == String(expected.count), "\(query)")
            }
        }
    }

    @Test(
        "a value of a wrong type or range is named",
        arguments: [
            ("page=0", ["page"]), ("page=-1", ["page"]), ("page=abc", ["page"]), ("page=", ["page"]), ("page=1.5", ["page"]),
            ("page=2147483648", ["page"]), ("page=99999999999999999999", ["page"]), ("page=1e400", ["page"]), ("page[]=1", ["page"]),
            ("per_page=0", ["per_page"]), ("per_page=1001", ["per_page"]), ("per_page=%00", ["per_page"]),
            ("order=up", ["order"]), ("orderby=name", ["orderby"]), ("status=lost", ["status"]), ("customer=x", ["customer"]),
            ("customer=0", ["customer"]), ("after=yesterday", ["after"]), ("before=2024-13-01", ["before"]),
            ("date_format=rfc", ["date_format"]), ("search[]=a", ["search"]), ("page=x&per_page=y", ["page", "per_page"]),
            ("search=" + String(repeating: "a", count: 1025), ["search"]),
        ] as [(String, [String])])
    func wrong(query: String, names: [String]) async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read)
            let answer = try await server.send(.GET, "\(Self.path)?\(query)", key.authorization)
            #expect(answer.status == 400)
            #expect(answer.object["code"] as? String == "rest_invalid_param")
            #expect(answer.object["message"] as? String == "Invalid parameter(s): " + names.joined(separator: ", "))
            let data = answer.object["data"] as? [String: Any]
            #expect(data?["status"] as? Int == 400)
            #expect((data?["params"] as? [String: String]).map { Set($0.keys) } == Set(names))
        }
    }

    @Test(
        "dates are text for a password, seconds for a key, and what a request asks for",
        arguments: [
            ("", "1735689600", "\"01/01/2025 00:00:00\""),
            ("?date_format=unix", "1735689600", "1735689600"),
            ("?date_format=text", "\"01/01/2025 00:00:00\"", "\"01/01/2025 00:00:00\""),
            ("?date_format=iso", "\"2025-01-01T00:00:00Z\"", "\"2025-01-01T00:00:00Z\""),
        ])
    func dates(query: String, forKey: String, forPerson: String) async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"abc","expires":"2025-01-01T00:00:00.999Z","created":"2024-12-30T00:00:00Z"}"#)
            let key = try await server.key(.read)
            for path in ["sessions", "sessions/abc"] {
                for (authorization, expected) in [(key.authorization, forKey), (TestServer.personal, forPerson)] {
                    let answer = try await server.send(.GET, "/wp-json/cocart/v2/\(path)\(query)", authorization)
                    #expect(answer.text.contains("\"cart_expiry\":\(expected),"))
                    #expect(answer.text.contains("\"session_expiry\":\"2025-01-01T00:00:00\""))
                }
            }
        }
    }

    @Test("the setting pins the date format for everybody, and a request still wins")
    func pinnedDates() async throws {
        try await TestServer.run({ $0.dateFormat = .text }) { server in
            try await server.keep(#"{"key":"abc","expires":"2025-01-01T00:00:00Z"}"#)
            let key = try await server.key(.read).authorization
            #expect(try await server.send(.GET, Self.path, key).rows.first?["cart_expiry"] as? String == "01/01/2025 00:00:00")
            #expect(try await server.send(.GET, Self.path + "?date_format=unix", key).rows.first?["cart_expiry"] as? Int == 1_735_689_600)
        }
    }

    @Test("_fields selects from each row, by dots into objects")
    func fields() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"abc","items":[{"key":"i","product_id":7,"unit_price":150}],"customer":{"email":"a@b.c"}}"#)
            let key = try await server.key(.read).authorization
            let cases = [
                ("_fields=cart_key", #"[{"cart_key":"abc"}]"#),
                ("_fields=cart_key,customer.billing_email", #"[{"cart_key":"abc","customer":{"billing_email":"a@b.c"}}]"#),
                ("_fields=cart.i.product_id,%20cart_totals.total", #"[{"cart":{"i":{"product_id":7}},"cart_totals":{"total":"1.50"}}]"#),
                ("_fields[]=cart_key&_fields[]=nothing", #"[{"cart_key":"abc"}]"#),
                ("_fields=cart_key.x", #"[{"cart_key":"abc"}]"#),
                (
                    "_fields=customer,customer.billing_email,cart.x",
                    #"[{"customer":{"billing_email":"a@b.c","billing_first_name":"","billing_last_name":""},"cart":{}}]"#
                ),
                ("_fields=nothing", "[{}]"),
            ]
            for (query, expected) in cases {
                #expect(try await server.send(.GET, "\(Self.path)?\(query)", key).text == expected, "\(query)")
            }
        }
    }

    @Test("one damaged cart does not take the list with it")
    func damage() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#, #"{"key":"b"}"#, #"{"key":"c"}"#)
            let key = try await server.key(.read).authorization
            let damage = server.database.literal([0x7B, 0x22])
            try await server.database.execute(
                "UPDATE cart_documents SET document = \(damage) WHERE id = (SELECT id FROM carts WHERE key = 'b')")
            let answer = try await server.send(.GET, Self.path, key)
            #expect(answer.status == 200)
            #expect(keys(answer) == ["a", "c"])
            for path in ["session/b", "sessions/b", "session/b/items"] {
                let alone = try await server.send(.GET, "/wp-json/cocart/v2/\(path)", key)
                #expect(alone.status == 503)
                #expect(alone.object["code"] as? String == "cocart_service_unavailable")
            }
            let write = try await server.key(.readWrite).authorization
            #expect(try await server.send(.DELETE, "/wp-json/cocart/v2/session/b", write).status == 200)
        }
    }

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

extension Cart {
    /// The folded name as bytes: how names are ordered.
    fileprivate var nameBytes: ByteOrder { ByteOrder(bytes: Array(customer.sortName.utf8)) }
}

private struct ByteOrder: Comparable {
    let bytes: [UInt8]
    static func < (a: ByteOrder, b: ByteOrder) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
