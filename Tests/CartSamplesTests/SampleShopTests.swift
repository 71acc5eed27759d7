import CartCore
import Testing

@testable import CartSamples

@Suite("Sample shop")
struct SampleShopTests {
    private static let now = Timestamp(iso8601: "2025-06-15T18:30:00.250Z") ?? .earliest
    private let policy = CartPolicy()
    private let shop = SampleShop(seed: 42, now: now, policy: CartPolicy())
    private var now: Timestamp { Self.now }

    @Test("The same seed gives the same carts in any order")
    func sameSeed() {
        let other = SampleShop(seed: 42, now: now, policy: policy)
        let later = (0..<500).reversed().map { other.cart($0).document }
        #expect((0..<500).map { shop.cart($0).document } == later.reversed())
    }

    @Test("Another seed gives other carts")
    func otherSeed() {
        let other = SampleShop(seed: 43, now: now, policy: policy)
        for number in 0..<500 {
            #expect(shop.cart(number).key != other.cart(number).key)
            #expect(shop.cart(number).document != other.cart(number).document)
        }
    }

    @Test("No number traps", arguments: [Int.min, -1, 0, 1, Int(Int32.max), Int.max])
    func anyNumber(number: Int) throws {
        for seed in [0, 1, UInt64.max] {
            for now in [Timestamp.earliest, now, .latest] {
                let cart = SampleShop(seed: seed, now: now, policy: policy).cart(number)
                #expect(try Cart(storedDocument: cart.document) == cart)
            }
        }
    }

