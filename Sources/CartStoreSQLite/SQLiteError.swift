import CSQLite
import CartCore

/// A failure that SQLite reports.
struct SQLiteError: StoreFailure, CustomStringConvertible {
    /// The extended result code.
    let code: Int32
    /// SQLite's own words. They may quote a part of a query, so they are for nobody but a debugger.
    let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    init(_ database: OpaquePointer?) {
        code = sqlite3_extended_errcode(database)
        message = String(cString: sqlite3_errmsg(database))
    }

    var description: String { "SQLite error \(code): \(message)" }

    /// What callers of the port are told: the store cannot be used now, and when to try again.
    var unavailable: CartError {
        let reason =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: "The database is locked by another process."
            case SQLITE_FULL: "The database or its disk is full."
            case SQLITE_READONLY: "The database cannot be written to."
            case SQLITE_IOERR: "The disk reports an error."
            case SQLITE_CORRUPT, SQLITE_NOTADB: "The database file is damaged; restore a backup."
            case SQLITE_CANTOPEN: "The database file cannot be opened."
            default: "The database reports error \(code)."
            }
        return CartError(.unavailable, reason, retryAfter: code & 0xFF == SQLITE_BUSY ? 1 : 5)
    }
}
