/// The shop's rules for carts that are past their expiry.
public struct SweepPolicy: Hashable, Sendable {
    /// Whose carts have a rule of their own.
    public enum Group: String, Hashable, Sendable, CaseIterable {
        /// Carts without items of any kind, whosever they are.
        case empty
        case guest, customer
    }

    /// How long after its expiry a cart is left; nil: for ever.
    public var keepGuest: TimeSpan?
    public var keepCustomer: TimeSpan?
    public var keepEmpty: TimeSpan?
    /// The share of all carts, 0…1, that a run may remove by itself.
    public var guardShare = 0.2
    /// Carts that a run may remove by itself, whatever their share.
    public static let guardFree = 1000

    public init(keepGuest: TimeSpan? = .days(37), keepCustomer: TimeSpan? = .days(37), keepEmpty: TimeSpan? = .days(37)) {
        self.keepGuest = keepGuest
        self.keepCustomer = keepCustomer
        self.keepEmpty = keepEmpty
    }

    /// The carts of a group that are due at a moment; nil if they are kept for ever. No cart is in two groups.
    public func due(_ group: Group, at now: Timestamp) -> CartFilter? {
        let keep =
            switch group {
            case .empty: keepEmpty
            case .guest: keepGuest
            case .customer: keepCustomer
            }
        guard let keep else { return nil }
        var filter = CartFilter()
        filter.expires.to = (now - keep).milliseconds
        filter.holdsNothing = group == .empty
        switch group {
        case .empty: break
        case .guest: filter.ownerKind = .guest
        case .customer: filter.ownerKind = .customer
        }
        return filter
    }

    /// Whether so many carts of all are more than a run may remove without being told to.
    public func mustConfirm(_ due: Int, of total: Int) -> Bool {
        due > Self.guardFree && Double(due) > guardShare * Double(total)
    }
}
