import CartCore

/// What the writes of one transaction share: the counter that revisions are taken from, and the counts that are brought up to date
/// once at its end, since many carts of one transaction fall into few of them.
final class WriteTransaction {
    let connection: Connection
    private var revision: Int64
    private let firstRevision: Int64
    private var counts: CartCounts

    /// - Parameter abandonedAfter: see ``SQLiteStore/init(path:abandonedAfter:)``.
    init(_ connection: Connection, abandonedAfter: TimeSpan) throws(SQLiteError) {
        self.connection = connection
        firstRevision = try connection.integer("SELECT value FROM counters WHERE name = 'revision'") ?? 0
        revision = firstRevision
        counts = CartCounts(abandonedAfter: abandonedAfter)
    }

    /// The next number for an id or revision.
    func nextRevision() -> Int64 {
        revision += 1
        return revision
    }

    /// Notes that a cart has changed from an old form to a new one; nil is no cart.
    func count(from old: CartColumns?, to new: CartColumns?, id: Int64, at now: Timestamp) {
        counts.count(from: old, to: new, id: id, at: now)
    }

    /// Counts all carts of a store that was empty, whatever was noted before.
    func countEverything(at now: Timestamp) throws(SQLiteError) {
        counts.forgetCarts()
        try countCarts()
        let created = try connection.statement(Schema.countCreated)
        created.bind(now.milliseconds, at: 1)
        try created.run()
    }

    /// Counts all carts by order and by flags, and no event, in place of what was counted before.
    func countCarts() throws(SQLiteError) {
        try connection.execute("DELETE FROM cart_ranks; DELETE FROM cart_facets")
        let ranks = CartRanks(connection: connection)
        for sort in SortIndex.all { try ranks.countEverything(in: sort) }
        try connection.execute(
            "INSERT INTO cart_facets SELECT store_id, flags, count(*) FROM carts INDEXED BY carts_id GROUP BY store_id, flags")
    }

    /// Writes what was noted. Nothing may be written after it in the same transaction.
    func finish() throws(SQLiteError) {
        guard revision != firstRevision else { return }
        for (event, count) in counts.events {
            let upsert = try connection.statement(
                "INSERT INTO cart_events VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET count = count + excluded.count")
            upsert.bind(event.storeID, at: 1)
            upsert.bind(event.event.rawValue, at: 2)
            upsert.bind(event.quarter, at: 3)
            upsert.bind(count, at: 4)
            try upsert.run()
        }
        let update = try connection.statement("UPDATE counters SET value = ?1 WHERE name = 'revision'")
        update.bind(revision, at: 1)
        try update.run()
        let ranks = CartRanks(connection: connection)
        for (changes, sort) in zip(counts.ranks, SortIndex.all) { try ranks.count(changes, in: sort) }
        for (facet, count) in counts.facets where count != 0 {
            let upsert = try connection.statement(
                "INSERT INTO cart_facets VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET carts = carts + excluded.carts")
            upsert.bind(facet.storeID, at: 1)
            upsert.bind(facet.flags, at: 2)
            upsert.bind(count, at: 3)
            try upsert.run()
            // Else whoever writes carts of ever new stores would leave rows behind.
            if count < 0 {
                let delete = try connection.statement("DELETE FROM cart_facets WHERE store_id = ?1 AND flags = ?2 AND carts = 0")
                delete.bind(facet.storeID, at: 1)
                delete.bind(facet.flags, at: 2)
                try delete.run()
            }
        }
    }
}
