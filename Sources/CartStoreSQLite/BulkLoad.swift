import CartCore
import Dispatch

/// Fills an empty database: rows first and indexes at the end, which sorts each index once in place of changing a page of it for every
/// cart. All of it is one transaction, so that others see either nothing or everything.
struct BulkLoad {
    let transaction: WriteTransaction
    let author: Author

    /// - Returns: how many carts were written; nil if there are some already.
    func load(_ next: @Sendable () -> [Cart]) throws -> Int? {
        let connection = transaction.connection
        guard try connection.integer("SELECT 1 FROM carts LIMIT 1") == nil else { return nil }
        // Room for the pages that all tables are growing by, and both cores for sorting.
        try connection.execute("PRAGMA cache_size=-262144; PRAGMA threads=2")
        defer { try? connection.execute("PRAGMA cache_size=-65536; PRAGMA threads=0") }
        // SQLite forgets what it was told of an index that is dropped.
        try connection.execute("CREATE TEMP TABLE kept_statistics AS SELECT * FROM sqlite_stat1")
        let indexes = try indexes()
        for index in indexes { try connection.execute("DROP INDEX \(index.name)") }
        var count = 0
        var batch = Self.rows(of: next())
        while !batch.isEmpty {
            count += batch.count
            batch = try write(batch, making: next)
        }
        for index in indexes { try connection.execute(index.sql) }
        try connection.execute(
            """
            DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 SELECT * FROM kept_statistics; DROP TABLE kept_statistics;
            ANALYZE sqlite_schema
            """)
        try transaction.countEverything(at: author.now)
        if count > 0 { try AuditTrail(transaction: transaction).add(.fill(count: count, by: author)) }
        return count
    }

    private func indexes() throws(SQLiteError) -> [(name: String, sql: String)] {
        let select = try transaction.connection.statement(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'carts' AND sql IS NOT NULL")
        defer { select.reset() }
        var indexes: [(String, String)] = []
        while try select.step() { indexes.append((select.text(0), select.text(1))) }
        return indexes
    }

    private static func rows(of carts: [Cart]) -> [NewCart] {
        carts.map(NewCart.init)
    }

    /// Writes a batch while the next is made.
    private func write(_ batch: [NewCart], making next: @Sendable () -> [Cart]) throws -> [NewCart] {
        // Each is touched by one of the two parts alone.
        nonisolated(unsafe) let rows = CartRows(transaction: transaction, author: author)
        nonisolated(unsafe) var failure: (any Error)?
        nonisolated(unsafe) var made: [NewCart] = []
        DispatchQueue.concurrentPerform(iterations: 2) { part in
            if part == 0 {
                do { try batch.forEach(rows.append) } catch { failure = error }
            } else {
                made = Self.rows(of: next())
            }
        }
        if let failure { throw failure }
        return made
    }
}
