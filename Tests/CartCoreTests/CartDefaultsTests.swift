import CartCore
import CartTesting
import Testing

@Suite("What a cart is filled in with")
struct CartDefaultsTests {
    private func completed(_ document: String, replacing previous: Cart? = nil) throws -> Cart {
        try CartDocumentTests.completed(document, replacing: previous)
    }

    @Test("Nothing at all makes a guest's empty cart that lives two days")
    func empty() throws {
        let cart = try completed("{}")
        #expect(cart.key.text == "path")
        #expect(cart.storeID == 1)
        #expect(cart.owner.kind == .guest)
        #expect(cart.currency == .usd)
        #expect(cart.items.isEmpty)
        #expect(cart.totals == CartTotals())
        #expect(cart.customer == Customer())
        #expect(cart.orderID == nil)
        #expect(cart.created == CartGenerator.base)
        #expect(cart.updated == CartGenerator.base)
        #expect(cart.expires == CartGenerator.base + .days(2))
    }

    @Test("A product's number is enough for an item: one of it, to buy, at no price, under a key of its own")
    func minimalItem() throws {
        let items = try completed(#"{"items":[{"product_id":5},{"product_id":5}]}"#).items
        let item = try #require(items.first)
        #expect(item.productID == 5)
        #expect(item.kind == .cart)
        #expect(item.quantity == .one)
        #expect([item.unitPrice, item.subtotal, item.subtotalTax, item.tax, item.total, item.variationID] == [0, 0, 0, 0, 0, 0])
        #expect(item.variation == .empty && item.extra == .empty && item.product == ProductDetails())
        #expect((1...64).contains(item.key.utf8.count))
        #expect(items.count == 2 && items[1].key != item.key)
    }

    @Test("An item's amounts follow from its price, its quantity and its tax")
    func itemAmounts() throws {
        let item = try #require(
            try completed(#"{"items":[{"product_id":1,"quantity":2.5,"unit_price":333,"subtotal_tax":20}]}"#).items.first)
        // 832.5 rounds up.
        #expect([item.subtotal, item.subtotalTax, item.tax, item.total] == [833, 20, 20, 833])
    }

    @Test("An item's amounts that are given are kept, and the rest follows from them")
    func givenItemAmounts() throws {
        let item = try #require(
            try completed(#"{"items":[{"product_id":1,"quantity":3,"unit_price":100,"subtotal":250,"tax":7}]}"#).items.first)
        #expect([item.subtotal, item.subtotalTax, item.tax, item.total] == [250, 0, 7, 250])
        let discounted = try #require(
            try completed(#"{"items":[{"product_id":1,"unit_price":100,"subtotal_tax":10,"tax":9,"total":90}]}"#).items.first)
        #expect([discounted.subtotal, discounted.subtotalTax, discounted.tax, discounted.total] == [100, 10, 9, 90])
    }

    @Test("Totals that are left out are summed over the items to buy, the coupons and the fees")
    func summedTotals() throws {
        let totals = try completed(
            """
            {"items":[{"product_id":1,"quantity":2,"unit_price":1000,"subtotal_tax":200,"tax":180,"total":1800},
            {"product_id":2,"unit_price":500},{"product_id":3,"kind":"wishlist","unit_price":7777,"tax":7},
            {"product_id":4,"kind":"removed","unit_price":7777,"tax":7}],
            "coupons":[{"code":"A","discount":150,"discount_tax":15},{"code":"B","discount":50,"discount_tax":5}],
            "fees":[{"id":"f","amount":30,"tax":3},{"id":"g","amount":-10,"tax":-1}]}
            """
        ).totals
        #expect(totals.subtotal == 2500)
        #expect(totals.subtotalTax == 200)
        #expect(totals.discount == 200)
        #expect(totals.discountTax == 20)
        #expect(totals.shipping == 0 && totals.shippingTax == 0)
        #expect(totals.fees == 20)
        #expect(totals.feesTax == 2)
        #expect(totals.tax == 182)
        // 1800 and 500 for the items, 20 of fees, 182 of tax.
        #expect(totals.total == 2502)
    }

    @Test("Totals that are given are stored as given, and the parts that are missing are 0")
    func givenTotals() throws {
        let totals = try completed(#"{"items":[{"product_id":1,"unit_price":1000}],"totals":{"total":42,"shipping":-3}}"#).totals
        var expected = CartTotals()
        expected.total = 42
        expected.shipping = -3
        #expect(totals == expected)
        #expect(try completed(#"{"items":[{"product_id":1,"unit_price":1000}],"totals":{}}"#).totals == CartTotals())
    }

    @Test("A sum that is larger than an amount can be is refused by its name")
    func overflow() throws {
        let most = Amount.range.upperBound
        let cases = [
            ("{\"items\":[{\"product_id\":1,\"unit_price\":\(most),\"quantity\":2}]}", "items[0].subtotal"),
            ("{\"items\":[{\"product_id\":1,\"unit_price\":\(most)},{\"product_id\":2,\"unit_price\":1}]}", "totals.subtotal"),
            ("{\"fees\":[{\"id\":\"a\",\"amount\":\(-most)},{\"id\":\"b\",\"amount\":-1}]}", "totals.fees"),
            ("{\"coupons\":[{\"code\":\"a\",\"discount\":\(most)},{\"code\":\"b\",\"discount\":1}]}", "totals.discount"),
            ("{\"items\":[{\"product_id\":1,\"unit_price\":\(most),\"tax\":1}]}", "totals.total"),
        ]
        for (document, field) in cases {
            let error = try #require(throws: CartError.self) { try completed(document) }
            #expect(error.code == .invalid)
            #expect(error.fields.map(\.name) == [field])
        }
    }

    @Test("A cart that is replaced hands on its owner, its store and its time of creation, unless others are named")
    func replaced() throws {
        let previous = try completed(
            #"{"store_id":3,"owner":{"type":"customer","id":"9"},"created":"2020-01-01","updated":"2020-01-02","source":"x","currency":"EUR"}"#
        )
        let cart = try completed("{}", replacing: previous)
        #expect(cart.owner == previous.owner)
        #expect(cart.storeID == 3)
        #expect(cart.created == previous.created)
        #expect(cart.updated == CartGenerator.base)
        #expect(cart.expires == CartGenerator.base + .days(7))
        #expect(cart.source.isEmpty)
        let named = try completed(
            #"{"store_id":4,"owner":{"type":"guest","id":"2147483648"},"created":"2021-01-01"}"#, replacing: previous)
        #expect(named.owner.id == 2_147_483_648)
        #expect(named.storeID == 4)
        #expect(named.created == Timestamp(iso8601: "2021-01-01"))
    }

    @Test("A new cart that names its change and not its creation was created when it was changed, and expires from then on")
    func times() throws {
        let cart = try completed(#"{"updated":"2020-05-05T05:05:05Z","owner":{"type":"customer","id":"1"}}"#)
        #expect(cart.created == cart.updated)
        #expect(cart.updated.iso8601 == "2020-05-05T05:05:05Z")
        #expect(cart.expires.iso8601 == "2020-05-12T05:05:05Z")
    }
}
