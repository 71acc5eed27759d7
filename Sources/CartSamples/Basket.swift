import CartCore

/// What is in a cart and what it costs.
struct Basket {
    private(set) var items: [CartItem] = []
    private(set) var coupons: [Coupon] = []
    private(set) var fees: [Fee] = []
    private(set) var totals = CartTotals()

    /// How much of the catalogue a program keeps with an item.
    private enum Details {
        case none, short, full
    }

    /// How many of a hundred carts with items have 1, 2, … of them.
    private static let sizes = [28, 26, 18, 12, 7, 5, 3, 1].enumerated().flatMap { Array(repeating: $0 + 1, count: $1) }
    private static let discounts: [(code: String, label: String, percent: Int64)] = [
        ("WELCOME10", "10 % for newcomers", 10), ("SUMMER15", "Summer sale", 15), ("FRIENDS20", "Friends & family", 20),
        ("NEWSLETTER5", "Newsletter", 5), ("GRÜN10", "Frühlingsrabatt", 10), ("VIP25", "", 25), ("ÉTÉ20", "Soldes d'été", 20),
    ]
    private static let shippingCents: [Int64] = [390, 490, 490, 690, 990, 1490]

    private let tax: Int64
    private let prices: PriceScale

    /// - Parameters:
    ///   - tax: in thousandths.
    ///   - isShipped: whether it is known where to, and so what that costs.
    init(tax: Int64, prices: PriceScale, isShipped: Bool, using random: inout SplitMix64) {
        self.tax = tax
        self.prices = prices
        guard !random.chance(8) else { return }
        addItems(using: &random)
        guard items.contains(where: { $0.kind == .cart }) else { return }
        if random.chance(9) { redeem(random.pick(Self.discounts)) }
        if random.chance(3) {
            let amount = prices.amount(cents: 390)
            fees.append(Fee(id: "gift-wrap", name: "Gift wrap", amount: amount, tax: taxed(amount)))
        }
        totals = (try? CartTotals(summing: items, coupons: coupons, fees: fees)) ?? CartTotals()
        if isShipped, random.chance(80) { ship(for: prices.amount(cents: random.pick(Self.shippingCents))) }
    }

    private mutating func addItems(using random: inout SplitMix64) {
        let count = random.pick(Self.sizes)
        let wished = !random.chance(11) ? 0 : random.chance(10) ? count : 1 + random.below(min(count - 1, 2))
        let removed = random.chance(5) ? 1 + random.below(2) : 0
        let roll = random.below(100)
        let details: Details = roll < 6 ? .full : roll < 20 ? .short : .none
        items.reserveCapacity(count + removed)
        var taken: [Int] = []
        for place in 0..<(count + removed) {
            let kind: CartItem.Kind = place >= count ? .removed : place >= count - wished ? .wishlist : .cart
            var product = Catalogue.place(using: &random)
            while taken.contains(product) { product = (product + 1) % Catalogue.products.count }
            taken.append(product)
            items.append(item(Catalogue.products[product], kind, details, using: &random))
        }
    }

    private func item(
        _ product: Product, _ kind: CartItem.Kind, _ details: Details, using random: inout SplitMix64
    ) -> CartItem {
        let variation = random.pick(product.variations)
        let quantity = Quantity(millionths: Self.millionths(of: product.unit, using: &random)) ?? .one
        let price = prices.amount(cents: product.cents)
        let subtotal = (try? Amount.multiply(price, by: quantity, field: "subtotal")) ?? price
        let extra = random.chance(7) ? random.pick(JSONObject.itemExtras) : .empty
        return CartItem(
            key: variation.key, kind: kind, productID: product.id, variationID: variation.id, name: product.name, sku: variation.sku,
            quantity: quantity, unitPrice: price, subtotal: subtotal, subtotalTax: taxed(subtotal), tax: taxed(subtotal),
            total: subtotal, variation: variation.attributes, extra: extra,
            product: details == .full ? product.fullDetails : details == .short ? product.shortDetails : ProductDetails())
    }

    private static func millionths(of unit: ProductFamily.Unit, using random: inout SplitMix64) -> Int64 {
        let roll = random.below(100)
        switch unit {
        case .piece: return Int64(roll < 70 ? 1 : roll < 88 ? 2 : roll < 98 ? 3 + roll % 4 : 12) * 1_000_000
        case .kilogram: return roll < 50 ? Int64(1 + roll % 8) * 250_000 : Int64(1 + random.below(30)) * 50_000
        case .metre: return Int64(1 + random.below(24)) * 250_000
        }
    }

    private mutating func redeem(_ discount: (code: String, label: String, percent: Int64)) {
        var coupon = Coupon(code: discount.code, label: discount.label)
        for place in items.indices where items[place].kind == .cart {
            let item = items[place]
            let total = item.subtotal - (item.subtotal * discount.percent + 50) / 100
            items[place].total = total
            items[place].tax = taxed(total)
            coupon.discount += item.subtotal - total
            coupon.discountTax += item.subtotalTax - taxed(total)
        }
        coupons = [coupon]
    }

    /// Larger orders are sent free of charge.
    private mutating func ship(for amount: Int64) {
        guard totals.subtotal < prices.amount(cents: 15_000) else { return }
        totals.shipping = amount
        totals.shippingTax = taxed(amount)
        totals.tax += totals.shippingTax
        totals.total += totals.shipping + totals.shippingTax
    }

    /// The tax on an amount of 0 or more, rounded half up.
    private func taxed(_ amount: Int64) -> Int64 { (amount * tax + 500) / 1000 }
}
