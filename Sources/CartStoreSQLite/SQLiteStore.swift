import CartCore
import Foundation

/// The embedded store: one SQLite file.
///
/// - Every change that was answered is on disk: `synchronous=FULL`, one writing thread that commits many waiting changes at once.
/// - Reads run in parallel and each sees one moment.
/// - Several processes may use one file; each sees what the others committed.
public final class SQLiteStore: CartStore {
    let readers: Readers
    let writer: Writer
    private let cheapToSort: Int

    /// Opens the file, makes it if there is none, and brings it to the present schema.
    ///
    /// - Parameters:
    ///   - path: of the file; its folder must exist. A file that is made can be read by its owner alone. Beside it SQLite keeps two files
    ///     of its own, `-wal` and `-shm`.
    ///   - abandonedAfter: ``CartPolicy/abandonedAfter``, for the count of abandoned carts by day.
    /// - Throws: ``CartError`` `.unavailable` that says why the file cannot be used.
    public convenience init(path: String, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter) throws(CartError) {
        try self.init(path: path, abandonedAfter: abandonedAfter, cheapToSort: PageReader.standardCheapToSort)
    }

    /// - Parameter largestGroup: requests to write in one transaction; a measurement can give each its own with 1.
    package convenience init(path: String, abandonedAfter: TimeSpan, largestGroup: Int) throws(CartError) {
        try self.init(
            path: path, abandonedAfter: abandonedAfter, cheapToSort: PageReader.standardCheapToSort, largestGroup: largestGroup)
    }

    /// - Parameter cheapToSort: see ``PageReader``; a test can ask for walks where few carts are.
    init(
        path: String, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter, cheapToSort: Int,
        largestGroup: Int = Writer.standardMostInGroup
    ) throws(CartError) {
        self.cheapToSort = cheapToSort
        // Names, addresses and hashes of keys are nobody else's business. SQLite gives its other files the mode of this one.
        let made = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR, 0o600)
        if made >= 0 { Foundation.close(made) }
        do {
            try Migrator(connection: Connection(path: path, access: .write)).migrate()
            writer = try Writer(path: path, abandonedAfter: abandonedAfter, mostInGroup: largestGroup)
        } catch let error as CartError {
            throw error
        } catch let error as SQLiteError {
            throw error.unavailable
        } catch {
            throw CartError(.unavailable, "The database cannot be opened.")
        }
        readers = Readers(path: path)
    }

    /// The index on keys knows the id, so the narrow row is not read.
    static let byKey = "SELECT \(CartRecord.columns) FROM carts JOIN cart_documents ON cart_documents.id = carts.id WHERE key = ?1"

    public func cart(_ key: CartKey) async throws(CartError) -> CartRecord? {
        try readers.read { connection in
            let statement = try connection.statement(Self.byKey)
            statement.bind(key.text, at: 1)
            defer { statement.reset() }
            return try statement.step() ? CartRecord(statement) : nil
        }
    }

    /// Along the index on owners, which tells store and contents: only the row that is shown is read.
    static let newestOfOwner = """
        SELECT \(CartRecord.columns) FROM cart_documents WHERE id = (
            SELECT id FROM (SELECT id, flags, store_id FROM carts WHERE owner_id = ?1 ORDER BY created DESC, id DESC LIMIT ?3)
            WHERE flags & \(CartFlag.holdsCart) <> 0 AND store_id = coalesce(?2, store_id) LIMIT 1
        )
        """
    /// Carts of an owner that are looked at on the calling thread.
    private static let fewCarts = 100

    public func newestCart(of ownerID: Int64, in storeID: Int64?) async throws(CartError) -> CartRecord? {
        if let cart = try readers.read({ try Self.newest(of: ownerID, in: storeID, among: Self.fewCarts, $0) }) { return cart }
        return try await readers.readAside { try Self.newest(of: ownerID, in: storeID, among: -1, $0) }
    }

    private static func newest(
        of ownerID: Int64, in storeID: Int64?, among most: Int, _ connection: Connection
    ) throws(SQLiteError) -> CartRecord? {
        let statement = try connection.statement(newestOfOwner)
        statement.bind(ownerID, at: 1)
        statement.bind(storeID, at: 2)
        statement.bind(Int64(most), at: 3)
        defer { statement.reset() }
        return try statement.step() ? CartRecord(statement) : nil
    }

    public func page(_ query: CartQuery) async throws(CartError) -> CartPage {
        // A page without conditions costs the same wherever it lies and is read here; the cost of others depends on the filter.
        if query.filter.isAboutContentsAlone != nil, query.limit <= 100 {
            return try readers.read { try PageReader(connection: $0, query: query, cheapToSort: cheapToSort).page() }
        }
        return try await readers.readAside { [cheapToSort] in try PageReader(connection: $0, query: query, cheapToSort: cheapToSort).page()
        }
    }

    public func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        try await readers.readAside { connection in
            try PageReader(connection: connection, query: CartQuery(filter: filter, clock: clock, limit: limit)).next(after: id)
        }
    }

    public func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64] {
        try await readers.readAside { connection in
            let condition = FilterSQL(filter, at: clock)
            let select = try connection.statement("SELECT id FROM carts\(condition.clause)")
            select.bind(condition.values)
            defer { select.reset() }
            var ids: [Int64] = []
            while try select.step() { ids.append(select.integer(0)) }
            ids.sort()
            return ids
        }
    }

    public func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? {
        try await writer.write { transaction in
            if let lease, try !Leases(connection: transaction.connection).take(lease, at: author.now) { return nil }
            return try CartRows(transaction: transaction, author: author).delete(ids, meeting: filter, at: clock)
        }
    }

    public func revision() async throws(CartError) -> Int64 {
        try readers.read { try $0.integer("SELECT value FROM counters WHERE name = 'revision'") ?? 0 }
    }

    public func statistics(at clock: StateClock, days: [Timestamp]) async throws(CartError) -> [Int64: CartStatistics] {
        try await readers.readAside { connection in
            try connection.reading { try StatisticsReader(connection: connection, clock: clock, days: days).statistics() }
        }
    }

    public func forgetEvents(before moment: Timestamp) async throws(CartError) {
        try await writer.write { transaction in
            let delete = try transaction.connection.statement("DELETE FROM cart_events WHERE quarter < ?1")
            delete.bind(moment.milliseconds / CartEvent.quarter, at: 1)
            try delete.run()
        }
    }

    public func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        let changes = changes.map(PreparedChange.init)
        return try await writer.write { transaction in
            let rows = CartRows(transaction: transaction, author: author)
            return try changes.map { try rows.apply($0) }
        }
    }

    public func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult {
        let changes = changes.map(PreparedChange.init)
        return try await writer.write { transaction in
            let answers = KeptAnswers(connection: transaction.connection)
            if let kept = try answers.answer(to: request) { return .repeated(answer: kept) }
            let rows = CartRows(transaction: transaction, author: author)
            let results = try changes.map { try rows.apply($0) }
            if let answer = answer(results) { try answers.keep(answer, to: request) }
            return .done(results)
        }
    }

    public func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int? {
        try await writer.write { try BulkLoad(transaction: $0, author: author).load(next) }
    }

    public var writeCounts: WriteCounts { writer.counts }

    public func releaseMemory() {
        readers.closeIdle()
        writer.releaseMemory()
    }

    public func close() async { await writer.close() }

    public func check() async throws(CartError) {
        _ = try await revision()
    }
}
