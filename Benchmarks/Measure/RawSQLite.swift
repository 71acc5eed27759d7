import CSQLite
import Dispatch
import Foundation
import Synchronization

/// The statements of the store's writer for the changes that are measured; those that go along orders are ``RawOrder/walk``.
enum RawSQL {
    /// As `CartColumns.list`.
    static let columns = """
        key, store_id, owner_id, flags, created, updated, expires, total, products_total, customer, email, source, products, \
        currency, items
        """
    private static let places = (2...16).map { "?\($0)" }.joined(separator: ", ")

    /// What stands under a key.
    static let find = "SELECT id, revision, \(columns) FROM carts JOIN (SELECT id, revision FROM cart_documents) USING (id) WHERE key = ?1"
    static let insertCart = "INSERT INTO carts (id, \(columns)) VALUES (?1, \(places))"
    static let updateCart = "UPDATE carts SET (\(columns)) = (\(places)) WHERE id = ?1"
    static let insertDocument = "INSERT INTO cart_documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    static let replaceDocument = "REPLACE INTO cart_documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    static let insertProduct = "INSERT INTO cart_products VALUES (?1, ?2, ?3)"
    static let insertText = "INSERT INTO cart_search (rowid, name, email, key) VALUES (?1, ?2, ?3, ?4)"
    static let insertEntry =
        "INSERT INTO audit (id, at, actor, address, action, subject, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"

    static let revision = "SELECT value FROM counters WHERE name = 'revision'"
    static let keepRevision = "UPDATE counters SET value = ?1 WHERE name = 'revision'"
    static let countEvents =
        "INSERT INTO cart_events VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET count = count + excluded.count"
    static let countFacet =
        "INSERT INTO cart_facets VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET carts = carts + excluded.carts"
    static let removeFacet = "DELETE FROM cart_facets WHERE store_id = ?1 AND flags = ?2 AND carts = 0"
    static let findRun = """
        SELECT value, owner_id, id, carts, filled FROM cart_ranks
        WHERE sort = ?1 AND (value, owner_id, id) <= (?2, ?3, ?4)
        ORDER BY value DESC, owner_id DESC, id DESC LIMIT 1
        """
    static let findNextRun = """
        SELECT value, owner_id, id FROM cart_ranks
        WHERE sort = ?1 AND (value, owner_id, id) > (?2, ?3, ?4) ORDER BY value, owner_id, id LIMIT 1
        """
    static let keepRun = "INSERT OR REPLACE INTO cart_ranks VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    static let removeRun = "DELETE FROM cart_ranks WHERE sort = ?1 AND value = ?2 AND owner_id = ?3 AND id = ?4"

    /// Reads a cart whole, not for the timing.
    static let whole =
        "SELECT id, revision, \(columns), document FROM carts JOIN (SELECT id, revision, document FROM cart_documents) USING (id)"
}

/// Why SQLite did not do something.
struct RawError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ database: OpaquePointer?) { description = "SQLite: " + String(cString: sqlite3_errmsg(database)) }
}

/// Bytes that nobody changes, and that stay where they are for as long as they are bound or compared.
struct RawText: @unchecked Sendable {
    let start: UnsafePointer<CChar>
    let count: Int32

    init(start: UnsafePointer<CChar>, count: Int32) {
        self.start = start
        self.count = count
    }

    init(_ text: StaticString) {
        self.init(
            start: UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self), count: Int32(text.utf8CodeUnitCount))
    }

    /// 0 for equal texts, less for one that SQLite orders before the other.
    func order(against other: RawText) -> Int32 {
        let order = memcmp(start, other.start, Int(min(count, other.count)))
        return order != 0 ? order : count - other.count
    }
}

/// Copies of texts, which stay where they are until it goes.
final class RawMemory {
    private static let block = 1 << 20

    private var blocks: [UnsafeMutablePointer<CChar>]
    private var free: UnsafeMutablePointer<CChar>
    private var left = RawMemory.block

    init() {
        let first = UnsafeMutablePointer<CChar>.allocate(capacity: RawMemory.block)
        free = first
        blocks = [first]
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    func keep(_ text: RawText) -> RawText {
        let count = Int(text.count)
        if count > left {
            left = max(Self.block, count)
            free = .allocate(capacity: left)
            blocks.append(free)
        }
        let start = free
        start.initialize(from: text.start, count: count)
        free += count
        left -= count
        return RawText(start: UnsafePointer(start), count: text.count)
    }

    func keep(_ text: String) -> RawText { keep(Array(text.utf8)) }

    func keep(_ bytes: [UInt8]) -> RawText {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return RawText("") }
            return keep(RawText(start: start.assumingMemoryBound(to: CChar.self), count: Int32(bytes.count)))
        }
    }
}

