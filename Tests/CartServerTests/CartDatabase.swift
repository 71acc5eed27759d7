import CartServer
import Foundation
import PostgresTesting

#if Postgres
import CartStorePostgres
#endif

/// Where a test keeps its carts: in a PostgreSQL database of its own where `CORRAL_TEST_POSTGRES` names a server, else in a SQLite file.
struct CartDatabase: Sendable {
    /// As `--database` and `CORRAL_DATABASE` take it.
    let text: String
    let location: DatabaseLocation
    private let kind: Kind

    private enum Kind: Sendable {
        case sqlite(path: String)
        #if Postgres
        case postgres(PostgresLocation)
        #endif
    }

    /// Whether the tests run on PostgreSQL. Those of a SQLite file itself stay away then.
    #if Postgres
    static let isPostgres = TestDatabase.connectionString != nil
    #else
    static let isPostgres = false
    #endif

    init(path: String) {
        text = "sqlite:" + path
        location = .sqlite(path: path)
        kind = .sqlite(path: path)
    }

    #if Postgres
    init(_ location: PostgresLocation) {
        text = location.connectionString
        self.location = .postgres(location)
        kind = .postgres(location)
    }
    #endif

    /// SQLite's file; in PostgreSQL there is none.
    var path: String {
        switch kind {
        case .sqlite(let path): path
        #if Postgres
        case .postgres: "/nowhere"
        #endif
        }
    }

    /// Changes the database behind the server's back, as damage or another program would.
    func execute(_ sql: String) async throws {
        switch kind {
        case .sqlite(let path): try SQLiteFile(path: path).execute(sql)
        #if Postgres
        case .postgres(let location): _ = try await location.run(sql)
        #endif
        }
    }

    /// The first column of the first row as text.
    func text(_ sql: String) async throws -> String {
        switch kind {
        case .sqlite(let path): return try SQLiteFile(path: path).text(sql)
        #if Postgres
        case .postgres(let location):
            guard let text = try await location.run(sql).first ?? nil else { throw CocoaError(.fileReadUnknown) }
            return text
        #endif
        }
    }

    /// Bytes as a value in SQL.
    func literal(_ bytes: [UInt8]) -> String {
        let hex = bytes.map { String(format: "%02x", $0) }.joined()
        return switch kind {
        case .sqlite: "x'\(hex)'"
        #if Postgres
        case .postgres: "'\\x\(hex)'::bytea"
        #endif
        }
    }

    /// Whether a text stands anywhere in what is kept.
    func contains(_ text: String) async throws -> Bool {
        switch kind {
        case .sqlite(let path):
            for file in [path, path + "-wal", path + "-shm"] {
                if try Data(contentsOf: URL(filePath: file)).range(of: Data(text.utf8)) != nil { return true }
            }
        #if Postgres
        case .postgres(let location):
            let hex = text.utf8.map { String(format: "%02x", $0) }.joined()
            for table in try await location.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") {
                let found = try await location.run(
                    """
                    SELECT 1 FROM \(table ?? "") AS kept
                    WHERE strpos(kept::text, '\(text)') > 0 OR strpos(kept::text, '\(hex)') > 0 LIMIT 1
                    """)
                if !found.isEmpty { return true }
            }
        #endif
        }
        return false
    }
}

/// Runs a test on a database of its own, empty and without tables, which is removed afterwards, and a folder for what else it needs.
func withCartDatabase<Value>(_ body: (_ database: CartDatabase, _ folder: URL) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        #if Postgres
        if CartDatabase.isPostgres { return try await withTemporaryDatabase { try await body(CartDatabase($0), folder) } }
        #endif
        return try await body(CartDatabase(path: folder.appending(path: "carts.db").path), folder)
    }
}
