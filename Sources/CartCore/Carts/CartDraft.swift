/// A cart as a client writes it: only what it said, before the shop's rules fill in the rest.
public struct CartDraft: Hashable, Sendable {
    /// An item as a client writes it; an amount that is nil follows from the others.
    public struct Item: Hashable, Sendable {
        public var key: String?
        public var kind = CartItem.Kind.cart
        public var productID: Int64
        public var variationID: Int64 = 0
        public var name = ""
        public var sku = ""
        public var quantity = Quantity.one
        public var unitPrice: Int64 = 0
        public var subtotal: Int64?
        public var subtotalTax: Int64?
        public var tax: Int64?
        public var total: Int64?
        public var variation = JSONObject.empty
        public var extra = JSONObject.empty
        public var product = ProductDetails()

        public init(productID: Int64) { self.productID = productID }
    }

    public var key: CartKey?
    public var storeID: Int64?
    public var owner: Owner?
    public var customer = Customer()
    public var currency: Currency?
    public var items: [Item] = []
    public var coupons: [Coupon] = []
    public var fees: [Fee] = []
    /// nil: summed up. Parts that a client leaves out of given totals are 0.
    public var totals: CartTotals?
    public var source = ""
    public var ipAddress = ""
    public var orderID: Int64?
    public var created: Timestamp?
    public var updated: Timestamp?
    public var expires: Timestamp?
    /// What an answer said of the cart; no write goes by it.
    public var state: CartState?
    /// Whether the cart comes from a store in which it was abandoned once. Only an import can know.
    public var wasAbandoned = false

    public init() {}

    /// The whole cart: what the client said, and the shop's rules for the rest.
    ///
    /// - Parameters:
    ///   - key: the key to keep the cart under if the draft names none.
    ///   - previous: of the cart that is replaced what is kept, unless the draft names another.
    ///   - now: the time of creation and change of a cart that brings none.
    /// - Throws: ``CartError`` `.invalid` if a sum grows larger than an amount can be.
    public func completed(
        key: CartKey, replacing previous: CartFacts?, policy: CartPolicy, now: Timestamp, random: some RandomSource
    ) throws(CartError) -> Cart {
        var items: [CartItem] = []
        items.reserveCapacity(self.items.count)
        for (place, item) in self.items.enumerated() {
            do {
                items.append(try item.completed(random: random))
            } catch {
                throw error.inside("items[\(place)]")
            }
        }
        let owner = owner ?? previous.flatMap { Owner(id: $0.ownerID) } ?? Owner(randomGuest: random)
        let updated = updated ?? now
        var totals = self.totals
        if totals == nil { totals = try CartTotals(summing: items, coupons: coupons, fees: fees) }
        return Cart(
            key: self.key ?? key, storeID: storeID ?? previous?.storeID ?? 1, owner: owner, customer: customer,
            currency: currency ?? policy.currency, items: items, coupons: coupons, fees: fees, totals: totals ?? CartTotals(),
            source: source, ipAddress: ipAddress, orderID: orderID,
            created: created ?? previous?.created ?? updated, updated: updated,
            expires: expires ?? updated + policy.lifetime(of: owner))
    }
}

extension CartDraft.Item {
    fileprivate func completed(random: some RandomSource) throws(CartError) -> CartItem {
        let subtotal: Int64
        if let given = self.subtotal {
            subtotal = given
        } else {
            subtotal = try Amount.multiply(unitPrice, by: quantity, field: "subtotal")
        }
        let subtotalTax = subtotalTax ?? 0
        return CartItem(
            key: key ?? Hex.encode(random.bytes(16)), kind: kind, productID: productID, variationID: variationID, name: name, sku: sku,
            quantity: quantity, unitPrice: unitPrice, subtotal: subtotal, subtotalTax: subtotalTax, tax: tax ?? subtotalTax,
            total: total ?? subtotal, variation: variation, extra: extra, product: product)
    }
}
