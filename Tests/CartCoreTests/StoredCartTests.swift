import CartTesting
import Foundation
import Testing

@testable import CartCore

@Suite("A cart as its stored document spells it")
struct StoredCartTests {
    private static let damaged = "The document of the cart with the number 7 is damaged; replace or delete the cart."

    private func record(_ document: [UInt8]) -> CartRecord {
        let facts = CartFacts(
            storeID: 1, ownerID: 1, isConverted: false, holdsItems: false, created: .earliest, updated: .earliest, expires: .latest,
            wasAbandoned: false)
        return CartRecord(id: 7, revision: 9, facts: facts, document: document)
    }

    private func expect(_ seen: Seen, tellsOf cart: Cart, _ place: Comment) {
        #expect(seen.cart == shown(cart), place)
        // Two spellings of one accented letter are equal texts, but not equal bytes.
        #expect(seen.cart?.document == shown(cart).document, place)
        #expect(seen.productsTotal == cart.productsTotal, place)
        #expect(seen.currency == cart.currency, place)
        #expect(seen.holdsItems == cart.contents.contains(.cart), place)
        #expect(seen.emptyAddresses == [cart.customer.billing == Address(), cart.customer.shipping == Address()], place)
    }

    @Test("It has every field of the cart that was written, to the byte", arguments: [1, 2, 3] as [UInt64])
    func generated(seed: UInt64) throws {
        var generator = CartGenerator(seed: seed)
        for round in 0..<200 {
            let cart = generator.cart()
            let seen = try record(cart.document).withStoredCart(Seen.init)
            expect(seen, tellsOf: cart, "seed \(seed), round \(round)")
        }
    }

    @Test("Quotation marks, backslashes, control characters and emoji stand in every text as they were")
    func escapes() throws {
        let cart = try fullCart()
        let seen = try record(cart.document).withStoredCart(Seen.init)
        expect(seen, tellsOf: cart, "a cart that is full of them")
    }

    @Test("The example of the documentation is told field by field")
    func example() throws {
        let document = try CartDocumentTests.completed(CartDocumentTests.example).document
        let (texts, spellings, numbers) = try record(document).withStoredCart { stored -> ([String], [String], [Int64]) in
            let (customer, totals) = (stored.customer, stored.totals)
            var texts = [stored.key, stored.ownerKind, stored.ownerID, stored.currencyCode, stored.source, stored.ipAddress]
            texts += [customer.firstName, customer.lastName, customer.email, customer.phone]
            texts += [customer.billing.address1, customer.billing.city, customer.billing.state, customer.billing.postcode]
            texts += [customer.billing.country, customer.billing.company, customer.shipping.country]
            texts += stored.items.flatMap { [$0.key, $0.name, $0.sku] }
            texts += stored.coupons.flatMap { [$0.code, $0.label] }
            texts += stored.fees.flatMap { [$0.id, $0.name] }
            var spellings = [stored.created, customer.profile]
            spellings += stored.items.flatMap { [$0.quantity, $0.unitPrice, $0.extra] }
            var numbers = [stored.storeID, stored.ownerID, totals.subtotal, totals.tax, totals.total]
            numbers += stored.items.flatMap { [$0.productID, $0.variationID, $0.subtotal, $0.subtotalTax, $0.tax, $0.total] }
            return (texts.map(\.text), spellings.map(\.spelling), numbers.map(\.integer))
        }
        let expected = [
            "cb7a23af96a3f23af3c28a8b4b8c6d5e", "guest", "3810267128", "USD", "cocart", "127.0.0.1",
            "John", "Doe", "john.doe@example.com", "",
            "44 Main street", "Boston", "MA", "02134",
            "US", "", "",
            "d6b3e8e5a1b0c6e4f2a3b1d8c5e6f9a2", "100g Pants", "U0012O5AF0",
            "SUMMER", "Coupon: summer", "wrap", "Gift wrap",
        ]
        #expect(texts == expected)
        #expect(spellings == ["\"2024-10-08T18:30:00Z\"", "{}", "2", "1800", "{}"])
        #expect(numbers == [1, 3_810_267_128, 3600, 360, 3960, 145, 0, 3600, 360, 360, 3600])
    }

    @Test("A product that is known in part tells what is known")
    func product() throws {
        var cart = try fullCart()
        for place in cart.items.indices { cart.items[place].product = ProductDetails() }
        cart.items[1].product.weight = ""
        cart.items[2].product.maxQuantity = .one
        let seen = try record(cart.document).withStoredCart(Seen.init)
        let products = seen.cart?.items.map(\.product)
        #expect(products == cart.items.map(\.product))
        #expect(products?[1].weight?.isEmpty == true)
        #expect(products?[1].title == nil)
    }

