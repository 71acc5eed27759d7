#if Postgres
import CartCore

/// What the writes of one transaction share: the carts and answers that were loaded at once when it began, and everything that is written
/// at once at its end.
///
/// It begins by locking the counter that revisions are taken from. So the transactions of all processes come one after the other, and
/// revisions are given in the order of the commits.
final class WriteTransaction {
    static let begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
    static let lock = "SELECT value FROM counters WHERE name = 'revision' FOR UPDATE"
    static let standing = "SELECT id, revision, \(CartColumns.list) FROM carts WHERE key = ANY($1)"

    /// What a request is going to look at, so that all can be loaded at once. What is missing is loaded when it is looked at.
    struct Needs: Sendable {
        /// Of carts.
        var keys: [String] = []
        var requests: [IdempotentRequest] = []
    }

    /// A cart that stands.
    struct Standing {
        var id: Int64
        var revision: Int64
        /// As they are kept; see ``CartCore/CartColumns/cut``.
        var columns: CartColumns

        init(id: Int64, revision: Int64, columns: CartColumns) {
            self.id = id
            self.revision = revision
            self.columns = columns
        }

        /// Reads `id, revision` and ``CartCore/CartColumns/list``.
        init(_ rows: Rows, _ row: Int) {
            id = rows.integer(row, 0)
            revision = rows.integer(row, 1)
            columns = CartColumns(rows, row, from: 2)
        }

        var summary: CartSummary { columns.summary(revision: revision) }
    }

    private struct Entry {
        /// What the database has.
        var kept: Standing?
        /// What it is to have.
        var standing: Standing?
        /// Of `standing`, with the whole name.
        var written: (columns: CartColumns, document: [UInt8])?
        var isChanged = false
    }

    let connection: Connection
    /// Whether COMMIT was sent, or may have been.
    private(set) var isCommitting = false
    /// Rises with everything that is written.
    private(set) var steps = 0
    private var revision: Int64
    private let firstRevision: Int64
    private var carts: [String: Entry] = [:]
    /// The keys of carts that have changed.
    private var changed: [String] = []
    private var answers: KeptAnswers
    private var trail = AuditTrail()
    private var counts: CartCounts

    /// Begins, locks the counter and loads what is needed, all in one round trip.
    ///
    /// - Parameter abandonedAfter: see ``PostgresStore/init(_:abandonedAfter:creating:)``.
    init(_ connection: Connection, needing needs: [Needs], abandonedAfter: TimeSpan) throws(PostgresError) {
        self.connection = connection
        let keys = Set(needs.flatMap(\.keys)).sorted()
        let requests = Set(needs.flatMap(\.requests).map(\.id))
        try connection.send(Self.begin)
        try connection.send(Self.lock)
        if !keys.isEmpty { try connection.send(Self.standing, [.texts(keys)]) }
        if !requests.isEmpty { try connection.send(KeptAnswers.select, [.blobs(Array(requests))]) }
        var results = try connection.finish().dropFirst()
        guard let counter = results.popFirst(), counter.count == 1 else {
            throw PostgresError(sqlState: "XX001", message: "there is no counter of revisions")
        }
        revision = counter.integer(0, 0)
        firstRevision = revision
        counts = CartCounts(abandonedAfter: abandonedAfter)
        for key in keys { carts[key] = Entry() }
        answers = KeptAnswers(requests: requests)
        if !keys.isEmpty, let rows = results.popFirst() { take(rows) }
        if !requests.isEmpty, let rows = results.popFirst() { answers.take(rows) }
    }

    private func take(_ rows: Rows) {
        for row in 0..<rows.count {
            let standing = Standing(rows, row)
            carts[standing.columns.key] = Entry(kept: standing, standing: standing)
        }
    }

    // MARK: Carts

    /// The next number for an id or revision.
    func nextRevision() -> Int64 {
        steps += 1
        revision += 1
        return revision
    }

    /// The cart under a key, with what this transaction has changed.
    func cart(_ key: String) throws(PostgresError) -> Standing? {
        if let entry = carts[key] { return entry.standing }
        carts[key] = Entry()
        take(try query(Self.standing, [.texts([key])]))
        return carts[key]?.standing
    }

    /// The carts that a statement finds, which reads what ``Standing`` does: of those that stand, with what this transaction has changed.
    func carts(_ sql: String, _ values: [Value]) throws(PostgresError) -> [Standing] {
        try sendChanges()
        let rows = try query(sql, values)
        take(rows)
        return (0..<rows.count).map { Standing(rows, $0) }
    }

    /// Puts a cart under its key.
    ///
    /// - Parameter columns: with the whole name.
    func put(_ columns: CartColumns, document: [UInt8], id: Int64, revision: Int64, at now: Timestamp) {
        var entry = carts[columns.key] ?? Entry()
        let standing = Standing(id: id, revision: revision, columns: columns.cut)
        counts.count(from: entry.standing?.columns, to: standing.columns, id: id, at: now)
        entry.standing = standing
        entry.written = (columns, document)
        note(entry, columns.key)
    }

    /// Removes a cart.
    func remove(_ standing: Standing, at now: Timestamp) {
        var entry = carts[standing.columns.key] ?? Entry(kept: standing, standing: standing)
        counts.count(from: standing.columns, to: nil, id: standing.id, at: now)
        entry.standing = nil
        entry.written = nil
        note(entry, standing.columns.key)
    }

    private func note(_ entry: Entry, _ key: String) {
        steps += 1
        var entry = entry
        if !entry.isChanged { changed.append(key) }
        entry.isChanged = true
        carts[key] = entry
    }