/// A prepared statement, which copies nothing that is bound to it.
final class RawStatement {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    fileprivate init(_ sql: String, _ database: OpaquePointer) throws {
        var handle: OpaquePointer?
        guard sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil) == SQLITE_OK, let handle else {
            throw RawError(database)
        }
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ value: RawText, at index: Int32) { sqlite3_bind_text(handle, index, value.start, value.count, nil) }

    func bind(_ value: RawText?, at index: Int32) {
        if let value { bind(value, at: index) } else { sqlite3_bind_null(handle, index) }
    }

    func bindBlob(_ value: RawText, at index: Int32) { sqlite3_bind_blob(handle, index, value.start, value.count, nil) }

    /// Binds what stands in a column of another's row, as a copy.
    func bind(_ row: RawStatement, _ column: Int32, at index: Int32) {
        sqlite3_bind_value(handle, index, sqlite3_column_value(row.handle, column))
    }

    /// Goes on to the next row; false after the last one.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure()
        }
    }

    /// Runs a statement that gives no rows, and makes it ready for the next time.
    func run() throws {
        guard sqlite3_step(handle) == SQLITE_DONE else { throw failure() }
        sqlite3_reset(handle)
    }

    private func failure() -> RawError {
        let error = RawError(database)
        sqlite3_reset(handle)
        return error
    }

    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// The text of a column, which goes with the row.
    func text(_ column: Int32) -> RawText {
        guard let start = sqlite3_column_text(handle, column) else { return RawText("") }
        return RawText(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), count: sqlite3_column_bytes(handle, column))
    }

    /// The bytes of a column, which go with the row.
    func blob(_ column: Int32) -> RawText {
        guard let start = sqlite3_column_blob(handle, column) else { return RawText("") }
        return RawText(start: start.assumingMemoryBound(to: CChar.self), count: sqlite3_column_bytes(handle, column))
    }

    func string(_ column: Int32) -> String {
        let text = text(column)
        return String(decoding: UnsafeRawBufferPointer(start: text.start, count: Int(text.count)), as: UTF8.self)
    }
}

/// A connection with the settings of the store's own. One thread uses it at a time.
final class RawDatabase: @unchecked Sendable {
    enum Access {
        case read, write
    }

    private let handle: OpaquePointer
    private let frames: UnsafeMutablePointer<Int32>

    init(path: String, _ access: Access) throws {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_NOMUTEX | (access == .write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY)
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK, let handle else {
            let error = RawError(handle)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        frames = .allocate(capacity: 1)
        frames.initialize(to: 0)
        sqlite3_busy_timeout(handle, 5000)
        guard access == .write else { return }
        try execute(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536")
        // After the pragma, which takes the hook away.
        sqlite3_wal_hook(
            handle,
            { context, _, _, count in
                context?.assumingMemoryBound(to: Int32.self).pointee = count
                return SQLITE_OK
            }, frames)
    }

    deinit {
        sqlite3_close_v2(handle)
        frames.deallocate()
    }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw RawError(handle) }
    }

    func statement(_ sql: String) throws -> RawStatement { try RawStatement(sql, handle) }

    /// Frames in the log of this connection's last commit.
    var logFrames: Int32 { frames.pointee }
}

/// Copies the log into the database on a connection and a thread of its own, as the store's `Checkpointer` does.
final class RawCheckpointer: Sendable {
    private let database: RawDatabase
    private let queue = DispatchQueue(label: "raw-checkpoint")
    private let isUnderWay = Mutex(false)

    init(path: String) throws { database = try RawDatabase(path: path, .write) }

    func checkpointSoon() {
        let begins = isUnderWay.withLock { isUnderWay in
            defer { isUnderWay = true }
            return !isUnderWay
        }
        guard begins else { return }
        queue.async { [self] in
            try? database.execute("PRAGMA wal_checkpoint(PASSIVE)")
            isUnderWay.withLock { $0 = false }
        }
    }

    func checkpointNow() {
        queue.sync {
            try? database.execute("PRAGMA wal_checkpoint(PASSIVE)")
            try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }
}
