/// A coupon that was applied to a cart. Amounts in minor units.
public struct Coupon: Hashable, Sendable {
    public var code: String
    public var label: String
    public var discount: Int64
    public var discountTax: Int64

    public init(code: String, label: String = "", discount: Int64 = 0, discountTax: Int64 = 0) {
        self.code = code
        self.label = label
        self.discount = discount
        self.discountTax = discountTax
    }
}

/// A fee that was added to a cart. Amounts in minor units.
public struct Fee: Hashable, Sendable {
    public var id: String
    public var name: String
    public var amount: Int64
    public var tax: Int64

    public init(id: String, name: String = "", amount: Int64 = 0, tax: Int64 = 0) {
        self.id = id
        self.name = name
        self.amount = amount
        self.tax = tax
    }
}

/// The ten totals of a cart, in minor units. They are computed or taken over when the cart is written; reading never prices.
public struct CartTotals: Hashable, Sendable {
    public var subtotal: Int64 = 0
    public var subtotalTax: Int64 = 0
    public var discount: Int64 = 0
    public var discountTax: Int64 = 0
    public var shipping: Int64 = 0
    public var shippingTax: Int64 = 0
    public var fees: Int64 = 0
    public var feesTax: Int64 = 0
    public var tax: Int64 = 0
    public var total: Int64 = 0

    public init() {}

    /// The totals with the names they have in the cart document, in its order.
    public static let fields: [(name: String, path: any WritableKeyPath<CartTotals, Int64> & Sendable)] = [
        ("subtotal", \.subtotal), ("subtotal_tax", \.subtotalTax), ("discount", \.discount), ("discount_tax", \.discountTax),
        ("shipping", \.shipping), ("shipping_tax", \.shippingTax), ("fees", \.fees), ("fees_tax", \.feesTax),
        ("tax", \.tax), ("total", \.total),
    ]

    /// Sums up the items of kind `cart`, the coupons and the fees; shipping is 0.
    ///
    /// - Throws: ``CartError`` `.invalid` that names the total which grows larger than an amount can be.
    public init(summing items: [CartItem], coupons: [Coupon], fees: [Fee]) throws(CartError) {
        var net: Int64 = 0
        for item in items where item.kind == .cart {
            subtotal = try Amount.add(subtotal, item.subtotal, field: "totals.subtotal")
            subtotalTax = try Amount.add(subtotalTax, item.subtotalTax, field: "totals.subtotal_tax")
            tax = try Amount.add(tax, item.tax, field: "totals.tax")
            net = try Amount.add(net, item.total, field: "totals.total")
        }
        for coupon in coupons {
            discount = try Amount.add(discount, coupon.discount, field: "totals.discount")
            discountTax = try Amount.add(discountTax, coupon.discountTax, field: "totals.discount_tax")
        }
        for fee in fees {
            self.fees = try Amount.add(self.fees, fee.amount, field: "totals.fees")
            feesTax = try Amount.add(feesTax, fee.tax, field: "totals.fees_tax")
        }
        tax = try Amount.add(tax, feesTax, field: "totals.tax")
        total = try Amount.add(try Amount.add(net, self.fees, field: "totals.total"), tax, field: "totals.total")
    }
}
