/// What is counted by day.
public enum CartEvent: String, Hashable, Sendable, CaseIterable {
    /// A cart was created.
    case created
    /// A cart with items had rested for ``CartPolicy/abandonedAfter``.
    case abandoned
    /// A cart was changed that had been abandoned.
    case recovered

    /// Events are counted in quarters of an hour, of which the days of every time zone are made.
    public static let quarter: Int64 = 900_000
}

/// As much of a cart as tells what happened to it.
public struct CartHistory: Hashable, Sendable {
    public var created: Timestamp
    public var updated: Timestamp
    public var expires: Timestamp
    /// Holds items to buy, and no order was made of it.
    public var canBeAbandoned: Bool
    /// See ``Cart/wasAbandoned(by:after:)``.
    public var wasAbandoned: Bool

    public init(created: Timestamp, updated: Timestamp, expires: Timestamp, canBeAbandoned: Bool, wasAbandoned: Bool) {
        self.created = created
        self.updated = updated
        self.expires = expires
        self.canBeAbandoned = canBeAbandoned
        self.wasAbandoned = wasAbandoned
    }

    public init(_ cart: Cart, wasAbandoned: Bool) {
        self.init(
            created: cart.created, updated: cart.updated, expires: cart.expires,
            canBeAbandoned: cart.orderID == nil && cart.contents.contains(.cart), wasAbandoned: wasAbandoned)
    }

    /// When the cart became abandoned, as it stands; nil if it has not by `now`.
    public func abandoned(by now: Timestamp, after abandonedAfter: TimeSpan) -> Timestamp? {
        let moment = updated + abandonedAfter
        return canBeAbandoned && moment <= now && moment < expires ? moment : nil
    }

    /// The events that a write brings to light, with the moment of each: a store counts them with the write. That a cart which stands is
    /// abandoned is not among them, since nobody writes at that moment; it is when the cart is changed or goes.
    ///
    /// - Parameter old, new: nil is no cart.
    public static func events(
        from old: CartHistory?, to new: CartHistory?, at now: Timestamp, abandonedAfter: TimeSpan
    ) -> [(event: CartEvent, at: Timestamp)] {
        guard let old else { return new.map { [(.created, min($0.created, now))] } ?? [] }
        // A cart that is written again with the time of its last change, as by a second import, has not come back.
        guard let moment = old.abandoned(by: min(now, new?.updated ?? now), after: abandonedAfter) else { return [] }
        guard let new, new.wasAbandoned else { return [(.abandoned, moment)] }
        return [(.abandoned, moment), (.recovered, min(new.updated, now))]
    }
}
