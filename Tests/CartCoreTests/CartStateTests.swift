import CartCore
import CartTesting
import Testing

@Suite("States of a cart and its total")
struct CartStateTests {
    private static let base = CartGenerator.base
    private static let hour: Int64 = 3_600_000

    /// Changed at the base, expiring two hours later.
    private func cart(_ kinds: [CartItem.Kind], order: Int64? = nil, lifetime: TimeSpan = .hours(2)) throws -> Cart {
        Cart(
            key: try #require(CartKey("a")), owner: try #require(Owner(id: 1)),
            items: kinds.enumerated().map { CartItem(key: "\($0)", kind: $1, productID: 1) }, orderID: order, created: Self.base,
            updated: Self.base, expires: Self.base + lifetime)
    }

    @Test(
        "A cart is in the state of the first rule that holds",
        arguments: [
            // to buy, order, abandoned before, milliseconds since the change, state
            (true, false, false, 0, .active), (true, false, false, hour - 1, .active), (true, false, false, hour, .abandoned),
            (true, false, false, 2 * hour - 1, .abandoned), (true, false, false, 2 * hour, .expired), (true, false, true, 0, .recovered),
            (true, false, true, hour - 1, .recovered), (true, false, true, hour, .abandoned), (true, false, true, 2 * hour, .expired),
            (false, false, false, hour, .active), (false, false, true, hour, .recovered), (false, false, false, 2 * hour - 1, .active),
            (false, false, false, 2 * hour, .expired), (true, true, false, 0, .converted), (true, true, true, hour, .converted),
            (false, true, false, 3 * hour, .converted), (true, false, false, -1, .active),
        ] as [(Bool, Bool, Bool, Int64, CartState)])
    func states(hasItems: Bool, hasOrder: Bool, wasAbandoned: Bool, after: Int64, state: CartState) throws {
        let cart = try cart(hasItems ? [.wishlist, .cart] : [.wishlist, .removed], order: hasOrder ? 7 : nil)
        let now = Self.base + TimeSpan(milliseconds: after)
        #expect(cart.state(at: now, wasAbandoned: wasAbandoned, abandonedAfter: .hours(1)) == state)
    }

    @Test("A cart was abandoned from the moment on at which it first was, and for good")
    func wasAbandoned() throws {
        let cart = try cart([.cart])
        for (after, expected) in [(0, false), (Self.hour - 1, false), (Self.hour, true), (2 * Self.hour, true), (99 * Self.hour, true)] {
            #expect(cart.wasAbandoned(by: Self.base + TimeSpan(milliseconds: after), after: .hours(1)) == expected, "\(after)")
        }
    }

    @Test("A cart that expired first, was ordered or holds nothing to buy was never abandoned")
    func neverAbandoned() throws {
        let never = [
            try cart([.cart], lifetime: .hours(1)), try cart([.cart], order: 1), try cart([]), try cart([.wishlist, .removed]),
        ]
        for cart in never { #expect(!cart.wasAbandoned(by: Self.base + .days(9), after: .hours(1))) }
        #expect(try cart([.cart], lifetime: .hours(1)).wasAbandoned(by: Self.base + .days(9), after: .minutes(59)))
    }

    @Test("A cart was abandoned exactly if it was in that state at some moment")
    func agrees() throws {
        var generator = CartGenerator(seed: 4)
        for _ in 0..<300 {
            let cart = generator.cart()
            let now = CartGenerator.base + .hours(3)
            guard cart.updated <= now, cart.updated > .earliest else { continue }
            // The state changes only at these moments.
            let moments = [cart.updated, cart.updated + .hours(1), now].filter { $0 <= now }
            let wasIt = moments.contains { cart.state(at: $0, wasAbandoned: false, abandonedAfter: .hours(1)) == .abandoned }
            #expect(cart.wasAbandoned(by: now, after: .hours(1)) == wasIt)
        }
    }

    @Test(
        "The products' total is in hundredths of a major unit, rounded half up, in every currency",
        arguments: [
            ("USD", [(1800, 2_000_000)], 3600), ("JPY", [(500, 1_000_000)], 50_000), ("JPY", [(1, 125_000)], 13),
            ("JPY", [(-1, 125_000)], -13),
            ("KWD", [(1005, 1_000_000)], 101), ("KWD", [(1004, 1_000_000)], 100), ("KWD", [(-1005, 1_000_000)], -101),
            ("CLF", [(50, 1_000_000)], 1), ("CLF", [(49, 1_000_000)], 0), ("USD", [], 0),
            // The sum is rounded once, not each item.
            ("KWD", [(4, 1_000_000), (4, 1_000_000)], 1), ("USD", [(1, 300_000), (1, 300_000)], 1), ("USD", [(1, 400_000)], 0),
            ("JPY", [(9_007_199_254_740_991, 1_000_000_000_000_000)], .max),
            ("JPY", [(-9_007_199_254_740_991, 1_000_000_000_000_000)], .min),
        ] as [(String, [(Int64, Int64)], Int64)])
    func productsTotals(currency: String, items: [(Int64, Int64)], total: Int64) throws {
        var cart = try cart([.wishlist, .removed])
        for place in cart.items.indices { cart.items[place].unitPrice = 123_456 }
        cart.currency = try #require(Currency(currency))
        for (price, millionths) in items {
            let quantity = try #require(Quantity(millionths: millionths))
            cart.items.append(CartItem(key: "\(cart.items.count)", productID: 1, quantity: quantity, unitPrice: price))
        }
        #expect(cart.productsTotal == total)
    }

    @Test("The contents are the kinds of the items")
    func contents() throws {
        #expect(try cart([]).contents.isEmpty)
        #expect(try cart([.cart, .cart]).contents == .cart)
        #expect(try cart([.removed, .wishlist]).contents == [.wishlist, .removed])
    }
}