    @Test("Twenty thousand carts have as many keys, in three forms")
    func keys() {
        let keys = (0..<20_000).map { shop.cart($0).key.text }
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map(\.utf8.count)) == [30, 32])
        #expect(keys.contains { $0.hasPrefix("t_") })
    }

    @Test("Every state but recovered is there among a thousand carts")
    func states() {
        let states = (0..<1000).map { shop.cart($0).state(at: now, wasAbandoned: false, abandonedAfter: policy.abandonedAfter) }
        let counts = states.reduce(into: [CartState: Int]()) { $0[$1, default: 0] += 1 }
        #expect((40...250).contains(counts[.active] ?? 0))
        #expect((150...400).contains(counts[.abandoned] ?? 0))
        #expect((350...700).contains(counts[.expired] ?? 0))
        #expect((20...65).contains(counts[.converted] ?? 0))
    }

    @Test("Guests, customers, contacts and contents are mixed as in a shop")
    func mixture() {
        let carts = (0..<10_000).map { shop.cart($0) }
        func share(_ isCounted: (Cart) -> Bool) -> Double { Double(carts.count(where: isCounted)) / Double(carts.count) }
        #expect((0.38...0.42).contains(share { $0.owner.kind == .guest && !$0.customer.hasContact }))
        #expect((0.18...0.22).contains(share { $0.owner.kind == .guest && $0.customer.hasContact }))
        #expect((0.38...0.42).contains(share { $0.owner.kind == .customer }))
        #expect((0.07...0.09).contains(share { $0.items.isEmpty }))
        #expect((0.08...0.12).contains(share { $0.contents.contains(.wishlist) }))
        #expect((0.01...0.05).contains(share { $0.contents == .wishlist }))
        #expect((0.04...0.06).contains(share { $0.contents.contains(.removed) }))
        #expect((0.06...0.10).contains(share { !$0.coupons.isEmpty }))
        #expect((0.02...0.04).contains(share { !$0.fees.isEmpty }))
        #expect((0.03...0.05).contains(share { $0.orderID != nil }))
        #expect((0.05...0.25).contains(share { $0.totals.shipping > 0 }))
        #expect((0.05...0.25).contains(share { !$0.customer.profile.isEmpty }))
        let items = carts.flatMap(\.items)
        #expect((2.3...3.2).contains(Double(items.count) / share { !$0.items.isEmpty } / 10_000))
        #expect(items.contains { $0.quantity.millionths % 1_000_000 != 0 })
        #expect(items.contains { $0.variationID != 0 && !$0.variation.isEmpty })
        #expect(items.contains { !$0.extra.isEmpty })
        let customers = carts.filter { $0.owner.kind == .customer }
        #expect(customers.allSatisfy { (1...2501).contains($0.owner.id) })
        #expect(Set(customers.map(\.owner)).count < customers.count)
    }

    @Test("A customer is the same in all carts")
    func customers() {
        var known: [Owner: Customer] = [:]
        for number in 0..<5000 {
            let cart = shop.cart(number)
            guard cart.owner.kind == .customer else { continue }
            #expect(known.updateValue(cart.customer, forKey: cart.owner) ?? cart.customer == cart.customer)
        }
        #expect(Set(known.values.map(\.email)).count == known.count)
    }

    @Test("Every document reads back as an equal cart", arguments: ["USD", "JPY", "KWD", "CLF", "VND"])
    func documents(code: String) throws {
        var policy = policy
        policy.currency = try #require(Currency(code))
        let shop = SampleShop(seed: 7, now: now, policy: policy)
        for number in 0..<1000 {
            let cart = shop.cart(number)
            #expect(cart.currency == policy.currency)
            #expect(try Cart(storedDocument: cart.document) == cart)
        }
    }

    @Test("Totals are the sum of the items, coupons and fees, and of shipping", arguments: ["USD", "JPY", "IQD"])
    func totals(code: String) throws {
        let shop = SampleShop(seed: 7, now: now, policy: CartPolicy(currency: try #require(Currency(code))))
        for number in 0..<3000 {
            let cart = shop.cart(number)
            var expected = try CartTotals(summing: cart.items, coupons: cart.coupons, fees: cart.fees)
            expected.shipping = cart.totals.shipping
            expected.shippingTax = cart.totals.shippingTax
            expected.tax += expected.shippingTax
            expected.total += expected.shipping + expected.shippingTax
            #expect(cart.totals == expected)
            #expect(expected.total == expected.subtotal - expected.discount + expected.shipping + expected.fees + expected.tax)
            #expect(expected.tax == expected.subtotalTax - expected.discountTax + expected.shippingTax + expected.feesTax)
            for item in cart.items {
                #expect(item.unitPrice > 0)
                #expect(try item.subtotal == Amount.multiply(item.unitPrice, by: item.quantity, field: ""))
            }
        }
    }

    @Test("A document has 1.2 to 1.6 kB on average")
    func size() {
        let bytes = (0..<10_000).reduce(0) { $0 + shop.cart($1).document.count }
        #expect((1200...1600).contains(bytes / 10_000))
    }

    @Test("No cart was begun or changed in the future, and each expires by the policy")
    func times() {
        for number in 0..<10_000 {
            let cart = shop.cart(number)
            #expect(now - .days(40) <= cart.created + .seconds(1))
            #expect(cart.created <= cart.updated)
            #expect(cart.updated <= now)
            #expect(cart.expires == cart.updated + (cart.owner.kind == .guest ? policy.guestLifetime : policy.customerLifetime))
        }
    }

    @Test("Addresses of the network and e-mail are such as nobody has")
    func addresses() {
        for number in 0..<3000 {
            let cart = shop.cart(number)
            let networks = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"]
            #expect(cart.ipAddress.isEmpty || networks.contains { cart.ipAddress.hasPrefix($0) })
            let email = cart.customer.email
            guard !email.isEmpty else { continue }
            #expect(email.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "'") })
            #expect([".example.com", ".example.net", ".example.org"].contains { email.hasSuffix($0) })
            #expect(email.utf8.count { $0 == UInt8(ascii: "@") } == 1)
        }
    }

    @Test("Names are in at least eight scripts")
    func scripts() {
        let scripts: [(name: String, letters: ClosedRange<UInt32>)] = [
            ("Latin", 0x41...0x24F), ("Greek", 0x370...0x3FF), ("Cyrillic", 0x400...0x4FF), ("Hebrew", 0x590...0x5FF),
            ("Arabic", 0x600...0x6FF), ("Devanagari", 0x900...0x97F), ("Bengali", 0x980...0x9FF), ("Thai", 0xE00...0xE7F),
            ("Hiragana", 0x3040...0x309F), ("Katakana", 0x30A0...0x30FF), ("Han", 0x4E00...0x9FFF), ("Hangul", 0xAC00...0xD7A3),
        ]
        var seen = Set<String>()
        for number in 0..<3000 {
            for scalar in shop.cart(number).customer.fullName.unicodeScalars {
                for script in scripts where script.letters.contains(scalar.value) { seen.insert(script.name) }
            }
        }
        #expect(seen == Set(scripts.map(\.name)))
    }

    @Test("Every object of the tables is one")
    func objects() {
        #expect(JSONObject.itemExtras.allSatisfy { !$0.isEmpty })
        for product in Catalogue.products {
            #expect(product.fullDetails.dimensions?.isEmpty == false)
            #expect(product.variations.allSatisfy { $0.attributes.isEmpty == ($0.id == 0) })
        }
        let keys = Catalogue.products.flatMap { $0.variations.map(\.key) }
        #expect(Set(keys).count == keys.count)
        let slugs = Catalogue.products.compactMap(\.shortDetails.slug)
        #expect(Set(slugs).count == slugs.count)
        #expect(
            slugs.allSatisfy { $0.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) } })
    }
}
