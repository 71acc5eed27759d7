import CartCore
import CartTesting
import Foundation
import Testing

@Suite("The cart document")
struct CartDocumentTests {
    static let example = #"""
        {
          "key": "cb7a23af96a3f23af3c28a8b4b8c6d5e", "store_id": 1,
          "owner": {"type": "guest", "id": "3810267128"},
          "customer": {"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com", "phone": "",
            "billing": {"address_1": "44 Main street", "city": "Boston", "state": "MA", "postcode": "02134", "country": "US"},
            "shipping": {}, "profile": {}},
          "currency": "USD",
          "items": [{"key": "d6b3e8e5a1b0c6e4f2a3b1d8c5e6f9a2", "kind": "cart", "product_id": 145, "variation_id": 0,
            "name": "100g Pants", "sku": "U0012O5AF0", "quantity": 2, "unit_price": 1800, "subtotal": 3600, "subtotal_tax": 360,
            "tax": 360, "total": 3600, "variation": {}, "extra": {},
            "product": {"title": "100g Pants", "slug": "100g-pants", "type": "simple", "image": "", "weight": "0.1",
              "dimensions": {"length": "10", "width": "5", "height": "2", "unit": "cm"},
              "min_quantity": 1, "max_quantity": null, "backorders": ""}}],
          "coupons": [{"code": "SUMMER", "label": "Coupon: summer", "discount": 0, "discount_tax": 0}],
          "fees": [{"id": "wrap", "name": "Gift wrap", "amount": 0, "tax": 0}],
          "totals": {"subtotal": 3600, "subtotal_tax": 360, "discount": 0, "discount_tax": 0, "shipping": 0, "shipping_tax": 0,
            "fees": 0, "fees_tax": 0, "tax": 360, "total": 3960},
          "source": "cocart", "ip_address": "127.0.0.1", "order_id": null,
          "created": "2024-10-08T18:30:00Z", "updated": "2024-10-08T18:30:00Z", "expires": "2024-10-15T18:30:00Z"
        }
        """#

    static func completed(_ document: String, key: String = "path", replacing previous: Cart? = nil) throws -> Cart {
        try CartDraft(document: Array(document.utf8)).completed(
            key: try #require(CartKey(key)), replacing: previous.map { CartFacts($0, wasAbandoned: false) }, policy: CartPolicy(),
            now: CartGenerator.base, random: SeededRandom())
    }

    @Test("The example is read field by field")
    func readsExample() throws {
        let cart = try Self.completed(Self.example)
        #expect(cart.key.text == "cb7a23af96a3f23af3c28a8b4b8c6d5e")
        #expect(cart.storeID == 1)
        #expect(cart.owner == Owner(id: 3_810_267_128))
        #expect(cart.owner.kind == .guest)
        #expect(cart.customer.fullName == "John Doe")
        #expect(cart.customer.email == "john.doe@example.com")
        #expect(cart.customer.phone.isEmpty)
        #expect(cart.customer.billing.address1 == "44 Main street")
        #expect(cart.customer.billing.postcode == "02134")
        #expect(cart.customer.billing.country == "US")
        #expect(cart.customer.billing.address2.isEmpty)
        #expect(cart.customer.shipping == Address())
        #expect(cart.currency == .usd)
        #expect(cart.coupons == [Coupon(code: "SUMMER", label: "Coupon: summer")])
        #expect(cart.fees == [Fee(id: "wrap", name: "Gift wrap")])
        #expect(cart.totals.subtotal == 3600)
        #expect(cart.totals.total == 3960)
        #expect(cart.source == "cocart")
        #expect(cart.ipAddress == "127.0.0.1")
        #expect(cart.orderID == nil)
        #expect(cart.created.milliseconds == 1_728_412_200_000)
        #expect(cart.updated == cart.created)
        #expect(cart.expires == cart.created + .days(7))
    }

    @Test("The example's item is read field by field")
    func readsItem() throws {
        let cart = try Self.completed(Self.example)
        let item = try #require(cart.items.first)
        #expect(cart.items.count == 1)
        #expect(item.key == "d6b3e8e5a1b0c6e4f2a3b1d8c5e6f9a2")
        #expect(item.kind == .cart)
        #expect(item.productID == 145)
        #expect(item.variationID == 0)
        #expect(item.name == "100g Pants")
        #expect(item.sku == "U0012O5AF0")
        #expect(item.quantity.millionths == 2_000_000)
        #expect([item.unitPrice, item.subtotal, item.subtotalTax, item.tax, item.total] == [1800, 3600, 360, 360, 3600])
        #expect(item.product.title == "100g Pants")
        #expect(item.product.image?.isEmpty == true)
        #expect(item.product.weight == "0.1")
        #expect(item.product.dimensions?.text == #"{"length":"10","width":"5","height":"2","unit":"cm"}"#)
        #expect(item.product.minQuantity == .one)
        #expect(item.product.maxQuantity == nil)
        #expect(item.product.backorders?.isEmpty == true)
    }

    @Test("The example is written with the same values under the same names")
    func writesExample() throws {
        let written = try Self.completed(Self.example).document
        var found = try #require(try JSONSerialization.jsonObject(with: Data(written)) as? [String: Any])
        var expected = try #require(try JSONSerialization.jsonObject(with: Data(Self.example.utf8)) as? [String: Any])
        // An unlimited quantity may be left out as well as null.
        for document in [found, expected] {
            let items = try #require(document["items"] as? [[String: Any]])
            let product = try #require(items.first?["product"] as? [String: Any])
            #expect(product["max_quantity"] as? Int == nil)
        }
        found["items"] = try withoutMaximum(found["items"])
        expected["items"] = try withoutMaximum(expected["items"])
        #expect(found as NSDictionary == expected as NSDictionary)
        #expect(!written.contains(UInt8(ascii: "\n")))
    }

    private func withoutMaximum(_ items: Any?) throws -> [[String: Any]] {
        try #require(items as? [[String: Any]]).map { item in
            var item = item
            var product = try #require(item["product"] as? [String: Any])
            product["max_quantity"] = nil
            item["product"] = product
            return item
        }
    }

    @Test("Id, revision and state are accepted and change nothing", arguments: ["7", "\"expired\"", "null", "{\"a\":[]}"])
    func ignoresAnswersFields(value: String) throws {
        let plain = try CartDraft(document: Array(Self.example.utf8))
        let answer = Self.example.replacing(
            "\"store_id\": 1,", with: "\"store_id\": 1, \"id\": \(value), \"revision\": \(value), \"state\": \(value),")
        #expect(answer != Self.example)
        var draft = try CartDraft(document: Array(answer.utf8))
        // What an answer said of the state is known, and goes into no cart.
        #expect(draft.state == (value == "\"expired\"" ? .expired : nil))
        draft.state = nil
        #expect(draft == plain)
    }

    @Test("A thousand carts come back from their documents equal, and are written the same again")
    func roundTrip() throws {
        var generator = CartGenerator(seed: 1000)
        for round in 0..<1000 {
            let cart = generator.cart()
            let document = cart.document
            let back = try Cart(storedDocument: document)
            #expect(back == cart, "round \(round)")
            #expect(back.document == document, "round \(round)")
            // A client reads and writes back with the ordinary limits.
            let draft = try CartDraft(document: document)
            let other = try #require(CartKey("other"))
            let again = try draft.completed(key: other, replacing: nil, policy: CartPolicy(), now: .latest, random: SeededRandom())
            #expect(again == cart, "round \(round)")
        }
    }

    @Test(
        "Profile, variation, extra and dimensions are kept byte for byte",
        arguments: [
            #"{"n":1e2,"m":0.10,"k":-0}"#, #"{"b":1,"a":2,"b":3}"#, #"{"e":"\u00e9\u00E9é","f":"\/"}"#, "{\"e\u{301}\":\"\u{E9}\"}", "{}",
        ])
    func keepsObjects(object: String) throws {
        let document = """
            {"customer":{"profile":\(object)},"items":[{"product_id":1,"variation":\(object),"extra":\(object),
            "product":{"dimensions":\(object)}}]}
            """
        let cart = try Cart(storedDocument: try Self.completed(document).document)
        let item = try #require(cart.items.first)
        for kept in [cart.customer.profile, item.variation, item.extra, try #require(item.product.dimensions)] {
            #expect(Array(kept.text.utf8) == Array(object.utf8))
        }
        #expect(String(decoding: cart.document, as: UTF8.self).utf8.count > 4 * object.utf8.count)
    }

    @Test("A stored document that lacks a part is damaged", arguments: ["key", "owner", "created", "updated", "expires"])
    func refusesIncomplete(field: String) throws {
        let renamed = Self.example.replacing("\"\(field)\": ", with: "\"id\": ", maxReplacements: 1)
        #expect(renamed != Self.example)
        #expect(throws: CartError.self) { try Cart(storedDocument: Array(renamed.utf8)) }
    }
}