    @Test("A document that was written here is told as it stands, without being read as a cart first")
    func direct() throws {
        var generator = CartGenerator(seed: 21)
        for round in 0..<100 {
            var cart = generator.cart()
            // What reads documents refuses such a number.
            cart.storeID = 0
            let record = record(cart.document)
            #expect(throws: CartError.self) { try record.cart() }
            let seen = try record.withStoredCart(Seen.init)
            #expect(seen.cart == shown(cart), "round \(round)")
        }
    }

    @Test("Members in another order and white space change nothing of what is told")
    func otherOrder() throws {
        let document = #"""
             {"expires":"2024-10-15T18:30:00Z" , "updated":"2024-10-08T18:30:00.5Z","created":"2024-10-08T20:30:00+02:00",
              "revision":3,"order_id":77,"source":"pos",
              "items":[ {"total":5,"quantity":1.50,"unit_price":1.8e3,"name":"T\u00e9 \ud83d\ude00 \"x\"\/","product_id":145,
                "kind":"wishlist","key":"a"} ],
              "customer":{"last_name":"Doe","billing":{"email":"a@b","city":"Bonn"}},
              "owner":{"id":"7","type":"customer"},"store_id":2,"key":"k"}

            """#
        let record = record(Array(document.utf8))
        let seen = try record.withStoredCart(Seen.init)
        expect(seen, tellsOf: try record.cart(), "the whole cart")
        let cart = try #require(seen.cart)
        #expect(cart.key.text == "k")
        #expect(cart.storeID == 2)
        #expect(cart.owner.id == 7)
        #expect(cart.orderID == 77)
        #expect(cart.source == "pos")
        #expect(cart.customer.lastName == "Doe")
        #expect(cart.customer.billing.city == "Bonn")
        #expect(cart.customer.billing.email == "a@b")
        #expect(cart.created.milliseconds == 1_728_412_200_000)
        #expect(cart.updated.milliseconds == 1_728_412_200_500)
        let item = try #require(cart.items.first)
        #expect(item.kind == .wishlist)
        #expect(Array(item.name.utf8) == Array("T\u{E9} \u{1F600} \"x\"/".utf8))
        #expect([item.productID, item.unitPrice, item.subtotal, item.total] == [145, 1800, 2700, 5])
        #expect(item.quantity.millionths == 1_500_000)
        #expect(!seen.holdsItems)
        #expect(seen.productsTotal == 0)
    }

    @Test("Documents that another program has written tell the same carts", arguments: [4, 5] as [UInt64])
    func rewritten(seed: UInt64) throws {
        var generator = CartGenerator(seed: seed)
        for round in 0..<100 {
            let cart = generator.cart()
            let value = try JSONSerialization.jsonObject(with: Data(cart.document))
            let document = Array(try JSONSerialization.data(withJSONObject: value, options: [.prettyPrinted, .sortedKeys]))
            #expect(document != cart.document)
            let record = record(document)
            let expected = try record.cart()
            #expect(expected.key == cart.key)
            #expect(expected.productsTotal == cart.productsTotal)
            let seen = try record.withStoredCart(Seen.init)
            expect(seen, tellsOf: expected, "seed \(seed), round \(round)")
        }
    }

    @Test("A document that ends too early is damaged, wherever it ends")
    func truncated() throws {
        let document = try fullCart("\"\\\u{1}\u{E9}").document
        for count in 0..<document.count {
            let record = record(Array(document.prefix(count)))
            let error = #expect(throws: CartError.self, "\(count) bytes") { try record.withStoredCart(Seen.init) }
            #expect(error?.code == .unavailable && error?.reason == Self.damaged, "\(count) bytes")
        }
    }

    @Test(
        "What is no cart at all is damaged",
        arguments: [
            "", " ", "{", "}", "{}", "[]", "null", "7", "\u{0}", "\"", "\"text\"",
            #"{"key":"#, #"{"key":"\"#, #"{"key":"\""#, #"{"key":"a"}"#,
            #"{"key":"a","store_id":"#, #"{"key":"a","store_id":1,"owner":{"type":"guest","id":"1"}}"#,
        ])
    func noCart(document: String) throws {
        let error = #expect(throws: CartError.self) { try record(Array(document.utf8)).withStoredCart(Seen.init) }
        #expect(error?.code == .unavailable && error?.reason == Self.damaged)
    }

    @Test("Something behind the document is damage")
    func trailing() throws {
        let document = try fullCart().document
        for rest in ["}", "x", ",", "{}", "\u{0}"] {
            let error = #expect(throws: CartError.self) { try record(document + Array(rest.utf8)).withStoredCart(Seen.init) }
            #expect(error?.reason == Self.damaged)
        }
    }

    @Test("Bytes that were changed at random stop nothing: there is a cart, or the reason why not", arguments: [1, 2] as [UInt64])
    func flipped(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var generator = CartGenerator(seed: seed)
        var (told, refused) = (0, 0)
        for round in 0..<2000 {
            var document = generator.cart().document
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<document.count, using: &random)
                document[place] ^= UInt8.random(in: 1...31, using: &random)
            }
            do throws(CartError) {
                _ = try record(document).withStoredCart(Seen.init)
                told += 1
            } catch {
                refused += 1
                let isReason = error.code == .unavailable && error.reason == Self.damaged
                #expect(isReason, "seed \(seed), round \(round): \(error.reason)")
            }
        }
        // Damage within a text leaves a cart; were there none of either, the loop would say nothing.
        #expect(told > 100 && refused > 100, "\(told) were told, \(refused) refused")
    }

    @Test("Bytes that went missing or came twice stop nothing", arguments: [1, 2] as [UInt64])
    func moved(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var generator = CartGenerator(seed: seed)
        for round in 0..<1000 {
            var document = generator.cart().document
            let place = Int.random(in: 0..<document.count, using: &random)
            let end = min(document.count, place + Int.random(in: 1...40, using: &random))
            if Bool.random(using: &random) {
                document.removeSubrange(place..<end)
            } else {
                let piece = Array(document[place..<end])
                document.insert(contentsOf: piece, at: Int.random(in: 0...document.count, using: &random))
            }
            do throws(CartError) {
                _ = try record(document).withStoredCart(Seen.init)
            } catch {
                let isReason = error.code == .unavailable && error.reason == Self.damaged
                #expect(isReason, "seed \(seed), round \(round): \(error.reason)")
            }
        }
    }

    private static let numbers = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "99999999999999999999999999", "9223372036854",
        "9999999999999999", "9007199254740992", "1000000000", "0", "-1", "0.0000001", "1e400",
    ]

    @Test("Numbers beyond all bounds, which only damage can make, stop nothing", arguments: numbers)
    func largeNumbers(price: String) throws {
        for quantity in Self.numbers {
            let document = try document(quantity: quantity, price: price)
            do throws(CartError) {
                _ = try record(document).withStoredCart(Seen.init)
            } catch {
                #expect(error.code == .unavailable && error.reason == Self.damaged)
            }
        }
    }

    @Test(
        "A number that is no JSON is damage",
        arguments: [
            "", "-", "--1", "+1", ".5", "1.", "1.2.3", "1e", "0x10", "01", "-01", "00", "0987654", "1 2", "null", "\"1\"", "NaN",
        ])
    func noNumbers(number: String) throws {
        for document in [try document(quantity: number, price: "1"), try document(quantity: "1", price: number)] {
            let error = #expect(throws: CartError.self) { try record(document).withStoredCart(Seen.init) }
            #expect(error?.code == .unavailable && error?.reason == Self.damaged)
        }
    }

    /// The document of a cart with four items of this quantity and unit price.
    private func document(quantity: String, price: String) throws -> [UInt8] {
        var cart = try fullCart()
        cart.items = (0..<4).map { CartItem(key: "i\($0)", productID: 1, unitPrice: 987_654) }
        let text = String(decoding: cart.document, as: UTF8.self)
        let changed = text.replacing(
            #""quantity":1,"unit_price":987654"#, with: #""quantity":\#(quantity),"unit_price":\#(price)"#)
        try #require(changed != text)
        return Array(changed.utf8)
    }

    @Test("A text that is no JSON is damage", arguments: ["\u{1}", "\n", #"\x"#, #"\u12G4"#, "\\\u{E9}"])
    func noTexts(part: String) throws {
        var cart = try fullCart()
        cart.customer.lastName = "Wächter"
        cart.customer.profile = try JSONObject(#"{"name":"Wächter"}"#)
        let text = String(decoding: cart.document, as: UTF8.self)
        for name in ["last_name", "name"] {
            let changed = text.replacing("\"\(name)\":\"Wächter\"", with: "\"\(name)\":\"W\(part)chter\"")
            #expect(changed != text)
            let error = #expect(throws: CartError.self) { try record(Array(changed.utf8)).withStoredCart(Seen.init) }
            #expect(error?.reason == Self.damaged)
        }
    }

    @Test("What is thrown while a cart is looked at comes through, and each is looked at once")
    func throwing() throws {
        for document in [try fullCart().document, Array(CartDocumentTests.example.utf8)] {
            let record = record(document)
            var calls = 0
            let error = #expect(throws: CartError.self) {
                try record.withStoredCart { (_) throws(CartError) -> Void in
                    calls += 1
                    throw CartError(.tooLarge, "enough")
                }
            }
            #expect(error?.code == .tooLarge)
            #expect(calls == 1)
            // Nothing is an answer, too.
            let nothing = try record.withStoredCart { _ -> Int? in
                calls += 1
                return nil
            }
            #expect(nothing == nil)
            #expect(calls == 2)
        }
    }
}

/// What a stored cart tells, read to the last member.
private struct Seen {
    /// nil if something of it can be in no cart.
    let cart: Cart?
    let productsTotal: Int64
    let currency: Currency
    let holdsItems: Bool
    /// Whether billing and shipping address are.
    let emptyAddresses: [Bool]

    init(_ stored: StoredCart) {
        cart = rebuilt(stored)
        productsTotal = stored.productsTotal
        currency = stored.currency
        holdsItems = stored.holdsItems
        emptyAddresses = [stored.customer.billing.isEmpty, stored.customer.shipping.isEmpty]
    }
}

/// As much of a cart as a stored cart tells: all but the taxes of coupons and fees.
private func shown(_ cart: Cart) -> Cart {
    var cart = cart
    for place in cart.coupons.indices { cart.coupons[place].discountTax = 0 }
    for place in cart.fees.indices { cart.fees[place].tax = 0 }
    return cart
}

/// All that must be escaped, and some that must not.
private let everything = "\"\\/\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F} \u{E9}e\u{301}👩‍👩‍👧\u{2028}\u{10FFFF}\\u0041\\\""

/// A cart with something in every field, each text with the same behind a name of its own.
private func fullCart(_ end: String = everything) throws -> Cart {
    func text(_ name: String) -> String { name + end }
    func address(_ name: String) -> Address {
        var address = Address()
        for field in Address.fields { address[keyPath: field.path] = text("\(name).\(field.name)") }
        return address
    }
    func object(_ name: String) throws -> JSONObject {
        try JSONObject(#"{"\#(name)":"}]\"{[\\","b":[{},[1e2,"\\",null]],"a":1,"a":{"":-0}}"#)
    }
    func item(_ name: String, _ kind: CartItem.Kind, _ millionths: Int64) throws -> CartItem {
        var product = ProductDetails()
        product.title = text("\(name).title")
        product.slug = text("\(name).slug")
        product.type = text("\(name).type")
        product.image = text("\(name).image")
        product.weight = text("\(name).weight")
        product.dimensions = try object("\(name).dimensions")
        product.minQuantity = Quantity(millionths: 1)
        product.maxQuantity = Quantity(millionths: 1_000_000_000_000_000)
        product.backorders = text("\(name).backorders")
        return CartItem(
            key: "\(name)\"\\", kind: kind, productID: 9_007_199_254_740_991, variationID: 12, name: text("\(name).name"),
            sku: text("\(name).sku"), quantity: try #require(Quantity(millionths: millionths)), unitPrice: 1234, subtotal: 2345,
            subtotalTax: -3456, tax: 4567, total: -9_007_199_254_740_991, variation: try object("\(name).variation"),
            extra: try object("\(name).extra"), product: product)
    }
    var customer = Customer()
    customer.firstName = text("first")
    customer.lastName = text("last")
    customer.email = text("email")
    customer.phone = text("phone")
    customer.billing = address("billing")
    customer.shipping = address("shipping")
    customer.profile = try object("profile")
    var totals = CartTotals()
    for (place, field) in CartTotals.fields.enumerated() {
        totals[keyPath: field.path] = Int64(place + 1) * (place.isMultiple(of: 2) ? 1001 : -1001)
    }
    return Cart(
        key: try #require(CartKey("a-Z_9")), storeID: Int64(Int32.max), owner: try #require(Owner(id: (1 << 32) - 1)),
        customer: customer, currency: try #require(Currency("KWD")),
        items: [try item("a", .cart, 2_500_001), try item("b", .wishlist, 3_000_000), try item("c", .removed, 125_000)],
        coupons: ["one", "two"].map { Coupon(code: text($0 + ".code"), label: text($0 + ".label"), discount: 5, discountTax: 6) },
        fees: ["one", "two"].map { Fee(id: text($0 + ".id"), name: text($0 + ".name"), amount: 7, tax: 8) }, totals: totals,
        source: text("source"), ipAddress: text("address"), orderID: 9_007_199_254_740_991, created: .earliest,
        updated: Timestamp(milliseconds: -1), expires: .latest)
}

/// The cart that was written, as far as a stored cart tells it; nil if something of it can be in no cart.
private func rebuilt(_ stored: StoredCart) -> Cart? {
    let items = stored.items.compactMap { item in rebuilt(item) }
    let coupons = stored.coupons.map { Coupon(code: $0.code.text, label: $0.label.text, discount: $0.discount.integer) }
    let fees = stored.fees.map { Fee(id: $0.id.text, name: $0.name.text, amount: $0.amount.integer) }
    let (customer, totals) = (rebuilt(stored.customer), rebuilt(stored.totals))
    let (source, ipAddress) = (stored.source.text, stored.ipAddress.text)
    let orderID = stored.orderID?.integer
    let (created, updated, expires) = (stored.created.timestamp, stored.updated.timestamp, stored.expires.timestamp)
    guard let key = CartKey(stored.key.text), let owner = Owner(id: stored.ownerID.integer),
        owner.kind.rawValue == stored.ownerKind.text, let currency = Currency(stored.currencyCode.text),
        items.count == stored.items.count
    else { return nil }
    return Cart(
        key: key, storeID: stored.storeID.integer, owner: owner, customer: customer, currency: currency, items: items,
        coupons: coupons, fees: fees, totals: totals, source: source, ipAddress: ipAddress, orderID: orderID,
        created: created, updated: updated, expires: expires)
}

private func rebuilt(_ stored: StoredCart.Customer) -> Customer {
    var customer = Customer()
    customer.firstName = stored.firstName.text
    customer.lastName = stored.lastName.text
    customer.email = stored.email.text
    customer.phone = stored.phone.text
    customer.billing = rebuilt(stored.billing)
    customer.shipping = rebuilt(stored.shipping)
    customer.profile = stored.profile.object
    return customer
}

private func rebuilt(_ stored: StoredCart.Address) -> Address {
    var address = Address()
    address.firstName = stored.firstName.text
    address.lastName = stored.lastName.text
    address.company = stored.company.text
    address.address1 = stored.address1.text
    address.address2 = stored.address2.text
    address.city = stored.city.text
    address.state = stored.state.text
    address.postcode = stored.postcode.text
    address.country = stored.country.text
    address.phone = stored.phone.text
    address.email = stored.email.text
    return address
}

private func rebuilt(_ stored: StoredCart.Item) -> CartItem? {
    let product = rebuilt(stored.product)
    let (variation, extra) = (stored.variation.object, stored.extra.object)
    guard let quantity = Quantity(millionths: stored.millionths) else { return nil }
    return CartItem(
        key: stored.key.text, kind: stored.kind, productID: stored.productID.integer, variationID: stored.variationID.integer,
        name: stored.name.text, sku: stored.sku.text, quantity: quantity, unitPrice: stored.unitPrice.integer,
        subtotal: stored.subtotal.integer, subtotalTax: stored.subtotalTax.integer, tax: stored.tax.integer,
        total: stored.total.integer, variation: variation, extra: extra, product: product)
}

private func rebuilt(_ stored: StoredCart.Product) -> ProductDetails {
    var product = ProductDetails()
    product.title = stored.title?.text
    product.slug = stored.slug?.text
    product.type = stored.type?.text
    product.image = stored.image?.text
    product.weight = stored.weight?.text
    product.dimensions = stored.dimensions?.object
    product.minQuantity = stored.minQuantity.flatMap { Quantity(json: $0.spelling) }
    product.maxQuantity = stored.maxQuantity.flatMap { Quantity(json: $0.spelling) }
    product.backorders = stored.backorders?.text
    return product
}

private func rebuilt(_ stored: StoredCart.Totals) -> CartTotals {
    var totals = CartTotals()
    totals.subtotal = stored.subtotal.integer
    totals.subtotalTax = stored.subtotalTax.integer
    totals.discount = stored.discount.integer
    totals.discountTax = stored.discountTax.integer
    totals.shipping = stored.shipping.integer
    totals.shippingTax = stored.shippingTax.integer
    totals.fees = stored.fees.integer
    totals.feesTax = stored.feesTax.integer
    totals.tax = stored.tax.integer
    totals.total = stored.total.integer
    return totals
}
