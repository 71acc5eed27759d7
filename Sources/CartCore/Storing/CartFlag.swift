/// Flags of a cart, which stores keep in one column so that every index can carry them all; never changed, since databases hold them.
package enum CartFlag {
    package static let holdsCart: Int64 = 1
    package static let holdsWishlist: Int64 = 2
    package static let holdsRemoved: Int64 = 4
    package static let holdsAnything = holdsCart | holdsWishlist | holdsRemoved
    package static let converted: Int64 = 8
    package static let wasAbandoned: Int64 = 16
    package static let contact: Int64 = 32
    package static let guest: Int64 = 64
}

extension CartHistory {
    /// - Parameters:
    ///   - flags: ``CartFlag``.
    ///   - created, updated, expires: milliseconds since 1970.
    package init(flags: Int64, created: Int64, updated: Int64, expires: Int64) {
        self.init(
            created: Timestamp(milliseconds: created), updated: Timestamp(milliseconds: updated), expires: Timestamp(milliseconds: expires),
            canBeAbandoned: flags & (CartFlag.holdsCart | CartFlag.converted) == CartFlag.holdsCart,
            wasAbandoned: flags & CartFlag.wasAbandoned != 0)
    }
}

extension CartFacts {
    /// - Parameters:
    ///   - flags: ``CartFlag``.
    ///   - created, updated, expires: milliseconds since 1970.
    package init(storeID: Int64, ownerID: Int64, flags: Int64, created: Int64, updated: Int64, expires: Int64) {
        self.init(
            storeID: storeID, ownerID: ownerID, isConverted: flags & CartFlag.converted != 0,
            holdsItems: flags & CartFlag.holdsCart != 0, created: Timestamp(milliseconds: created),
            updated: Timestamp(milliseconds: updated), expires: Timestamp(milliseconds: expires),
            wasAbandoned: flags & CartFlag.wasAbandoned != 0)
    }
}

extension CartStatistics {
    /// Adds the cart of a row.
    ///
    /// - Parameter columns: `flags` and moments as ``CartColumns`` has them; `products` need be there for abandoned carts alone.
    package mutating func add(
        flags: Int64, created: Int64, updated: Int64, expires: Int64, items: Int64, total: Int64, currency: String,
        products: @autoclosure () -> String, at clock: StateClock
    ) {
        let history = CartHistory(flags: flags, created: created, updated: updated, expires: expires)
        let state = CartState(
            isConverted: flags & CartFlag.converted != 0, holdsItems: flags & CartFlag.holdsCart != 0, history, at: clock)
        add(
            state, history, items: items, total: total, currency: currency, at: clock,
            products: state == .abandoned
                ? CartColumns.productKinds(of: products()).compactMap { $0.kinds & CartFlag.holdsCart == 0 ? nil : $0.product } : [])
    }
}
