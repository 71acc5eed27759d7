#if Postgres
import CartCore

/// The store for several servers at once: a PostgreSQL database, or one that speaks its language.
///
/// - Every change that was answered is committed: one writing thread in each process commits many waiting changes at once, and a lock puts
///   the transactions of all processes in one order, which is that of the revisions.
/// - Lists see one moment. Single rows are read over one connection, many at once without waiting for each other.
/// - No call waits for a database that does not answer; what cannot be done is `.unavailable`.
public final class PostgresStore: CartStore {
    let connector: Connector
    let points: PointReader
    let pool: Pool
    let writer: Writer
    let growth = Growth()
    private let cheapToSort: Int

    /// Settings of the connections for lists: their plans depend on what is asked, and are too short-lived to be compiled.
    static let listSettings = ["SET plan_cache_mode = force_custom_plan", "SET jit = off"]

    /// Connects, and brings the database to the present schema.
    ///
    /// - Parameters:
    ///   - abandonedAfter: ``CartPolicy/abandonedAfter``, for the count of abandoned carts by day.
    ///   - creating: whether tables are made in a database without.
    /// - Throws: ``CartError`` `.unavailable` that says why the database cannot be used.
    public convenience init(
        _ location: PostgresLocation, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter, creating: Bool = true
    ) throws(CartError) {
        try self.init(location, abandonedAfter: abandonedAfter, creating: creating, cheapToSort: PageReader.standardCheapToSort)
    }

    /// - Parameters:
    ///   - cheapToSort: see ``PageReader``; a test can ask for walks where few carts are.
    ///   - largestGroup: requests to write in one transaction.
    ///   - timeout: for as long each statement may take.
    init(
        _ location: PostgresLocation, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter, creating: Bool = true, cheapToSort: Int,
        largestGroup: Int = Writer.standardMostInGroup, timeout: Duration = Connection.standardTimeout
    ) throws(CartError) {
        self.cheapToSort = cheapToSort
        connector = Connector(location, timeout: timeout)
        do {
            let connection = try connector.connect()
            defer { connection.close() }
            let migrator = Migrator(connection: connection, creating: creating)
            try migrator.migrate()
            try migrator.makeTrigramIndex()
        } catch {
            throw CartError(error, otherwise: "The database cannot be opened.")
        }
        points = PointReader(connector)
        pool = Pool(connector, settings: Self.listSettings)
        writer = Writer(connector, abandonedAfter: abandonedAfter, mostInGroup: largestGroup)
    }

    static let byKey = "SELECT \(CartRecord.columns) FROM cart_documents WHERE key = $1"

    public func cart(_ key: CartKey) async throws(CartError) -> CartRecord? {
        let rows = try await points.query(Self.byKey, [.text(key.text)])
        return rows.count > 0 ? CartRecord(rows, 0) : nil
    }

    /// Along the index on owners, among so many of the newest carts.
    static let newestOfOwner = """
        SELECT \(CartRecord.columns) FROM cart_documents WHERE key = (
            SELECT key FROM (
                SELECT key, created, id, flags, store_id FROM carts WHERE owner_id = $1 ORDER BY created DESC, id DESC LIMIT $3
            ) AS newest
            WHERE flags & \(CartFlag.holdsCart) <> 0 AND store_id = coalesce($2::bigint, store_id)
            ORDER BY created DESC, id DESC LIMIT 1
        )
        """
    static let hasMore = "SELECT id FROM carts WHERE owner_id = $1 LIMIT 1 OFFSET $2"
    /// Carts of an owner that are looked at before others have to wait for it.
    private static let fewCarts: Int64 = 100

    public func newestCart(of ownerID: Int64, in storeID: Int64?) async throws(CartError) -> CartRecord? {
        let owner = [Value.integer(ownerID), Value(storeID)]
        let rows = try await points.query(Self.newestOfOwner, owner + [.integer(Self.fewCarts)])
        if rows.count > 0 { return CartRecord(rows, 0) }
        guard try await points.query(Self.hasMore, [.integer(ownerID), .integer(Self.fewCarts)]).count > 0 else { return nil }
        return try await pool.readAside { connection in
            let rows = try connection.query(Self.newestOfOwner, owner + [.null])
            return rows.count > 0 ? CartRecord(rows, 0) : nil
        }
    }

