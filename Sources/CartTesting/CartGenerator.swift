import CartCore

/// Makes random carts that are as unlike each other as shoppers are, and yet share enough that filters find some and orders have ties.
///
/// Equal seeds give equal carts, drafts and queries, in the same order of calls.
public struct CartGenerator: Sendable {
    var random: SplitMix64
    private var serial = 0
    /// Carts made lately, of which queries take their values.
    var lately: [Cart] = []

    /// The moment around which the carts' times lie: 2023-11-14T22:13:20Z.
    public static let base = Timestamp(seconds: 1_700_000_000)
    /// The rule of abandonment that ``query(over:)`` uses most often, and that times are chosen to lie around.
    public static let abandonedAfter = TimeSpan.hours(1)

    /// - Parameter seed: any number.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// A cart that a store must be able to keep: reading its document gives an equal cart.
    ///
    /// - Parameter key: nil: a key that no other cart of this generator has.
    public mutating func cart(key: CartKey? = nil) -> Cart {
        serial += 1
        let created = time()
        let updated = time()
        var cart = Cart(
            key: key ?? uniqueKey(), storeID: Int64(number(1...3)), owner: owner(), customer: customer(), currency: currency(),
            items: items(), coupons: coupons(), fees: fees(), source: pick(Self.sources),
            ipAddress: pick(["", "127.0.0.1", "2001:db8::1"]),
            orderID: chance(15) ? Int64(number(1...9999)) : nil, created: created, updated: updated, expires: time())
        cart.totals = totals(of: cart)
        lately.append(cart)
        if lately.count > 500 { lately.removeFirst(250) }
        return cart
    }

    /// A cart as a client might write it: whole, or with any of its parts left out.
    public mutating func draft(key: CartKey? = nil) -> CartDraft {
        let cart = cart(key: key)
        var draft = CartDraft()
        if chance(80) || key != nil { draft.key = cart.key }
        if chance(50) { draft.storeID = cart.storeID }
        if chance(50) { draft.owner = cart.owner }
        if chance(80) { draft.customer = cart.customer }
        if chance(50) { draft.currency = cart.currency }
        if chance(90) { draft.items = cart.items.map { draftItem($0) } }
        if chance(50) { draft.coupons = cart.coupons }
        if chance(50) { draft.fees = cart.fees }
        if chance(30) { draft.totals = cart.totals }
        draft.source = cart.source
        draft.ipAddress = cart.ipAddress
        draft.orderID = cart.orderID
        if chance(50) { draft.created = cart.created }
        if chance(50) { draft.updated = cart.updated }
        if chance(50) { draft.expires = cart.expires }
        return draft
    }

    private mutating func draftItem(_ item: CartItem) -> CartDraft.Item {
        var draft = CartDraft.Item(productID: item.productID)
        if chance(70) { draft.key = item.key }
        draft.kind = item.kind
        draft.variationID = item.variationID
        draft.name = item.name
        draft.sku = item.sku
        draft.quantity = item.quantity
        // Sums of the largest amounts may be refused; a draft should be accepted.
        draft.unitPrice = Int64(number(0...5000))
        if chance(50) { draft.subtotal = Int64(number(0...5000)) }
        if chance(50) { draft.subtotalTax = Int64(number(0...500)) }
        if chance(50) { draft.tax = Int64(number(0...500)) }
        if chance(50) { draft.total = Int64(number(0...5000)) }
        draft.variation = item.variation
        draft.extra = item.extra
        draft.product = item.product
        return draft
    }
}

extension CartGenerator {
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    /// One of the choices, which must not be empty.
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[number(0...(choices.count - 1))] }

    /// One of the carts made lately, or a new one if there is none.
    mutating func earlierCart() -> Cart { lately.isEmpty ? cart() : pick(lately) }

    /// A time from a small set around ``base``, so that ties are many, or seldom one far from it.
    mutating func time() -> Timestamp {
        if chance(3) { return pick([.earliest, .latest, Timestamp(milliseconds: -1), Timestamp(seconds: 0)]) }
        let near = Self.base + .minutes(Int64(30 * number(-8...8)))
        return chance(10) ? near + TimeSpan(milliseconds: Int64(number(-1...1))) : near
    }

    mutating func owner() -> Owner {
        let ids: [Int64] = [1, 2, 3, 77, Owner.firstGuest - 1, Owner.firstGuest, Owner.firstGuest + 1, 2 * Owner.firstGuest - 1]
        return Owner(id: pick(ids)) ?? Owner(randomGuest: SeededRandom(seed: random.next()))
    }

    mutating func currency() -> Currency {
        Currency(pick(["USD", "EUR", "USD", "JPY", "KRW", "KWD", "TND", "CLF", "PTS"])) ?? .usd
    }

    /// A key of any allowed length and any allowed characters, all distinct by a number at the end.
    private mutating func uniqueKey() -> CartKey {
        let letters = Array("abcdefABCDEF0123456789_-")
        let head = String((0..<number(0...30)).map { _ in pick(letters) })
        return CartKey("\(head)x\(serial)") ?? CartKey(random: SeededRandom(seed: random.next()))
    }
}
