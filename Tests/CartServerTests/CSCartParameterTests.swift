import CartCore
import Testing

@Suite("A parameter of CS-Cart's list")
struct CSCartParameterTests {
    /// Six carts, the youngest last. The fourth was made in the middle of a second; the fifth is a wish list alone.
    private static let carts = [
        #"""
        {"key":"a","owner":{"type":"customer","id":"3"},"customer":{"first_name":"John","last_name":"Doe","email":"john@example.com"},
        "items":[{"product_id":1,"unit_price":3000},{"product_id":2}],"created":"2023-11-14T22:13:21Z"}
        """#,
        #"""
        {"key":"b","owner":{"type":"customer","id":"4"},"customer":{"first_name":"100%","last_name":"O'Brien","email":"ob@example.com"},
        "items":[{"product_id":1,"unit_price":2000}],"created":"2023-11-14T22:13:22Z"}
        """#,
        #"""
        {"key":"c","owner":{"type":"customer","id":"5"},"customer":{"first_name":"Ann","last_name":"a_b"},
        "items":[{"product_id":2,"unit_price":1000}],"created":"2023-11-14T22:13:23Z"}
        """#,
        #"""
        {"key":"d","owner":{"type":"guest","id":"4294967295"},"items":[{"product_id":1,"unit_price":500},
        {"kind":"wishlist","product_id":2,"unit_price":9900}],"created":"2023-11-14T22:13:24.7Z"}
        """#,
        #"""
        {"key":"e","store_id":2,"owner":{"type":"guest","id":"2147483648"},"customer":{"phone":"555"},
        "items":[{"kind":"wishlist","product_id":1},{"kind":"removed","product_id":2}],"created":"2023-11-14T22:13:25Z"}
        """#,
        #"""
        {"key":"f","owner":{"type":"guest","id":"2147483649"},"customer":{"email":"guest@example.com"},
        "items":[{"product_id":3,"quantity":1.5,"unit_price":100}],"created":"2023-11-14T22:13:26Z"}
        """#,
    ]
    private static let base = 1_700_000_000
    private static let d = 4_294_967_295
    private static let e = 2_147_483_648
    private static let f = 2_147_483_649

    private struct Case: Sendable {
        let query: String
        let owners: [Int]
        /// What of `params` is not as it is without parameters.
        let params: [String: CSCartValue]

        init(_ query: String, _ owners: [Int], _ params: [String: CSCartValue] = [:]) {
            self.query = query
            self.owners = owners
            self.params = params
        }
    }

    /// Asks each question of the one server, and compares owners and all of `params`.
    private func expect(_ cases: [Case]) async throws {
        try await TestServer.run { server in
            for cart in Self.carts { try await server.keep(cart) }
            let key = try await server.cscartKey(.read).authorization
            for expected in cases {
                let list = try await server.listedCarts(expected.query, key)
                #expect(list.carts.map { $0["user_id"] } == expected.owners.map { "\($0)" }, "\(expected.query)")
                var params: [String: CSCartValue] = [
                    "page": 1, "items_per_page": 10, "sort_by": "date", "sort_order": "desc", "sort_order_rev": "asc",
                    "total_items": .text("\(expected.owners.count)"),
                ]
                for (name, value) in expected.params { params[name] = value }
                let shown = list.params
                #expect(shown == params, "\(expected.query)")
            }
        }
    }

    @Test("that pages or sorts is echoed as it took effect: a default as an integer, what was asked for as a string")
    func paging() async throws {
        let all = [Self.f, Self.d, 5, 4, 3]
        try await expect([
            Case("", all),
            Case("page=2&items_per_page=2", [5, 4], ["page": "2", "items_per_page": "2", "total_items": "5"]),
            Case("page=9", [], ["page": "9", "total_items": "5"]),
            Case("page=2147483647&items_per_page=250", [], ["page": "2147483647", "items_per_page": "250", "total_items": "5"]),
            Case("page=-1", all),
            Case("page=0", all),
            Case("page=abc", all),
            Case("page=abc&page=1", all, ["page": "1"]),
            Case("page=2&page=1", all, ["page": "1"]),
            Case("items_per_page=0", all),
            Case("items_per_page=-5", all),
            Case("items_per_page=1000", all, ["items_per_page": "250"]),
            Case("sort_order=asc", [3, 4, 5, Self.d, Self.f], ["sort_order": "asc", "sort_order_rev": "desc"]),
            Case("sort_by=price&sort_order=up", all),
            // The nameless first, by number, then by last name: a_b, Doe, O'Brien.
            Case(
                "sort_by=name&sort_order=asc", [Self.f, Self.d, 5, 3, 4],
                ["sort_by": "customer", "sort_order": "asc", "sort_order_rev": "desc"]),
            Case("sort_by=customer", [4, 3, 5, Self.d, Self.f], ["sort_by": "customer"]),
            Case("sort_by=total", [3, 4, 5, Self.d, Self.f], ["sort_by": "total"]),
            Case("unknown=1&total_items=99&sort_order_rev=desc&_d=carts&carts[]=1", all),
        ])
    }

    @Test("that filters by the owner takes its signs for themselves, and is echoed as it was given")
    func owners() async throws {
        let all = [Self.f, Self.d, 5, 4, 3]
        try await expect([
            Case("cname=do", [3], ["cname": "do"]),
            Case("cname=%25", [4], ["cname": "%"]),
            Case("cname=_", [5], ["cname": "_"]),
            Case("cname=O'Brien", [4], ["cname": "O'Brien"]),
            Case("cname=o%27brien", [4], ["cname": "o'brien"]),
            Case("cname=jo+DO", [3], ["cname": "jo DO"]),
            Case("cname=doe%20john", [], ["cname": "doe john"]),
            Case("cname=do&cname=ann", [5], ["cname": "ann"]),
            Case("email=EXAMPLE.com", [Self.f, 4, 3], ["email": "EXAMPLE.com"]),
            Case("email=john%25", [], ["email": "john%"]),
            Case("user_id=4294967295", [Self.d], ["user_id": "4294967295"]),
            Case("user_id=3&user_id=4", [4], ["user_id": "4"]),
            Case("user_id=abc", all, ["user_id": "abc"]),
            Case("users_type=R", [5, 4, 3], ["users_type": "R"]),
            Case("user_type=G", [Self.f, Self.d], ["user_type": "G"]),
            Case("users_type=X", all, ["users_type": "X"]),
            Case("with_info_only=true", [Self.f, 5, 4, 3], ["with_info_only": "true"]),
            Case("with_info_only=1", [Self.f, 5, 4, 3], ["with_info_only": "1"]),
            Case("with_info_only=Y&product_type_w=Y", [Self.e], ["with_info_only": "Y", "product_type_w": "Y"]),
            Case("with_info_only=false", all, ["with_info_only": "false"]),
            Case("with_info_only=", all, ["with_info_only": ""]),
            Case("company_id=1", all, ["company_id": "1"]),
            Case("company_id=2", [], ["company_id": "2"]),
            Case("company_id=2&product_type_w=1", [Self.e], ["company_id": "2", "product_type_w": "1"]),
        ])
    }

    @Test("that filters by what is in the cart means the kinds that are selected, and takes products in every spelling")
    func products() async throws {
        let all = [Self.f, Self.d, 5, 4, 3]
        try await expect([
            Case("product_type_c=true", all, ["product_type_c": "true"]),
            Case("product_type_w=true", [Self.e, Self.d], ["product_type_w": "true"]),
            Case("product_type_c=Y&product_type_w=1", [Self.f, Self.e, Self.d, 5, 4, 3], ["product_type_c": "Y", "product_type_w": "1"]),
            Case("product_type_c=false&product_type_w=N", all, ["product_type_c": "false", "product_type_w": "N"]),
            Case("p_ids=1", [Self.d, 4, 3], ["p_ids": "1"]),
            Case("p_ids=1,%202", [3], ["p_ids": "1, 2"]),
            Case("p_ids=1,+2", [3], ["p_ids": "1, 2"]),
            Case("p_ids[]=1&p_ids[]=2", [3], ["p_ids": ["1", "2"]]),
            Case("p_ids[0]=1&p_ids[1]=2", [3], ["p_ids": ["1", "2"]]),
            Case("p_ids%5B%5D=1&p_ids%5B%5D=2", [3], ["p_ids": ["1", "2"]]),
            Case("p_ids%5B0%5D=3", [Self.f], ["p_ids": ["3"]]),
            Case("p_ids=1&product_type_w=true", [Self.e], ["p_ids": "1", "product_type_w": "true"]),
            Case(
                "p_ids=1,2&product_type_c=1&product_type_w=1", [Self.d, 3],
                ["p_ids": "1,2", "product_type_c": "1", "product_type_w": "1"]),
            Case("p_ids=99", [], ["p_ids": "99"]),
            Case("p_ids=abc", all, ["p_ids": "abc"]),
        ])
    }

    @Test("that is a bound is inclusive and exact; what is no number bounds nothing")
    func bounds() async throws {
        let all = [Self.f, Self.d, 5, 4, 3]
        let base = Self.base
        try await expect([
            Case("total_from=20&total_to=30.000", [4, 3], ["total_from": "20", "total_to": "30.000"]),
            Case("total_from=20.0000000000000000000001", [3], ["total_from": "20.0000000000000000000001"]),
            Case("total_to=1.5", [Self.f], ["total_to": "1.5"]),
            Case("total_to=1.4999999999999999999999", [], ["total_to": "1.4999999999999999999999"]),
            Case("total_to=99999999999999999999999999", all, ["total_to": "99999999999999999999999999"]),
            Case("total_from=-1", all, ["total_from": "-1"]),
            Case("total_from=abc", all, ["total_from": "abc"]),
            Case("time_from=\(base + 4)", [Self.f, Self.d], ["time_from": .text("\(base + 4)")]),
            Case("time_from=\(base + 5)", [Self.f], ["time_from": .text("\(base + 5)")]),
            Case("time_to=\(base + 4)", [Self.d, 5, 4, 3], ["time_to": .text("\(base + 4)")]),
            Case("time_to=\(base + 3)", [5, 4, 3], ["time_to": .text("\(base + 3)")]),
            Case("time_from=9e99", all, ["time_from": "9e99"]),
            Case("time_to=abc&period=C", all, ["time_to": "abc", "period": "C"]),
            Case("period=A&time_from=\(base + 5)", all, ["period": "A", "time_from": .text("\(base + 5)")]),
            Case("period=XX", all, ["period": "XX"]),
        ])
    }
}
