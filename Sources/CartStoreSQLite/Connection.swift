import CSQLite
import CartCore

/// One connection to the database file, with its prepared statements.
///
/// It may be handed from thread to thread, but only one may use it at a time: ``Readers`` lends each to one, the others have an owner.
final class Connection: @unchecked Sendable {
    enum Access {
        case read, write
    }

    private let database: OpaquePointer
    private var statements: [String: Statement] = [:]
    private let frames = LogFrames()
    private static let mostStatements = 50

    /// Opens the file, which a writing connection makes if there is none.
    ///
    /// Writing connections sync the log at every commit (`synchronous=FULL`), so that a commit is on disk when it returns, and leave
    /// checkpoints to others.
    init(path: String, access: Access) throws(SQLiteError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_NOMUTEX | (access == .write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE)
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK, let handle else {
            let error = handle.map { SQLiteError($0) } ?? SQLiteError(code: SQLITE_NOMEM, message: "out of memory")
            sqlite3_close_v2(handle)
            throw error
        }
        // From here on the handle is closed by `deinit`, also when something below fails.
        database = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
        switch access {
        case .read:
            try execute("PRAGMA query_only=1; PRAGMA cache_size=-8192")
        case .write:
            try chooseWriteAheadLog()
            try execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536")
        }
        // After the pragma, which takes the hook away.
        sqlite3_wal_hook(handle, noteLogFrames, Unmanaged.passUnretained(frames).toOpaque())
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(database)
    }

    /// Two processes that make one database at the same time meet here, and SQLite does not wait on this change by itself.
    private func chooseWriteAheadLog() throws(SQLiteError) {
        var tries = 0
        while sqlite3_exec(database, "PRAGMA journal_mode=WAL", nil, nil, nil) != SQLITE_OK {
            let error = SQLiteError(database)
            tries += 1
            guard error.code & 0xFF == SQLITE_BUSY, tries < 50 else { throw error }
            sqlite3_sleep(100)
        }
        guard try text("PRAGMA journal_mode") == "wal" else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "no write-ahead log on this file system")
        }
    }

    /// Runs statements without parameters.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteError(database) }
    }

    /// The statement of this text, prepared once, reset and ready to be bound.
    func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let known = statements[sql] {
            known.reset()
            return known
        }
        let statement = try Statement(sql, database: database)
        if statements.count >= Self.mostStatements { statements.removeAll() }
        statements[sql] = statement
        return statement
    }

    /// The texts of the statements that were prepared.
    var preparedStatements: [String] { Array(statements.keys) }

    /// Gives back the pages that are kept in memory.
    func releaseMemory() { sqlite3_db_release_memory(database) }

    func forgetStatements() { statements.removeAll() }

    /// How SQLite would run a statement: a line for each step of its plan.
    func plan(of sql: String) throws(SQLiteError) -> [String] {
        let explain = try Statement("EXPLAIN QUERY PLAN " + sql, database: database)
        var plan: [String] = []
        while try explain.step() { plan.append(explain.text(3)) }
        return plan
    }

    /// The first column of the first row; nil without a row or for NULL.
    func integer(_ sql: String, _ values: [Binding] = []) throws(SQLiteError) -> Int64? {
        let statement = try statement(sql)
        statement.bind(values)
        defer { statement.reset() }
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// The first column of all rows.
    func texts(_ sql: String) throws(SQLiteError) -> [String] {
        let statement = try statement(sql)
        defer { statement.reset() }
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0)) }
        return texts
    }

    /// The first column of the first row as text; empty without a row.
    func text(_ sql: String) throws(SQLiteError) -> String {
        let statement = try statement(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.text(0) : ""
    }

    /// Runs `body` on one unchanging view of the database.
    func reading<Value>(_ body: () throws -> Value) throws -> Value {
        try statement("BEGIN").run()
        defer { try? statement("COMMIT").run() }
        return try body()
    }

    /// Runs `body` in a transaction that writes; if it throws, nothing was done.
    func writing<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // SQLite has rolled back by itself after some errors, such as a full disk.
            if sqlite3_get_autocommit(database) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Frames in the log of this connection's last commit; 0 before the first.
    var logFrames: Int { frames.count }

    /// Rows that were changed by the last statement.
    var changes: Int { Int(sqlite3_changes64(database)) }
}

/// How long the write-ahead log is, as the hook of a commit is told.
private final class LogFrames {
    var count = 0
}

private func noteLogFrames(
    context: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?, count: Int32
) -> Int32 {
    if let context { Unmanaged<LogFrames>.fromOpaque(context).takeUnretainedValue().count = Int(count) }
    return SQLITE_OK
}
