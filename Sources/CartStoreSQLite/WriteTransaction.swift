import CartCore

/// What the writes of one transaction share: the counter that revisions are taken from, and the counts that are brought up to date
/// once at its end, since many carts of one transaction fall into few of them.
final class WriteTransaction {
    let connection: Connection
    private var revision: Int64
    private let firstRevision: Int64
    private var ranks: [[CartRanks.Change]]
    private var facets: [Facet: Int64] = [:]
    private var events: [Event: Int64] = [:]
    private let abandonedAfter: TimeSpan

    private struct Facet: Hashable {
        var storeID: Int64
        var flags: Int64
    }

    private struct Event: Hashable {
        var storeID: Int64
        var event: CartEvent
        var quarter: Int64
    }

    /// - Parameter abandonedAfter: see ``SQLiteStore/init(path:abandonedAfter:)``.
    init(_ connection: Connection, abandonedAfter: TimeSpan) throws(SQLiteError) {
        self.connection = connection
        self.abandonedAfter = abandonedAfter
        firstRevision = try connection.integer("SELECT value FROM counters WHERE name = 'revision'") ?? 0
        revision = firstRevision
        ranks = Array(repeating: [], count: SortIndex.all.count)
    }

    /// The next number for an id or revision.
    func nextRevision() -> Int64 {
        revision += 1
        return revision
    }

    /// Notes that a cart has changed from an old form to a new one; nil is no cart.
    func count(from old: CartColumns?, to new: CartColumns?, id: Int64, at now: Timestamp) {
        for (event, moment) in CartHistory.events(from: old?.history, to: new?.history, at: now, abandonedAfter: abandonedAfter) {
            // A cart that was moved to another store happened where it was.
            let place = Event(storeID: old?.storeID ?? new?.storeID ?? 1, event: event, quarter: moment.milliseconds / CartEvent.quarter)
            events[place, default: 0] += 1
        }
        for (place, sort) in SortIndex.all.enumerated() {
            let before = old.map { $0.position(in: sort, id: id) }
            let after = new.map { $0.position(in: sort, id: id) }
            if before == after, old?.isFilled == new?.isFilled { continue }
            if let old, let before { ranks[place].append(CartRanks.Change(position: before, isFilled: old.isFilled, count: -1)) }
            if let new, let after { ranks[place].append(CartRanks.Change(position: after, isFilled: new.isFilled, count: 1)) }
        }
        if let old { facets[Facet(storeID: old.storeID, flags: old.flags), default: 0] -= 1 }
        if let new { facets[Facet(storeID: new.storeID, flags: new.flags), default: 0] += 1 }
    }

    /// Counts all carts of a store that was empty, whatever was noted before.
    func countEverything(at now: Timestamp) throws(SQLiteError) {
        try connection.execute("DELETE FROM cart_ranks; DELETE FROM cart_facets")
        ranks = Array(repeating: [], count: SortIndex.all.count)
        facets = [:]
        let counts = CartRanks(connection: connection)
        for sort in SortIndex.all { try counts.countEverything(in: sort) }
        try connection.execute(
            "INSERT INTO cart_facets SELECT store_id, flags, count(*) FROM carts INDEXED BY carts_id GROUP BY store_id, flags")
        let created = try connection.statement(Schema.countCreated)
        created.bind(now.milliseconds, at: 1)
        try created.run()
    }

    /// Writes what was noted. Nothing may be written after it in the same transaction.
    func finish() throws(SQLiteError) {
        guard revision != firstRevision else { return }
        for (event, count) in events {
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
        let counts = CartRanks(connection: connection)
        for (changes, sort) in zip(ranks, SortIndex.all) { try counts.count(changes, in: sort) }
        for (facet, count) in facets where count != 0 {
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
