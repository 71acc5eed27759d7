import CartCore
import Synchronization

extension InMemoryStore {
    /// Counts every cart and every event there was, one after the other.
    public func statistics(at clock: StateClock, days: [Timestamp]) async throws(CartError) -> [Int64: CartStatistics] {
        let (carts, events) = state.withLock { (Array($0.carts.values), $0.events) }
        var stores: [Int64: CartStatistics] = [:]
        for stored in carts {
            guard let cart = stored.cart else { continue }
            let products = Set(cart.items.filter { $0.kind == .cart }.map(\.productID))
            stores[cart.storeID, default: CartStatistics(days: days)].add(
                stored.record.state(at: clock), CartHistory(cart, wasAbandoned: stored.record.wasAbandoned),
                items: Int64(cart.items.count { $0.kind == .cart }), total: cart.totals.total, currency: cart.currency.code, at: clock,
                products: products.sorted())
        }
        for event in events {
            stores[event.storeID, default: CartStatistics(days: days)].add(event.event, at: event.at)
        }
        return stores
    }

    public func forgetEvents(before moment: Timestamp) async throws(CartError) {
        state.withLock { $0.events.removeAll { $0.at < moment } }
    }
}
