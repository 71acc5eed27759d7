import CartCore
import NIOHTTP1
import Testing

@Suite("One owner's cart in CS-Cart's Carts API")
struct CSCartCartTests {
    @Test("shows each item with strings, prices with two decimals in any currency, and its extra as it was stored")
    func items() async throws {
        try await TestServer.run { server in
            try await server.keep(
                #"""
                {"key":"a","owner":{"type":"customer","id":"3"},"currency":"KWD","order_id":77,"items":[
                {"key":"i1","product_id":12,"name":"Rope \"x\"","quantity":1.5,"unit_price":1235,
                "extra":{"n":1.50,"e":1e2,"b":[true,null,{"z":1,"a":"2"}],"item_type":"C"}},
                {"key":"i2","product_id":13,"name":"Hat","quantity":2,"unit_price":1234,"extra":{"item_type":5}},
                {"key":"w","kind":"wishlist","product_id":14},{"key":"r","kind":"removed","product_id":15}]}
                """#,
                #"{"key":"b","owner":{"type":"customer","id":"4"},"currency":"JPY","items":[{"key":"i","product_id":1,"unit_price":1500}]}"#
            )
            let key = try await server.cscartKey(.read).authorization
            let cart = try await server.shownCart("3", key)
            #expect(
                cart.products.map(\.fields) == [
                    ["item_id": "i1", "item_type": "C", "product_id": "12", "amount": "1.5", "price": "1.24", "product": "Rope \"x\""],
                    ["item_id": "i2", "item_type": "P", "product_id": "13", "amount": "2", "price": "1.23", "product": "Hat"],
                ])
            #expect(cart.row["cart_products"] == "3.5")
            // 1.5 × 1.235 + 2 × 1.234 = 4.3205
            #expect(cart.row["total"] == "4.32")
            #expect(cart.row["order_id"] == "77")
            let text = try await server.send(.GET, "/api/carts/3", key).text
            #expect(text.contains(#""extra":{"n":1.50,"e":1e2,"b":[true,null,{"z":1,"a":"2"}],"item_type":"C"},"product":"Rope \"x\"""#))
            let yen = try await server.shownCart("4", key)
            #expect(yen.products.first?.fields["price"] == "1500.00")
            #expect(yen.products.first?.extra.isEmpty == true)
            #expect(yen.row["total"] == "1500.00")
        }
    }

    @Test("shows a guest without user_data, and by name if the guest gave one")
    func guests() async throws {
        try await TestServer.run { server in
            try await server.keep(
                #"{"key":"a","owner":{"type":"guest","id":"4294967295"},"items":[{"product_id":1}],"created":"2024-01-01T00:00:00.999Z"}"#,
                #"""
                {"key":"b","owner":{"type":"guest","id":"2147483648"},"customer":{"first_name":"Zoë","last_name":"O'Neil"},
                "items":[{"product_id":1}]}
                """#)
            let key = try await server.cscartKey(.read).authorization
            let unknown = try await server.shownCart("4294967295", key).row
            for name in ["firstname", "lastname", "order_id"] { #expect(unknown.fields[name] == String??.some(nil), "\(name)") }
            #expect(unknown["date"] == "1704067200")
            let named = try await server.shownCart("2147483648", key).row
            #expect(named["firstname"] == "Zoë" && named["lastname"] == "O'Neil")
            for row in [unknown, named] {
                if case .object = row.userData { Issue.record("a guest has user_data") }
            }
        }
    }

    @Test("is the newest with something to buy where an owner has several, which are one row each in the list")
    func several() async throws {
        try await TestServer.run { server in
            let documents = [(1, "cart"), (2, "cart"), (3, "wishlist"), (4, "removed")].map { day, kind in
                #"""
                {"key":"c\#(day)","owner":{"type":"customer","id":"3"},"items":[{"product_id":\#(day),"kind":"\#(kind)"}],
                "created":"2024-01-0\#(day)T00:00:00Z","updated":"2024-01-0\#(day)T00:00:00Z"}
                """#
            }
            for document in documents { try await server.keep(document) }
            let key = try await server.cscartKey(.read).authorization
            let cart = try await server.shownCart("3", key)
            #expect(cart.products.map { $0.fields["product_id"] } == ["2"])
            #expect(cart.row["date"] == "1704153600")
            let list = try await server.listedCarts("user_id=3&sort_order=asc", key)
            #expect(list.carts.map { $0["date"] } == ["1704067200", "1704153600"])
        }
    }

    @Test("a number that no owner has, and what is no number, is 404")
    func unknownOwners() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a","owner":{"type":"customer","id":"4"},"items":[{"product_id":1,"kind":"wishlist"}]}"#)
            let key = try await server.cscartKey(.readWrite).authorization
            let owners = [
                "3", "4", "0", "-1", "4294967295", "4294967296", "9223372036854775808", "18446744073709551616", "abc", "3x", "3.0", "1e1",
                "%20", "%D9%A3",
            ]
            for owner in owners {
                for method in [HTTPMethod.GET, .DELETE] {
                    let answer = try await server.send(method, "/api/carts/\(owner)", key)
                    try server.expectRefusal(answer, 404, "\(method) \(owner)")
                }
            }
        }
    }

    @Test("is deleted by taking out of all the owner's carts what is to be bought, and nothing else; a second time it is 404")
    func deletion() async throws {
        try await TestServer.run { server in
            let wish = #"{"key":"w","kind":"wishlist","product_id":14,"name":"Hat","quantity":2.5,"extra":{"n":1.50}}"#
            let removed = #"{"key":"r","kind":"removed","product_id":15,"unit_price":700}"#
            let owner = #""owner":{"type":"customer","id":"3"},"customer":{"first_name":"John"}"#
            try await server.keep(
                #"{"key":"a",\#(owner),"items":[{"product_id":1},\#(wish),{"product_id":2},\#(removed)]}"#,
                #"{"key":"b",\#(owner),"items":[{"product_id":3}]}"#,
                #"{"key":"c","owner":{"type":"customer","id":"4"},"items":[{"product_id":1}]}"#)
            let native = try await server.key().authorization
            let before = try await server.send(.GET, "/v1/carts/a", native).object["items"] as? [[String: Any]] ?? []
            let key = try await server.cscartKey(.readWrite).authorization
            let deleted = try await server.send(.DELETE, "/api/carts/3", key)
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            let after = try await server.send(.GET, "/v1/carts/a", native).object
            #expect(difference(before.filter { $0["kind"] as? String != "cart" }, after["items"]) == nil)
            #expect((after["customer"] as? [String: Any])?["first_name"] as? String == "John")
            let other = try await server.send(.GET, "/v1/carts/b", native)
            #expect(other.status == 404 || (other.object["items"] as? [Any])?.isEmpty == true)
            let untouched = try await server.listedCarts("", key)
            #expect(untouched.carts.map { $0["user_id"] } == ["4"])
            let wishes = try await server.listedCarts("product_type_w=true", key)
            #expect(wishes.carts.map { [$0["user_id"], $0["cart_products"], $0["total"]] } == [["3", "0", "0.00"]])
            for method in [HTTPMethod.GET, .DELETE, .DELETE] {
                let again = try await server.send(method, "/api/carts/3", key)
                try server.expectRefusal(again, 404, "\(method) after the deletion")
            }
        }
    }

    @Test("of another company cannot be seen, read or deleted by a key that is tied to one")
    func companies() async throws {
        try await TestServer.run { server in
            let owner = #""owner":{"type":"customer","id":"3"}"#
            try await server.keep(
                #"{"key":"one","store_id":1,\#(owner),"items":[{"product_id":1}],"created":"2024-01-02T00:00:00Z"}"#,
                #"{"key":"two","store_id":2,\#(owner),"items":[{"product_id":2}],"created":"2024-01-01T00:00:00Z"}"#,
                #"{"key":"hidden","store_id":1,"owner":{"type":"customer","id":"4"},"items":[{"product_id":1}]}"#)
            let tied = try await server.cscartKey(.readWrite, storeID: 2).authorization
            for query in ["", "company_id=1", "company_id=2"] {
                let list = try await server.listedCarts(query, tied)
                #expect(list.carts.map { $0["company_id"] } == ["2"], "\(query)")
                #expect(list.params["company_id"] == CSCartValue.text("2"), "\(query)")
                #expect(list.params["total_items"] == CSCartValue.text("1"), "\(query)")
            }
            let own = try await server.shownCart("3", tied)
            #expect(own.products.map { $0.fields["product_id"] } == ["2"])
            for method in [HTTPMethod.GET, .DELETE] {
                let answer = try await server.send(method, "/api/carts/4", tied)
                try server.expectRefusal(answer, 404, "\(method) of another company's cart")
            }
            #expect(try await server.send(.DELETE, "/api/carts/3", tied).status == 204)
            let again = try await server.send(.DELETE, "/api/carts/3", tied)
            try server.expectRefusal(again, 404, "again")
            let free = try await server.cscartKey(.read).authorization
            let rest = try await server.listedCarts("sort_by=customer&sort_order=asc", free)
            #expect(rest.carts.map { [$0["user_id"], $0["company_id"]] } == [["3", "1"], ["4", "1"]])
            #expect(rest.params["company_id"] == nil)
        }
    }
}
