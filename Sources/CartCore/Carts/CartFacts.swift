/// What must be known of a cart to answer for it without reading its document: whose it is, and what its state follows from.
public struct CartFacts: Hashable, Sendable {
    public var storeID: Int64
    public var ownerID: Int64
    /// Whether an order was made of it.
    public var isConverted: Bool
    /// Whether there is something to buy in it.
    public var holdsItems: Bool
    public var created: Timestamp
    public var updated: Timestamp
    public var expires: Timestamp
    /// See ``Cart/wasAbandoned(by:after:)``.
    public var wasAbandoned: Bool

    public init(
        storeID: Int64, ownerID: Int64, isConverted: Bool, holdsItems: Bool, created: Timestamp, updated: Timestamp, expires: Timestamp,
        wasAbandoned: Bool
    ) {
        self.storeID = storeID
        self.ownerID = ownerID
        self.isConverted = isConverted
        self.holdsItems = holdsItems
        self.created = created
        self.updated = updated
        self.expires = expires
        self.wasAbandoned = wasAbandoned
    }

    public init(_ cart: Cart, wasAbandoned: Bool) {
        self.init(
            storeID: cart.storeID, ownerID: cart.owner.id, isConverted: cart.orderID != nil, holdsItems: cart.contents.contains(.cart),
            created: cart.created, updated: cart.updated, expires: cart.expires, wasAbandoned: wasAbandoned)
    }

    /// What tells of the events of the cart.
    public var history: CartHistory {
        CartHistory(
            created: created, updated: updated, expires: expires, canBeAbandoned: holdsItems && !isConverted, wasAbandoned: wasAbandoned)
    }
}
