import CartCore

/// A made-up shop whose carts are the same for the same seed.
///
/// The carts look like those of a shop that sells to many countries: most belong to guests nobody knows, some to guests who left
/// an e-mail address or a name, some to registered customers. Names are in many languages and scripts, but the people are not
/// real: e-mail addresses are of the domains example.com, example.net and example.org, network addresses of the ranges that are
/// kept for documentation.
///
/// The carts were begun in the 40 days before the moment that the shop is asked about and expire by its policy, so that there are
/// active, abandoned, expired and converted ones. Some are empty, some hold a wish list or removed items, and amounts are in
/// minor units of the policy's currency.
public struct SampleShop: Sendable {
    private let seed: UInt64
    private let now: Timestamp
    private let policy: CartPolicy
    private let prices: PriceScale

    private static let sources =
        [("cocart", 45), ("woocommerce", 27), ("headless", 16), ("pos", 7), ("mobile-app", 5)]
        .flatMap { Array(repeating: $0.0, count: $0.1) }

    /// - Parameters:
    ///   - seed: any number; shops of different seeds have nothing in common but what they sell.
    ///   - now: the latest moment at which a cart was begun or changed.
    ///   - policy: gives the currency and how long carts live.
    public init(seed: UInt64, now: Timestamp, policy: CartPolicy) {
        self.seed = seed
        self.now = now
        self.policy = policy
        prices = PriceScale(policy.currency)
    }

    /// The cart with a number, 0 or more: equal for equal seed, moment, policy and number, whatever other carts were asked for.
    ///
    /// Carts of different numbers have different keys. They are not in order of time. A registered customer's carts, of which
    /// there may be several, agree on who the customer is; the first N carts have about N / 4 customers at most, with ids from 1.
    public func cart(_ number: Int) -> Cart {
        let number = UInt64(number.magnitude)
        var random = SplitMix64(seed: seed, subject: .cart, number: number)
        let words = RandomWords(random.next(), random.next())
        let (owner, shopper) = visitor(number, using: &random)
        let isAddressed = shopper?.customer.billing.country.isEmpty == false
        // Nobody knows what tax is due before it is known where to send the goods.
        let basket = Basket(tax: isAddressed ? shopper?.region.tax ?? 0 : 0, prices: prices, isShipped: isAddressed, using: &random)
        let visit = Visit(until: now, using: &random)
        let isOrdered = isAddressed && basket.items.contains { $0.kind == .cart } && random.chance(15)
        return Cart(
            key: Self.key(words, owner.kind, using: &random), owner: owner, customer: shopper?.customer ?? Customer(),
            currency: policy.currency, items: basket.items, coupons: basket.coupons, fees: basket.fees, totals: basket.totals,
            source: random.pick(Self.sources), ipAddress: Self.ipAddress(using: &random),
            orderID: isOrdered ? Int64(10_000 + number % 1_000_000_000_000) : nil, created: visit.created, updated: visit.updated,
            expires: visit.updated + policy.lifetime(of: owner))
    }

    private func visitor(_ number: UInt64, using random: inout SplitMix64) -> (Owner, Shopper?) {
        let roll = random.below(100)
        let guest = Owner(randomGuest: RandomWords(random.next(), 0))
        if roll < 40 { return (guest, nil) }
        if roll < 60 { return (guest, Shopper(.guest, number: number, using: &random)) }
        // The pool grows with the number, so that a cart does not depend on how many there are.
        let id = 1 + random.below(1 + Int(min(number / 4, UInt64(Int32.max) - 1)))
        var traits = SplitMix64(seed: seed, subject: .customer, number: UInt64(id))
        return (Owner(id: Int64(id)) ?? guest, Shopper(.customer, number: UInt64(id), using: &traits))
    }

    /// A key in one of the forms that clients make, with 112 random bits or more.
    ///
    /// Each form keeps the first 64 bits whole, and these differ for all numbers of one seed: what makes them is a bijection.
    private static func key(_ words: RandomWords, _ kind: Owner.Kind, using random: inout SplitMix64) -> CartKey {
        let key = CartKey(random: words)
        let roll = random.below(100)
        if roll < 15 { return CartKey(String(key.text.dropLast(2))) ?? key }
        if roll < 35, kind == .guest { return CartKey("t_" + key.text.dropLast(4)) ?? key }
        return key
    }

    private static func ipAddress(using random: inout SplitMix64) -> String {
        let host = 1 + random.below(254)
        switch random.below(100) {
        case 0..<30: return "192.0.2.\(host)"
        case 30..<58: return "198.51.100.\(host)"
        case 58..<86: return "203.0.113.\(host)"
        case 86..<97:
            return "2001:db8:\(String(random.below(0x10000), radix: 16))::\(String(host, radix: 16))"
        default: return ""
        }
    }
}
