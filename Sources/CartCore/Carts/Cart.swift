/// A shopper's cart as it is kept.
public struct Cart: Hashable, Sendable {
    public var key: CartKey
    /// The shop of a multi-shop installation, 1…2^31 − 1.
    public var storeID: Int64
    public var owner: Owner
    public var customer: Customer
    public var currency: Currency
    /// Items of every kind, in the shopper's order.
    public var items: [CartItem]
    public var coupons: [Coupon]
    public var fees: [Fee]
    public var totals: CartTotals
    /// The program that wrote the cart, such as `cocart` or `woocommerce`.
    public var source: String
    /// The shopper's address; empty if unknown.
    public var ipAddress: String
    /// The order that the cart became; nil as long as it is a cart.
    public var orderID: Int64?
    public var created: Timestamp
    public var updated: Timestamp
    public var expires: Timestamp

    public init(
        key: CartKey, storeID: Int64 = 1, owner: Owner, customer: Customer = Customer(), currency: Currency = .usd,
        items: [CartItem] = [], coupons: [Coupon] = [], fees: [Fee] = [], totals: CartTotals = CartTotals(),
        source: String = "", ipAddress: String = "", orderID: Int64? = nil,
        created: Timestamp, updated: Timestamp, expires: Timestamp
    ) {
        self.key = key
        self.storeID = storeID
        self.owner = owner
        self.customer = customer
        self.currency = currency
        self.items = items
        self.coupons = coupons
        self.fees = fees
        self.totals = totals
        self.source = source
        self.ipAddress = ipAddress
        self.orderID = orderID
        self.created = created
        self.updated = updated
        self.expires = expires
    }

    /// The kinds of items that the cart holds.
    public var contents: CartContents {
        items.reduce(into: []) { $0.insert(CartContents(kind: $1.kind)) }
    }

    /// Unit price times quantity of the items of kind `cart`, summed exactly and rounded half up to hundredths of a major unit.
    ///
    /// This is the total that CS-Cart shows and filters by; in hundredths it can be compared across currencies of any number
    /// of digits. Nothing overflows: an amount and a quantity have bounds, and so has the number of items.
    public var productsTotal: Int64 {
        currency.hundredths(
            ofMillionths: items.reduce(into: Int128(0)) { sum, item in
                if item.kind == .cart { sum += Int128(item.unitPrice) * Int128(item.quantity.millionths) }
            })
    }
}

/// Which kinds of items a cart holds, as a set of bits that a store can keep in a column.
public struct CartContents: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public static let cart = CartContents(rawValue: 1)
    public static let wishlist = CartContents(rawValue: 2)
    public static let removed = CartContents(rawValue: 4)

    public init(rawValue: Int) { self.rawValue = rawValue }

    public init(kind: CartItem.Kind) {
        switch kind {
        case .cart: self = .cart
        case .wishlist: self = .wishlist
        case .removed: self = .removed
        }
    }
}
