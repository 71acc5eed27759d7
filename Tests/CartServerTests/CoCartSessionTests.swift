import CartCore
import CartServer
import Foundation
import NIOHTTP1
import Testing

@Suite("One session")
struct CoCartSessionTests {
    private static let base = "/wp-json/cocart/v2"

    private static let document = #"""
        {"key":"6b2e271d61a58287cc5549111012ba","owner":{"type":"guest","id":"3810267128"},
        "customer":{"first_name":"Zoë","last_name":"O'Neil","email":"zoe@example.com","phone":"555","billing":{"city":"Boston","country":"US"},
        "shipping":{"first_name":"Ann","city":"Paris"}},
        "items":[
        {"key":"d3d9446802a44259755d38e6d163e820","product_id":10,"name":"Pants","sku":"P-1","quantity":3,"unit_price":600,"subtotal_tax":30,
        "extra":{"engraving":"Héllo <b>&</b> \"x\"","n":1.50,"a":1,"a":2},"variation":{"attribute_pa_size":"M"},
        "product":{"title":"Warm pants","slug":"pants","type":"variable","image":"https://example.com/p.png","weight":"0.5",
        "dimensions":{"length":"10","unit":"cm"},"min_quantity":2,"max_quantity":9,"backorders":"notify"}},
        {"key":"i2","product_id":11,"variation_id":12,"name":"Rope","quantity":0.25,"unit_price":1000},
        {"key":"w","kind":"wishlist","product_id":13},
        {"key":"r","kind":"removed","product_id":12,"name":"Hat","quantity":2,"unit_price":800}],
        "coupons":[{"code":"SUMMER","label":"Coupon: summer","discount":100}],
        "fees":[{"id":"wrap","name":"Gift wrap","amount":50}]}
        """#

    @Test("the stored cart is shown as the plugin shows it, to the byte")
    func storedCart() async throws {
        try await TestServer.run { server in
            try await server.keep(Self.document)
            let key = try await server.key(.read).authorization
            let items = #"""
                {"d3d9446802a44259755d38e6d163e820":{"item_key":"d3d9446802a44259755d38e6d163e820","id":10,"name":"Pants","title":"Warm pants",\#
                "price":"600","quantity":{"value":3,"min_purchase":2,"max_purchase":9},"totals":{"subtotal":"1800","subtotal_tax":"30",\#
                "total":"1800","tax":"30"},"slug":"pants","meta":{"product_type":"variable","sku":"P-1","dimensions":{"length":"10","unit":"cm"},\#
                "weight":"0.5","variation":{"attribute_pa_size":"M"}},"backorders":"notify","cart_item_data":\#
                {"engraving":"Héllo <b>&</b> \"x\"","n":1.50,"a":1,"a":2},"featured_image":"https://example.com/p.png"},\#
                "i2":{"item_key":"i2","id":12,"name":"Rope","title":"Rope","price":"1000","quantity":{"value":0.25,"min_purchase":1,\#
                "max_purchase":-1},"totals":{"subtotal":"250","subtotal_tax":"0","total":"250","tax":"0"},"slug":"","meta":{"product_type":"simple",\#
                "sku":"","dimensions":{},"weight":"0.0","variation":{}},"backorders":"","cart_item_data":{},"featured_image":""}}
                """#
            let cart = #"""
                {"cart_key":"6b2e271d61a58287cc5549111012ba","customer":{"billing_address":{"billing_first_name":"Zoë","billing_last_name":"O'Neil",\#
                "billing_company":"","billing_country":"US","billing_address_1":"","billing_address_2":"","billing_city":"Boston",\#
                "billing_state":"","billing_postcode":"","billing_phone":"555","billing_email":"zoe@example.com"},\#
                "shipping_address":{"shipping_first_name":"Ann","shipping_last_name":"","shipping_company":"","shipping_country":"",\#
                "shipping_address_1":"","shipping_address_2":"","shipping_city":"Paris","shipping_state":"","shipping_postcode":""}},\#
                "items":\#(items),"item_count":3.25,"items_weight":"1.5",\#
                "coupons":[{"coupon":"SUMMER","label":"Coupon: summer","saving":"100"}],"fees":{"wrap":{"name":"Gift wrap","fee":"50"}},\#
                "totals":{"subtotal":"2050","subtotal_tax":"30","fee_total":"50","fee_tax":"0","discount_total":"100","discount_tax":"0",\#
                "shipping_total":"0","shipping_tax":"0","total":"2130","total_tax":"30"},"needs_payment":true,\#
                "removed_items":{"r":{"item_key":"r","id":12,"name":"Hat","title":"Hat","price":"800","quantity":2,\#
                "totals":{"subtotal":"1600","subtotal_tax":"0","total":"1600","tax":"0"},"slug":"","meta":{"product_type":"simple","sku":"",\#
                "dimensions":{},"weight":"0.0","variation":{}},"backorders":"","cart_item_data":{},"featured_image":""}}}
                """#
            let path = "\(Self.base)/session/6b2e271d61a58287cc5549111012ba"
            #expect(try await server.send(.GET, path, key).text == cart)
            for spelling in ["session", "sessions"] {
                #expect(try await server.send(.GET, "\(Self.base)/\(spelling)/6b2e271d61a58287cc5549111012ba/items", key).text == items)
            }
            let noImages = try await server.send(.GET, path + "?thumb=false", key).text
            #expect(noImages == cart.replacing("https://example.com/p.png", with: ""))
            #expect(try await server.send(.GET, path + "?thumb=1", key).text == cart)
            let wrong = try await server.send(.GET, path + "?thumb=maybe", key)
            #expect(wrong.status == 400)
            #expect(wrong.object["message"] as? String == "Invalid parameter(s): thumb")
        }
    }

    @Test("an empty cart has empty maps")
    func emptyCart() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"e","items":[{"product_id":1,"kind":"wishlist"}]}"#)
            let key = try await server.key(.read).authorization
            let cart = try await server.send(.GET, "\(Self.base)/session/e", key).text
            #expect(cart.contains(#""items":{},"item_count":0,"items_weight":"0","coupons":[],"fees":{},"#))
            #expect(cart.hasSuffix(#""needs_payment":false,"removed_items":{}}"#))
            #expect(try await server.send(.GET, "\(Self.base)/session/e/items", key).text == "{}")
            let row = try await server.send(.GET, "\(Self.base)/sessions/e", key).text
            #expect(row.contains(#""cart":{},"cart_items":[],"#))
        }
    }

    @Test("deleting answers by the spelling of the path, and removes the whole cart")
    func deleting() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a","items":[{"product_id":1,"kind":"wishlist"}]}"#, #"{"key":"b"}"#)
            let key = try await server.key().authorization
            let quiet = try await server.send(.DELETE, "\(Self.base)/session/a", key)
            #expect(quiet.status == 200)
            #expect(quiet.text == #""Session successfully deleted!""#)
            let told = try await server.send(.DELETE, "\(Self.base)/sessions/b", key)
            #expect(told.status == 200)
            #expect(told.text == #"{"deleted":true,"cart_key":"b"}"#)
            #expect(try await server.store.cart(try #require(CartKey("a"))) == nil)
            for path in ["session/a", "sessions/b", "session/never", "sessions/a%2Fb", "session/%00"] {
                let again = try await server.send(.DELETE, "\(Self.base)/\(path)", key)
                #expect(again.status == 404)
                #expect(again.text == #"{"code":"cocart_session_not_valid","message":"Session is not valid!","data":{"status":404}}"#)
            }
        }
    }

    @Test(
        "an unknown or ill-formed key is not found", arguments: ["never", "x%20y", "%E2%82%AC", "a.b", String(repeating: "k", count: 43)])
    func notFound(key: String) async throws {
        try await TestServer.run { server in
            let read = try await server.key(.read).authorization
            for path in ["session/\(key)", "sessions/\(key)", "session/\(key)/items", "sessions/\(key)/items"] {
                let answer = try await server.send(.GET, "\(Self.base)/\(path)", read)
                #expect(answer.status == 404)
                #expect(
                    answer.text
                        == #"{"code":"cocart_cart_in_session_not_valid","message":"Cart in session is not valid!","data":{"status":404}}"#)
            }
        }
    }

    @Test("any key that a cart can have can be fetched, and keys differ by case")
    func keys() async throws {
        try await TestServer.run { server in
            let keys = ["a", "A", "_-_", "3", String(repeating: "z", count: 42)]
            for key in keys { try await server.keep(#"{"key":"\#(key)"}"#) }
            let read = try await server.key(.read).authorization
            for key in keys {
                #expect(try await server.send(.GET, "\(Self.base)/session/\(key)", read).object["cart_key"] as? String == key)
            }
            #expect(try await server.send(.GET, "\(Self.base)/session/%61", read).object["cart_key"] as? String == "a")
        }
    }

    @Test("all forms of a path lead to the same routes")
    func paths() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#)
            let read = try await server.key(.read).authorization
            for path in [
                "/wp-json/cocart/v2/sessions", "/wp-json/cocart/v2/sessions/", "/wp-json/cocart/preview/v2/sessions",
                "/?rest_route=/cocart/v2/sessions", "/?rest_route=%2Fcocart%2Fv2%2Fsessions%2F",
                "/index.php?rest_route=/cocart/v2/sessions",
                "/?per_page=5&rest_route=/cocart/preview/v2/sessions",
            ] {
                let answer = try await server.send(.GET, path, read)
                #expect(answer.rows.count == 1, "\(path)")
            }
            for path in ["/wp-json/cocart/v2/session/a/", "/?rest_route=/cocart/v2/session/a", "/wp-json/cocart/preview/v2/session/a"] {
                #expect(try await server.send(.GET, path, read).object["cart_key"] as? String == "a", "\(path)")
            }
        }
    }

    @Test(
        "what is no route is told so in WordPress's words",
        arguments: [
            ("GET", "/wp-json"), ("GET", "/wp-json/cocart/v2"), ("GET", "/wp-json/cocart/v1/sessions"),
            ("GET", "/wp-json/cocart/v2/session"),
            ("POST", "/wp-json/cocart/v2/sessions"), ("PUT", "/wp-json/cocart/v2/session/a"), ("DELETE", "/wp-json/cocart/v2/sessions"),
            ("GET", "/?rest_route=/nothing"), ("GET", "/?rest_route="), ("GET", "/?rest_route=/cocart/v2/sessions%3Fper_page=1"),
            ("GET", "/wp-json/cocart/v2/session/a/b/c"),
            ("PATCH", "/wp-json/cocart/v2/sessions"), ("OPTIONS", "/wp-json/cocart/v2/sessions"),
            ("DELETE", "/wp-json/cocart/v2/session/a/items"),
        ])
    func noRoute(method: String, path: String) async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            let answer = try await server.send(.init(rawValue: method), path, key)
            #expect(answer.status == 404)
            #expect(
                answer.text
                    == #"{"code":"rest_no_route","message":"No route was found matching the URL and request method.","data":{"status":404}}"#
            )
        }
    }

    @Test("HEAD is GET without the body")
    func head() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#)
            let read = try await server.key(.read).authorization
            let write = try await server.key(.write).authorization
            for path in ["sessions", "session/a", "sessions/a", "session/a/items"] {
                let get = try await server.send(.GET, "\(Self.base)/\(path)", read)
                let head = try await server.send(.HEAD, "\(Self.base)/\(path)", read)
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
                #expect(head.headers.first(name: "Content-Length") == String(get.body.count))
                #expect(head.headers.first(name: "X-WP-Total") == get.headers.first(name: "X-WP-Total"))
                #expect(try await server.send(.HEAD, "\(Self.base)/\(path)", write).status == 403)
            }
            #expect(try await server.send(.HEAD, "\(Self.base)/session/x", read).status == 404)
        }
    }

    @Test("a body is allowed if it is JSON, and an empty one with any type")
    func bodies() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#)
            let key = try await server.key().authorization
            let json = [("Content-Type", "application/json")]
            let path = "\(Self.base)/session/a"
            #expect(try await server.send(.GET, path, key, headers: json).status == 200)
            #expect(try await server.send(.GET, path, key, headers: json, body: []).status == 200)
            #expect(try await server.send(.GET, path, key, headers: json, body: Array(#"{"a":[1]}"#.utf8)).status == 200)
            #expect(
                try await server.send(.GET, path, key, headers: [("Content-Type", "text/plain")], body: Array("hello".utf8)).status == 200)
            for wrong in ["{", "hello", #"{"a":}"#, String(repeating: "[", count: 100_000)] {
                let answer = try await server.send(.DELETE, path, key, headers: json, body: Array(wrong.utf8))
                #expect(answer.status == 400)
                #expect(answer.text == #"{"code":"rest_invalid_json","message":"Invalid JSON body passed.","data":{"status":400}}"#)
            }
            let large = try await server.send(.DELETE, path, key, headers: json, body: Array(repeating: 0x20, count: (2 << 20) + 1))
            #expect(large.status == 413)
            #expect(try await server.send(.DELETE, path, key, headers: json, body: []).status == 200)
        }
    }

    @Test("a URL over the limit is refused in the dialect")
    func longURL() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let answer = try await server.send(.GET, "\(Self.base)/sessions?x=" + String(repeating: "a", count: 9000), key)
            #expect(answer.status == 413)
            #expect((answer.object["data"] as? [String: Any])?["status"] as? Int == 413)
        }
    }

    @Test("a store that cannot be read is 503 with Retry-After, never an empty list")
    func unavailable() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#)
            let key = try await server.key(.read).authorization
            #expect(try await server.send(.GET, "\(Self.base)/sessions", key).status == 200)
            try await server.database.execute("ALTER TABLE carts RENAME TO lost")
            let answer = try await server.send(.GET, "\(Self.base)/sessions", key)
            #expect(answer.status == 503)
            #expect(answer.object["code"] as? String == "cocart_service_unavailable")
            #expect(answer.headers.first(name: "Retry-After") != nil)
            #expect(!answer.text.contains("SQL") && !answer.text.contains("lost"))
            try await server.database.execute("ALTER TABLE lost RENAME TO carts")
            #expect(try await server.send(.GET, "\(Self.base)/sessions", key).status == 200)
        }
    }

    @Test("origins that are named may read, no other")
    func crossOrigin() async throws {
        try await TestServer.run({ $0.origins = ["https://admin.example.com"] }) { server in
            let key = try await server.key(.read).authorization
            let path = "\(Self.base)/sessions"
            let good = try await server.send(.GET, path, key, headers: [("Origin", "https://admin.example.com")])
            #expect(good.headers.first(name: "Access-Control-Allow-Origin") == "https://admin.example.com")
            let other = try await server.send(.GET, path, key, headers: [("Origin", "https://evil.example.com")])
            #expect(other.headers.first(name: "Access-Control-Allow-Origin") == nil)
            let preflight = try await server.send(
                .OPTIONS, path, nil, headers: [("Origin", "https://admin.example.com"), ("Access-Control-Request-Method", "GET")])
            #expect(preflight.status == 204)
            #expect(preflight.headers.first(name: "Access-Control-Allow-Headers")?.contains("Authorization") == true)
        }
    }
}
