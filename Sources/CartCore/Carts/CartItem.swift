/// One line of a cart.
public struct CartItem: Hashable, Sendable {
    /// In which part of the cart an item stands.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// To be bought.
        case cart
        /// Remembered for later.
        case wishlist
        /// Taken out by the shopper, who may put it back.
        case removed
    }

    /// Unique in its cart: 1 to 64 visible ASCII characters.
    public var key: String
    public var kind: Kind
    /// 1 or more.
    public var productID: Int64
    /// 0 if the product has no variations.
    public var variationID: Int64
    public var name: String
    public var sku: String
    public var quantity: Quantity
    /// Minor units.
    public var unitPrice: Int64
    /// Before discounts, without tax, in minor units.
    public var subtotal: Int64
    public var subtotalTax: Int64
    /// Tax after discounts, in minor units.
    public var tax: Int64
    /// After discounts, without tax, in minor units.
    public var total: Int64
    /// The chosen attributes, kept verbatim.
    public var variation: JSONObject
    /// The shop's own data of the item, kept verbatim.
    public var extra: JSONObject
    public var product: ProductDetails

    public init(
        key: String, kind: Kind = .cart, productID: Int64, variationID: Int64 = 0, name: String = "", sku: String = "",
        quantity: Quantity = .one, unitPrice: Int64 = 0, subtotal: Int64 = 0, subtotalTax: Int64 = 0, tax: Int64 = 0, total: Int64 = 0,
        variation: JSONObject = .empty, extra: JSONObject = .empty, product: ProductDetails = ProductDetails()
    ) {
        self.key = key
        self.kind = kind
        self.productID = productID
        self.variationID = variationID
        self.name = name
        self.sku = sku
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.subtotal = subtotal
        self.subtotalTax = subtotalTax
        self.tax = tax
        self.total = total
        self.variation = variation
        self.extra = extra
        self.product = product
    }
}

/// What the shop's catalogue said of a product when it was put into the cart; nil is what it did not say.
public struct ProductDetails: Hashable, Sendable {
    public var title: String?
    public var slug: String?
    public var type: String?
    /// URL of the picture.
    public var image: String?
    public var weight: String?
    /// Length, width, height and unit, kept verbatim.
    public var dimensions: JSONObject?
    public var minQuantity: Quantity?
    /// nil is unlimited.
    public var maxQuantity: Quantity?
    public var backorders: String?

    public init() {}
}
