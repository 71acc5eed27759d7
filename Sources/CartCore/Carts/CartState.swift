/// In what state a cart is at a moment; exactly one of five.
public enum CartState: String, Hashable, Sendable, CaseIterable {
    case converted, expired, abandoned, recovered, active
}

extension CartState {
    /// The state by what a store knows of a cart without its document; see ``Cart/state(at:wasAbandoned:abandonedAfter:)``.
    public init(isConverted: Bool, holdsItems: Bool, _ history: CartHistory, at clock: StateClock) {
        if isConverted {
            self = .converted
        } else if history.expires <= clock.now {
            self = .expired
        } else if holdsItems, history.updated <= clock.now - clock.abandonedAfter {
            self = .abandoned
        } else {
            self = history.wasAbandoned ? .recovered : .active
        }
    }
}

extension Cart {
    /// The cart's state, by the first rule that holds: it has an order; its expiry is past; it has items to buy and has not been
    /// changed for `abandonedAfter`; it was abandoned before; none of these.
    ///
    /// - Parameters:
    ///   - now: the moment asked about.
    ///   - wasAbandoned: whether the cart was abandoned before its last change, see ``wasAbandoned(by:after:)``.
    public func state(at now: Timestamp, wasAbandoned: Bool, abandonedAfter: TimeSpan) -> CartState {
        CartState(
            isConverted: orderID != nil, holdsItems: contents.contains(.cart), CartHistory(self, wasAbandoned: wasAbandoned),
            at: StateClock(now: now, abandonedAfter: abandonedAfter))
    }

    /// Whether the cart was in state `abandoned` at some moment since its last change and up to `now`.
    public func wasAbandoned(by now: Timestamp, after abandonedAfter: TimeSpan) -> Bool {
        let moment = updated + abandonedAfter
        return orderID == nil && contents.contains(.cart) && moment <= now && moment < expires
    }
}
