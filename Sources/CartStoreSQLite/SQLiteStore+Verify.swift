import CartCore

extension SQLiteStore {
    /// What two tables have of a cart.
    private static let twice = ["store_id", "owner_id", "flags", "created", "updated", "expires"]

    public func verify() async throws(CartError) -> [String] {
        try await readers.readAside { connection in
            try connection.reading {
                let damage = try connection.texts("PRAGMA integrity_check(10)").filter { $0 != "ok" }
                if !damage.isEmpty { return damage.map { "The database file is damaged: \($0)." } }
                let carts = try connection.integer("SELECT count(*) FROM carts") ?? 0
                let documents = try connection.integer("SELECT count(*) FROM cart_documents") ?? 0
                let counted = try connection.integer("SELECT coalesce(sum(carts), 0) FROM cart_facets") ?? 0
                guard carts == documents && carts == counted else {
                    return ["There are \(carts) carts, \(documents) documents, and \(counted) carts are counted."]
                }
                var wrong: [String] = []
                // A cross join keeps the planner to the order of the ids, along both tables.
                let same = try connection.integer(
                    """
                    SELECT count(*) FROM carts NOT INDEXED CROSS JOIN cart_documents AS shown ON shown.id = carts.id
                    WHERE \(Self.twice.map { "shown.\($0) = carts.\($0)" }.joined(separator: " AND "))
                    """)
                if same != carts { wrong.append("\(carts - (same ?? 0)) carts have other values beside their documents.") }
                for sort in SortIndex.all {
                    let ranked =
                        try connection.integer("SELECT sum(carts) FROM cart_ranks WHERE sort = ?1", [.integer(sort.number)]) ?? 0
                    if ranked != carts { wrong.append("There are \(carts) carts, and \(ranked) in the order by \(sort.column).") }
                }
                return wrong
            }
        }
    }
}
