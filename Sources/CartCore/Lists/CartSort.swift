/// The order of a list of carts.
public struct CartSort: Hashable, Sendable {
    /// What a list is ordered by. Ties are broken by the owner's number and then by the cart's id, in the same direction, so that
    /// every order is total.
    public enum Field: String, Hashable, Sendable, CaseIterable {
        case id, created, updated, expires, total
        /// ``Cart/productsTotal``
        case productsTotal = "products_total"
        /// ``Customer/sortName``
        case customer
    }

    public enum Direction: String, Hashable, Sendable, CaseIterable {
        case ascending = "asc"
        case descending = "desc"
    }

    public var field: Field
    public var direction: Direction

    public init(_ field: Field, _ direction: Direction = .ascending) {
        self.field = field
        self.direction = direction
    }
}

/// The place of one cart in an order: what a cursor keeps.
public struct CartPosition: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        case integer(Int64)
        case text(String)
    }

    public var value: Value
    public var ownerID: Int64
    public var id: Int64

    public init(value: Value, ownerID: Int64, id: Int64) {
        self.value = value
        self.ownerID = ownerID
        self.id = id
    }
}

extension CartRecord {
    /// The record's place in an order by `field`.
    public func position(in field: CartSort.Field, of cart: Cart) -> CartPosition {
        let value: CartPosition.Value =
            switch field {
            case .id: .integer(id)
            case .created: .integer(cart.created.milliseconds)
            case .updated: .integer(cart.updated.milliseconds)
            case .expires: .integer(cart.expires.milliseconds)
            case .total: .integer(cart.totals.total)
            case .productsTotal: .integer(cart.productsTotal)
            case .customer: .text(cart.customer.sortName)
            }
        return CartPosition(value: value, ownerID: cart.owner.id, id: id)
    }
}
