#if Postgres
import CartCore

/// Counts all carts on one unchanging view of the database: one walk through the narrow rows, and one through the counted events.
struct StatisticsReader {
    let connection: Connection
    let clock: StateClock
    let days: [Timestamp]

    func statistics() throws -> [Int64: CartStatistics] {
        var stores: [Int64: CartStatistics] = [:]
        try connection.transaction(PageReader.begin) {
            try countCarts(into: &stores)
            try countEvents(into: &stores)
        }
        return stores
    }

    private func countCarts(into stores: inout [Int64: CartStatistics]) throws(PostgresError) {
        let empty = CartStatistics(days: days)
        let clock = clock
        // Only of abandoned carts, which are not converted, the products count.
        try connection.walk(
            """
            SELECT store_id, flags, created, updated, expires, total, currency, items,
            CASE WHEN flags & \(CartFlag.converted | CartFlag.holdsCart) = \(CartFlag.holdsCart) THEN products ELSE '' END FROM carts
            """
        ) { rows, row in
            stores[rows.integer(row, 0), default: empty].add(
                flags: rows.integer(row, 1), created: rows.integer(row, 2), updated: rows.integer(row, 3), expires: rows.integer(row, 4),
                items: rows.integer(row, 7), total: rows.integer(row, 5), currency: rows.text(row, 6), products: rows.text(row, 8),
                at: clock)
        }
    }

    private func countEvents(into stores: inout [Int64: CartStatistics]) throws(PostgresError) {
        guard let first = days.first else { return }
        let rows = try connection.query(
            "SELECT store_id, event, quarter, count FROM cart_events WHERE quarter >= $1",
            [.integer(first.milliseconds / CartEvent.quarter)])
        for row in 0..<rows.count {
            guard let event = CartEvent(rawValue: rows.text(row, 1)) else { continue }
            stores[rows.integer(row, 0), default: CartStatistics(days: days)].add(
                event, at: Timestamp(milliseconds: rows.integer(row, 2) &* CartEvent.quarter), count: rows.integer(row, 3))
        }
    }
}

extension Connection {
    /// Rows that are fetched at once.
    private static let fetched = 5000

    /// Goes through the rows of a statement without holding all of them; a transaction must be open.
    func walk(_ sql: String, _ values: [Value] = [], _ body: (Rows, Int) -> Void) throws(PostgresError) {
        try send("DECLARE walk NO SCROLL CURSOR FOR \(sql)", values)
        while true {
            guard let rows = try fetch() else { throw .closed }
            for row in 0..<rows.count { body(rows, row) }
            if rows.count < Self.fetched { break }
        }
        try send("CLOSE walk")
    }

    private func fetch() throws(PostgresError) -> Rows? {
        try send("FETCH FORWARD \(Self.fetched) FROM walk")
        return try finish().last
    }
}
#endif
