/// What the carts of one transaction are counted by, collected to be brought up to date once at its end, since many carts fall into few
/// of these counts.
package struct CartCounts {
    /// Carts of one store and combination of flags.
    package struct Facet: Hashable {
        package var storeID: Int64
        /// ``CartFlag``
        package var flags: Int64
    }

    /// Events of one store, kind and quarter of an hour.
    package struct Event: Hashable {
        package var storeID: Int64
        package var event: CartEvent
        package var quarter: Int64
    }

    /// A cart that has come to a place in an order (`count` 1), or gone from one (−1).
    package struct RankChange {
        package var position: CartPosition
        package var isFilled: Bool
        package var count: Int64
    }

    /// For each of the orders in ``CartSort/Field/allCases``.
    package private(set) var ranks: [[RankChange]]
    package private(set) var facets: [Facet: Int64] = [:]
    package private(set) var events: [Event: Int64] = [:]
    private let abandonedAfter: TimeSpan

    /// - Parameter abandonedAfter: ``CartPolicy/abandonedAfter``, for the count of abandoned carts by day.
    package init(abandonedAfter: TimeSpan) {
        self.abandonedAfter = abandonedAfter
        ranks = Array(repeating: [], count: CartSort.Field.allCases.count)
    }

    /// Notes that a cart has changed from an old form to a new one; nil is no cart.
    package mutating func count(from old: CartColumns?, to new: CartColumns?, id: Int64, at now: Timestamp) {
        for (event, moment) in CartHistory.events(from: old?.history, to: new?.history, at: now, abandonedAfter: abandonedAfter) {
            // A cart that was moved to another store happened where it was.
            let place = Event(storeID: old?.storeID ?? new?.storeID ?? 1, event: event, quarter: moment.milliseconds / CartEvent.quarter)
            events[place, default: 0] += 1
        }
        for (place, field) in CartSort.Field.allCases.enumerated() {
            let before = old.map { $0.position(in: field, id: id) }
            let after = new.map { $0.position(in: field, id: id) }
            if before == after, old?.isFilled == new?.isFilled { continue }
            if let old, let before { ranks[place].append(RankChange(position: before, isFilled: old.isFilled, count: -1)) }
            if let new, let after { ranks[place].append(RankChange(position: after, isFilled: new.isFilled, count: 1)) }
        }
        if let old { facets[Facet(storeID: old.storeID, flags: old.flags), default: 0] -= 1 }
        if let new { facets[Facet(storeID: new.storeID, flags: new.flags), default: 0] += 1 }
    }

    /// Forgets the carts that were noted, not the events: somebody has counted all carts.
    package mutating func forgetCarts() {
        ranks = Array(repeating: [], count: CartSort.Field.allCases.count)
        facets = [:]
    }
}
