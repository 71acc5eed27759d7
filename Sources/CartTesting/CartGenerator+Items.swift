import CartCore

extension CartGenerator {
    /// An amount from a small set, so that ties are many, or seldom one of the largest there are.
    mutating func amount() -> Int64 {
        if chance(3) { return pick([Amount.range.lowerBound, Amount.range.upperBound, -1]) }
        return Int64(number(0...6)) * 100
    }

    mutating func quantity() -> Quantity {
        if chance(70) { return Quantity(number(1...3)) ?? .one }
        let millionths: [Int64] = [1, 100_000, 125_000, 1_500_000, 2_500_001, 1_000_000_000_000_000]
        return Quantity(millionths: pick(millionths)) ?? .one
    }

    /// Up to six items of all kinds, of few products, so that filters by product find some.
    mutating func items() -> [CartItem] {
        let count = chance(15) ? 0 : number(0...6)
        return (0..<count).map { place in item(key: "i\(place)~!\(number(0...9))") }
    }

    private mutating func item(key: String) -> CartItem {
        let price = amount()
        return CartItem(
            key: key, kind: pick([.cart, .cart, .cart, .wishlist, .removed]), productID: Int64(number(1...12)),
            variationID: chance(20) ? Int64(number(1...3)) : 0, name: name(), sku: chance(50) ? "SKU-\(number(1...9))" : "",
            quantity: quantity(), unitPrice: price, subtotal: chance(80) ? price : amount(), subtotalTax: amount(), tax: amount(),
            total: amount(), variation: object(), extra: object(), product: details())
    }

    private mutating func details() -> ProductDetails {
        var details = ProductDetails()
        if chance(50) { details.title = name() }
        if chance(50) { details.slug = "a-slug" }
        if chance(50) { details.type = pick(["simple", "variable", ""]) }
        if chance(30) { details.image = "https://example.com/\(number(1...9)).jpg" }
        if chance(30) { details.weight = pick(["0.1", "1,5", ""]) }
        if chance(30) { details.dimensions = object() }
        if chance(30) { details.minQuantity = quantity() }
        if chance(30) { details.maxQuantity = quantity() }
        if chance(30) { details.backorders = pick(["no", "notify", ""]) }
        return details
    }

    mutating func coupons() -> [Coupon] {
        let count = chance(70) ? 0 : number(1...2)
        return (0..<count).map { _ in
            Coupon(code: "C" + name(), label: name(), discount: Int64(number(0...9)), discountTax: Int64(number(0...3)))
        }
    }

    mutating func fees() -> [Fee] {
        let count = chance(80) ? 0 : number(1...2)
        return (0..<count).map { place in Fee(id: "fee\(place)", name: name(), amount: Int64(number(0...9)), tax: Int64(number(0...3))) }
    }

    /// The sums, or a random set of totals, which a client may give.
    mutating func totals(of cart: Cart) -> CartTotals {
        if chance(60), let sums = try? CartTotals(summing: cart.items, coupons: cart.coupons, fees: cart.fees) { return sums }
        var totals = CartTotals()
        for field in CartTotals.fields { totals[keyPath: field.path] = amount() }
        return totals
    }
}
