import CartCore

extension CartRanks {
    /// How many carts have a value within bounds, at the cost of the runs and of two walks within one.
    ///
    /// - Parameters:
    ///   - sort: an order of numbers.
    ///   - filledOnly: carts without items to buy do not count.
    func count(_ bounds: CartFilter.Bounds, in sort: SortIndex, filledOnly: Bool) throws(SQLiteError) -> Int {
        let from = bounds.from ?? .min
        let to = bounds.to ?? .max
        guard from <= to else { return 0 }
        let end = to == .max ? nil : to + 1
        return Int(try count(below: end, in: sort, filledOnly) - count(below: from, in: sort, filledOnly))
    }

    /// - Parameter end: nil: all are counted.
    private func count(below end: Int64?, in sort: SortIndex, _ filledOnly: Bool) throws(SQLiteError) -> Int64 {
        let column = filledOnly ? "filled" : "carts"
        guard let end else {
            return try connection.integer("SELECT sum(\(column)) FROM cart_ranks WHERE sort = ?1", [.integer(sort.number)]) ?? 0
        }
        // The last run that begins before the end is the only one that may go beyond it.
        let last = try connection.statement(
            """
            SELECT value, owner_id, id FROM cart_ranks WHERE sort = ?1 AND value < ?2
            ORDER BY value DESC, owner_id DESC, id DESC LIMIT 1
            """)
        last.bind(sort.number, at: 1)
        last.bind(end, at: 2)
        defer { last.reset() }
        guard try last.step() else { return 0 }
        let start = [last.integer(0), last.integer(1), last.integer(2)].map(Binding.integer)
        let before = try connection.integer(
            "SELECT sum(\(column)) FROM cart_ranks WHERE sort = ? AND (value, owner_id, id) < (?, ?, ?)", [.integer(sort.number)] + start)
        let within = try connection.integer(
            """
            SELECT count(*) FROM carts INDEXED BY \(sort.name) WHERE \(sort.row) >= (?, ?, ?) AND \(sort.column) < ?\
            \(filledOnly ? " AND flags & \(CartFlag.holdsCart) <> 0" : "")
            """, start + [.integer(end)])
        return (before ?? 0) + (within ?? 0)
    }
}
