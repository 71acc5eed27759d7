import Synchronization

/// The figures as they were counted last. Whoever asks gets what there is and counts nothing.
public final class LatestStatistics: Sendable {
    /// Figures of one moment.
    public struct Counted: Sendable {
        public var asOf: Timestamp
        /// Of all stores together.
        public var all: CartStatistics
        /// Of each store.
        public var stores: [Int64: CartStatistics]
        /// What the products that stand in the most abandoned carts are called.
        public var productNames: [Int64: String]
        /// Carts that are due for the sweep.
        public var due: Int

        public init(
            asOf: Timestamp, all: CartStatistics, stores: [Int64: CartStatistics], productNames: [Int64: String], due: Int
        ) {
            self.asOf = asOf
            self.all = all
            self.stores = stores
            self.productNames = productNames
            self.due = due
        }

        /// The figures that somebody may see.
        ///
        /// - Parameter storeID: the one store whose carts the caller may see; nil: all.
        public func figures(of storeID: Int64?) -> CartStatistics {
            guard let storeID else { return all }
            return stores[storeID] ?? CartStatistics(days: all.days.map(\.start))
        }
    }

    private struct State {
        var counted: Counted?
        /// Whether nobody knows when there will be figures.
        var isGivenUp = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Replaces the figures.
    public func set(_ counted: Counted) {
        let waiting = state.withLock { state in
            state.counted = counted
            state.isGivenUp = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Lets nobody wait until there are figures, as when counting failed.
    public func giveUp() {
        let waiting = state.withLock { state in
            state.isGivenUp = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// When the last figures were counted; nil before the first.
    public var asOf: Timestamp? { state.withLock { $0.counted?.asOf } }

    /// The last figures; right after the start it waits for the first.
    ///
    /// - Throws: ``CartError`` `.unavailable` if nothing could be counted.
    public func latest() async throws(CartError) -> Counted {
        if let counted = state.withLock({ $0.counted }) { return counted }
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                let waits = state.counted == nil && !state.isGivenUp
                if waits { state.waiting.append(continuation) }
                return waits
            }
            if !waits { continuation.resume() }
        }
        guard let counted = state.withLock({ $0.counted }) else {
            throw CartError(.unavailable, "The statistics have not been counted yet.", retryAfter: 5)
        }
        return counted
    }
}
