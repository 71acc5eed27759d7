import CartCore

/// Counts all carts on one unchanging view of the database: one walk through the narrow rows, and one through the counted events.
struct StatisticsReader {
    let connection: Connection
    let clock: StateClock
    let days: [Timestamp]

    func statistics() throws(SQLiteError) -> [Int64: CartStatistics] {
        var stores: [Int64: CartStatistics] = [:]
        try countCarts(into: &stores)
        try countEvents(into: &stores)
        return stores
    }

    private func countCarts(into stores: inout [Int64: CartStatistics]) throws(SQLiteError) {
        let walk = try connection.statement(
            "SELECT store_id, flags, created, updated, expires, total, currency, items, products FROM carts NOT INDEXED")
        defer { walk.reset() }
        let empty = CartStatistics(days: days)
        while try walk.step() {
            stores[walk.integer(0), default: empty].add(
                flags: walk.integer(1), created: walk.integer(2), updated: walk.integer(3), expires: walk.integer(4),
                items: walk.integer(7), total: walk.integer(5), currency: walk.text(6), products: walk.text(8), at: clock)
        }
    }

    private func countEvents(into stores: inout [Int64: CartStatistics]) throws(SQLiteError) {
        guard let first = days.first else { return }
        let select = try connection.statement("SELECT store_id, event, quarter, count FROM cart_events WHERE quarter >= ?1")
        select.bind(first.milliseconds / CartEvent.quarter, at: 1)
        defer { select.reset() }
        while try select.step() {
            guard let event = CartEvent(rawValue: select.text(1)) else { continue }
            stores[select.integer(0), default: CartStatistics(days: days)].add(
                event, at: Timestamp(milliseconds: select.integer(2) &* CartEvent.quarter), count: select.integer(3))
        }
    }
}