    public func page(_ query: CartQuery) async throws(CartError) -> CartPage {
        try await pool.readAside { [cheapToSort] in try PageReader(connection: $0, query: query, cheapToSort: cheapToSort).page() }
    }

    public func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        try await pool.readAside { connection in
            try PageReader(connection: connection, query: CartQuery(filter: filter, clock: clock, limit: limit)).next(after: id)
        }
    }

    public func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64] {
        try await pool.readAside { connection in
            let condition = FilterSQL(filter, at: clock)
            var ids: [Int64] = []
            try connection.withTimeout(Self.longTimeout) {
                try connection.transaction(PageReader.begin) {
                    ids.removeAll()
                    try connection.walk("SELECT id FROM carts\(condition.clause)", condition.values) { ids.append($0.integer($1, 0)) }
                }
            }
            ids.sort()
            return ids
        }
    }

    public func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? {
        try await writer.write { transaction in
            if let lease, try !Leases(transaction: transaction).take(lease, at: author.now) { return nil }
            return try CartRows(transaction: transaction, author: author).delete(ids, meeting: filter, at: clock)
        }
    }

    public func revision() async throws(CartError) -> Int64 { try await counter("revision") }

    func counter(_ name: String) async throws(CartError) -> Int64 {
        let rows = try await points.query("SELECT value FROM counters WHERE name = $1", [.text(name)])
        guard rows.count > 0 else { throw .damaged("counters") }
        return rows.integer(0, 0)
    }

    public func statistics(at clock: StateClock, days: [Timestamp]) async throws(CartError) -> [Int64: CartStatistics] {
        try await pool.readAside { connection in
            try connection.withTimeout(Self.longTimeout) {
                try StatisticsReader(connection: connection, clock: clock, days: days).statistics()
            }
        }
    }

    /// For what goes through everything.
    static let longTimeout: Duration = .seconds(1800)

    public func forgetEvents(before moment: Timestamp) async throws(CartError) {
        try await writer.write { transaction in
            try transaction.send("DELETE FROM cart_events WHERE quarter < $1", [.integer(moment.milliseconds / CartEvent.quarter)])
        }
    }

    public func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        let changes = changes.map(PreparedChange.init)
        let results = try await writer.write(needing: WriteTransaction.Needs(keys: changes.map(\.key))) { transaction in
            let rows = CartRows(transaction: transaction, author: author)
            return try changes.map { try rows.apply($0) }
        }
        note(changes: changes.count)
        return results
    }

    public func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult {
        let changes = changes.map(PreparedChange.init)
        let needs = WriteTransaction.Needs(keys: changes.map(\.key), requests: [request])
        let result: OnceResult = try await writer.write(needing: needs) { transaction in
            if let kept = try transaction.answer(to: request) { return .repeated(answer: kept) }
            let rows = CartRows(transaction: transaction, author: author)
            let results = try changes.map { try rows.apply($0) }
            if let answer = answer(results) { transaction.keep(answer, to: request) }
            return .done(results)
        }
        note(changes: changes.count)
        return result
    }

    public func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int? {
        let count = try await writer.write(timeout: BulkLoad.timeout) { try BulkLoad(transaction: $0, author: author).load(next) }
        if let count, count > 0 { await refreshStatistics(vacuuming: true) }
        return count
    }

    public var writeCounts: WriteCounts { writer.counts }

    /// How long a connection for lists is kept that nobody uses.
    private static let keptIdle: Duration = .seconds(60)

    public func releaseMemory() { pool.closeIdle(unusedFor: Self.keptIdle) }

    public func close() async {
        await writer.close()
        await growth.finish()
        points.close()
        pool.close()
    }

    public func check() async throws(CartError) {
        let rows = try await points.query("SELECT current_setting('transaction_read_only') FROM counters WHERE name = 'revision'")
        guard rows.count > 0 else { throw .damaged("counters") }
        guard rows.text(0, 0) != "on" else {
            connector.noteReadOnly()
            throw PostgresError.readOnly.unavailable
        }
    }
}

extension CartError {
    static func damaged(_ table: String) -> CartError {
        CartError(.unavailable, "A row of the table \(table) cannot be read; was it written by a newer version?")
    }
}
#endif
