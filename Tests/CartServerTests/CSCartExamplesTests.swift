import CartCore
import Foundation
import NIOHTTP1
import Testing

/// The bodies of the public documentation of CS-Cart's Carts API, which lie in `Golden`.
@Suite("The documented bodies of CS-Cart's Carts API come back")
struct CSCartExamplesTests {
    private func example(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden"))
        return Array(try Data(contentsOf: url))
    }

    /// The value at a path, in one line, with its members in their order.
    private func part(of json: [UInt8], at path: String...) throws -> String { String(decoding: try part(json, path[...]), as: UTF8.self) }

    private func part(_ json: [UInt8], _ path: ArraySlice<String>) throws(CartError) -> [UInt8] {
        var reader = JSONReader(json)
        guard let name = path.first else { return try reader.verbatim() }
        var found: [UInt8]?
        if try reader.peek() == .array {
            try reader.array { (reader, place) throws(CartError) in
                let value = try reader.verbatim()
                if String(place) == name { found = value }
            }
        } else {
            try reader.object { (reader, member) throws(CartError) in
                let value = try reader.verbatim()
                if member == name { found = value }
            }
        }
        guard let found else { throw .invalid(name, "is missing") }
        return try part(found, path.dropFirst())
    }

    /// The answer is the example to the byte, but for white space: every member, its type, and its place.
    private func expect(_ answer: TestServer.Answer, is example: [UInt8]) throws {
        #expect(answer.status == 200)
        let expected = try part(of: example)
        let same = zip(answer.body, expected.utf8).prefix { $0 == $1 }.count
        let end = String(decoding: answer.body[max(0, same - 80)..<same], as: UTF8.self)
        #expect(answer.text == expected, "another text follows behind \(end)")
    }

    private func put(_ document: String, as key: String, to server: TestServer, _ authorization: String) async throws {
        let answer = try await server.send(.PUT, "/v1/carts/\(key)", authorization, body: Array(document.utf8))
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// A cart of the customer of the examples.
    private func cart(created: Int64, item: String, profile: String) -> String {
        #"""
        {"owner":{"type":"customer","id":"3"},"customer":{"first_name":"John","last_name":"Doe","email":"customer@example.com",
        "phone":"77 77 777 7777","billing":{"company":"Simtech","address_1":"44 Main street","city":"Boston","state":"MA","postcode":"02134",
        "country":"US"},"shipping":{"address_1":"44 Main street","city":"Boston","state":"MA","postcode":"02134","country":"US"},
        "profile":\#(profile)},"items":[\#(item)],"ip_address":"127.0.0.1","created":"\#(Timestamp(seconds: created).iso8601)"}
        """#
    }

    @Test("the list, for a key of one company and for one that names it")
    func list() async throws {
        let example = try example("cscart-list")
        try await TestServer.run { server in
            let native = try await server.key().authorization
            let item = #"{"product_id":12,"name":"100g Pants","unit_price":3000}"#
            let guest = #"""
                {"owner":{"type":"guest","id":"3810267128"},"items":[\#(item)],"ip_address":"127.0.0.1","created":"2016-06-20T07:50:32Z"}
                """#
            let profile = try part(of: example, at: "carts", "1", "user_data")
            try await put(guest, as: "guest", to: server, native)
            try await put(cart(created: 1_466_409_025, item: item, profile: profile), as: "john", to: server, native)
            let tied = try await server.cscartKey(.read, storeID: 1).authorization
            try expect(try await server.send(.GET, "/api/carts/?sort_by=customer&sort_order=asc", tied), is: example)
            let free = try await server.cscartKey(.read).authorization
            try expect(try await server.send(.GET, "/api/carts/?sort_by=customer&sort_order=asc&company_id=1", free), is: example)
            // Without parameters the youngest is the first, which is the guest's here, too; no company is named.
            let plain = try await server.listedCarts("", free)
            #expect(plain.carts.map { $0["user_id"] } == ["3810267128", "3"])
            let defaults: [String: CSCartValue] = [
                "page": 1, "items_per_page": 10, "sort_by": "date", "sort_order": "desc", "sort_order_rev": "asc", "total_items": "2",
            ]
            #expect(plain.params == defaults)
        }
    }

    @Test("one cart")
    func single() async throws {
        let example = try example("cscart-cart")
        try await TestServer.run { server in
            let extra = try part(of: example, at: "products", "0", "extra")
            let profile = try part(of: example, at: "user_data")
            let item = #"{"key":"822274303","product_id":12,"name":"100g Pants","unit_price":3000,"extra":\#(extra)}"#
            try await put(
                cart(created: 1_466_521_318, item: item, profile: profile), as: "john", to: server, try await server.key().authorization)
            let key = try await server.cscartKey(.read).authorization
            for path in ["/api/carts/3", "/api/carts/3/"] {
                try expect(try await server.send(.GET, path, key), is: example)
            }
        }
    }

    @Test("where the shop has no record of the customer, what the cart knows stands under the example's names")
    func unknownProfile() async throws {
        let example = try example("cscart-cart")
        let data = try #require(try JSONSerialization.jsonObject(with: Data(example)) as? [String: Any])
        let names = Set(try #require(data["user_data"] as? [String: Any]).keys)
        try await TestServer.run { server in
            let native = try await server.key().authorization
            let item = #"{"product_id":12,"unit_price":3000}"#
            try await put(cart(created: 1, item: item, profile: "{}"), as: "john", to: server, native)
            let key = try await server.cscartKey(.read).authorization
            let shown = try await server.shownCart("3", key).row.userData
            #expect(shown.names.isSubset(of: names))
            let expected = [
                "user_id": "3", "firstname": "John", "lastname": "Doe", "email": "customer@example.com", "phone": "77 77 777 7777",
                "b_address": "44 Main street", "b_city": "Boston", "b_state": "MA", "b_zipcode": "02134", "b_country": "US",
                "s_address": "44 Main street", "s_city": "Boston", "s_state": "MA", "s_zipcode": "02134", "s_country": "US",
            ]
            for (name, value) in expected { #expect(shown.texts[name] == value, "\(name)") }

            // What the record says wins, and is shown as it is spelt.
            let record = #"{"zeta":1.50,"email":"other@example.com","points":[],"fields":{"b":1e2,"a":null}}"#
            let kept = try await server.send(
                .PUT, "/v1/carts/john", native, body: Array(cart(created: 1, item: item, profile: record).utf8))
            #expect(kept.status == 200)
            let text = try await server.send(.GET, "/api/carts/3", key).text
            for member in [#""zeta":1.50"#, #""email":"other@example.com""#, #""fields":{"b":1e2,"a":null}"#, #""phone":"77 77 777 7777""#]
            {
                #expect(text.contains(member), "\(member)")
            }
            #expect(!text.contains("customer@example.com"))
        }
    }
}