    /// Counts all carts of a store that was empty, whatever was noted before.
    func countEverything(at now: Timestamp) throws(PostgresError) {
        counts.forgetCarts()
        try countCarts()
        try connection.send(
            """
            INSERT INTO cart_events
            SELECT store_id, 'created', ((moment - moment % \(CartEvent.quarter)) / \(CartEvent.quarter))::bigint AS quarter, count(*)
            FROM (SELECT store_id, least(created, $1) AS moment FROM carts) AS moments GROUP BY 1, 3
            ON CONFLICT (store_id, event, quarter) DO UPDATE SET count = cart_events.count + excluded.count
            """, [.integer(now.milliseconds)])
        _ = try connection.finish()
    }

    /// Counts all carts by order and by flags, and no event, in place of what was counted before.
    func countCarts() throws(PostgresError) {
        let ranks = CartRanks(connection: connection)
        for sort in SortIndex.all { try ranks.countEverything(in: sort) }
        try send("DELETE FROM cart_facets")
        try send("INSERT INTO cart_facets SELECT store_id, flags, count(*) FROM carts GROUP BY store_id, flags")
    }

    // MARK: What else is written

    /// Sends a statement; its error fails the transaction later.
    func send(_ sql: String, _ values: [Value] = []) throws(PostgresError) {
        steps += 1
        try connection.send(sql, values)
    }

    /// Runs a statement that reads.
    func query(_ sql: String, _ values: [Value] = []) throws(PostgresError) -> Rows {
        try connection.query(sql, values)
    }

    /// Runs a statement that writes.
    ///
    /// - Returns: what it answered.
    func run(_ sql: String, _ values: [Value] = []) throws(PostgresError) -> Rows {
        steps += 1
        return try query(sql, values)
    }

    /// Keeps an entry of the audit trail.
    ///
    /// - Parameter id: the revision of the write that it tells of; nil takes the next number.
    func note(_ entry: AuditEntry, id: Int64? = nil) {
        steps += 1
        trail.add(entry, id: id ?? nextRevision())
    }

    /// The answer to a request; nil if there is none or it is too old.
    func answer(to request: IdempotentRequest) throws(PostgresError) -> [UInt8]? {
        if !answers.knows(request) { answers.take(try query(KeptAnswers.select, [.blobs([request.id])]), for: request) }
        return answers.answer(to: request)
    }

    /// Keeps an answer, over an older one of the same request, and forgets some that have expired.
    func keep(_ answer: [UInt8], to request: IdempotentRequest) {
        steps += 1
        answers.keep(answer, to: request)
    }

    // MARK: The end

    /// Sends all changes of carts.
    private func sendChanges() throws(PostgresError) {
        var batch = CartBatch()
        for key in changed {
            guard let entry = carts[key] else { continue }
            if let standing = entry.standing, let (columns, document) = entry.written {
                batch.keep(columns, document: document, id: standing.id, revision: standing.revision, over: entry.kept?.columns)
            } else if entry.kept != nil {
                batch.remove(key)
            }
            carts[key] = Entry(kept: entry.standing, standing: entry.standing)
        }
        changed.removeAll(keepingCapacity: true)
        try batch.send(on: connection)
    }

    /// Writes what was noted, and commits; all in one round trip.
    ///
    /// - Returns: the runs that have to be tidied.
    func commit() throws(PostgresError) -> [CartRanks.Run] {
        try sendChanges()
        try trail.send(on: connection)
        try answers.send(on: connection)
        var hasRanks = false
        if revision != firstRevision {
            try send("UPDATE counters SET value = $1 WHERE name = 'revision'", [.integer(revision)])
            try sendEvents()
            try sendFacets()
            hasRanks = try CartRanks(connection: connection).send(counts.ranks)
        }
        isCommitting = true
        try connection.send("COMMIT")
        let results = try connection.finish()
        // The answer before that of COMMIT.
        return hasRanks ? results.dropLast().last.map(CartRanks.untidy) ?? [] : []
    }

    private func sendEvents() throws(PostgresError) {
        guard !counts.events.isEmpty else { return }
        let events = Array(counts.events)
        try send(
            SetSQL.upsert(
                into: "cart_events", ["store_id", .text("event"), "quarter", "count"], key: 3,
                change: "count = cart_events.count + excluded.count"),
            [
                .integers(events.map(\.key.storeID)), .texts(events.map(\.key.event.rawValue)), .integers(events.map(\.key.quarter)),
                .integers(events.map(\.value)),
            ])
    }

    private func sendFacets() throws(PostgresError) {
        let facets = counts.facets.filter { $0.value != 0 }
        guard !facets.isEmpty else { return }
        let places: [Value] = [.integers(facets.map(\.key.storeID)), .integers(facets.map(\.key.flags))]
        try send(
            SetSQL.upsert(
                into: "cart_facets", ["store_id", "flags", "carts"], key: 2, change: "carts = cart_facets.carts + excluded.carts"),
            places + [.integers(facets.map(\.value))])
        // Else whoever writes carts of ever new stores would leave rows behind.
        if facets.contains(where: { $0.value < 0 }) {
            try send(
                """
                DELETE FROM cart_facets USING unnest($1::bigint[], $2::bigint[]) AS left_over (store_id, flags)
                WHERE cart_facets.store_id = left_over.store_id AND cart_facets.flags = left_over.flags AND carts = 0
                """, places)
        }
    }
}
#endif
