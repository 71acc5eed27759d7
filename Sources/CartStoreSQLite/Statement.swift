import CSQLite
import CartCore

/// A value that is bound to a parameter of a statement.
enum Binding: Hashable {
    case integer(Int64)
    case text(String)
}

/// A prepared statement of one connection; used by one thread at a time.
final class Statement {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    init(_ sql: String, database: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        guard sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil) == SQLITE_OK, let handle else {
            throw SQLiteError(database)
        }
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// Binds a value to the parameter at `index`, from 1.
    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ value: Int64?, at index: Int32) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ value: String, at index: Int32) {
        var value = value
        value.withUTF8 { utf8 in
            _ = utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(handle, index, $0.baseAddress ?? emptyText, Int32(clamping: $0.count), copied)
            }
        }
    }

    func bind(_ value: String?, at index: Int32) {
        if let value { bind(value, at: index) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ value: [UInt8]?, at index: Int32) {
        if let value { bind(value, at: index) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ value: [UInt8], at index: Int32) {
        _ = value.withUnsafeBytes {
            sqlite3_bind_blob(handle, index, $0.baseAddress ?? UnsafeRawPointer(emptyText), Int32(clamping: $0.count), copied)
        }
    }

    func bind(_ value: Binding, at index: Int32) {
        switch value {
        case .integer(let value): bind(value, at: index)
        case .text(let value): bind(value, at: index)
        }
    }

    func bind(_ values: [Binding]) {
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
    }

    /// Goes on to the next row.
    ///
    /// - Returns: false after the last one.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = SQLiteError(database)
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs a statement whose rows are of no interest, and makes it ready for the next time.
    func run() throws(SQLiteError) {
        while try step() {}
        reset()
    }

    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
    }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column) }

    func blob(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// The value of a column that holds either kind.
    func value(_ column: Int32) -> CartPosition.Value {
        sqlite3_column_type(handle, column) == SQLITE_TEXT ? .text(text(column)) : .integer(integer(column))
    }
}

/// `SQLITE_TRANSIENT`, which the importer of C leaves out: SQLite makes a copy.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// An address to bind texts and blobs of no length with; a null pointer would bind NULL.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
    let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    pointer.initialize(to: 0)
    return UnsafePointer(pointer)
}()
