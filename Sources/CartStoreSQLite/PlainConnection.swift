import CSQLite
import Foundation

/// A connection to a database file as a whole, for copying, checking and replacing it.
///
/// Unlike ``Connection`` it changes nothing of the file by itself, not even how its journal is kept. It is used by one thread.
final class PlainConnection {
    enum Access {
        /// A file that nobody writes to: no lock is taken, and nothing appears beside it, not even on a disk that can only be read.
        case unchanging
        /// A store that others may have open, too. It must be there.
        case shared
    }

    let handle: OpaquePointer
    private let shouldStop: () -> Bool

    /// - Parameter shouldStop: asked now and then while a statement runs; true ends it with `SQLITE_INTERRUPT`.
    init(path: String, _ access: Access, stopping shouldStop: @escaping () -> Bool = { false }) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code =
            switch access {
            case .unchanging:
                sqlite3_open_v2(
                    PlainConnection.address(of: path) + "?immutable=1", &handle,
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil)
            case .shared: sqlite3_open_v2(path, &handle, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, nil)
            }
        guard code == SQLITE_OK, let handle else {
            let error = handle.map { SQLiteError($0) } ?? SQLiteError(code: SQLITE_NOMEM, message: "out of memory")
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        self.shouldStop = shouldStop
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
        sqlite3_progress_handler(handle, 10_000, askWhetherToStop, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { sqlite3_close_v2(handle) }

    /// The file's address: its name may hold characters that have a meaning in addresses.
    private static func address(of path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return "file://" + (whole.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? whole)
    }

    /// Runs statements without parameters.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteError(handle) }
    }

    func statement(_ sql: String) throws(SQLiteError) -> Statement { try Statement(sql, database: handle) }

    /// The first column of the first row; nil without a row or for NULL.
    func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try statement(sql)
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// The first column of all rows.
    func texts(_ sql: String) throws(SQLiteError) -> [String] {
        let statement = try statement(sql)
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0)) }
        return texts
    }

    fileprivate var isToStop: Bool { shouldStop() }
}

private func askWhetherToStop(context: UnsafeMutableRawPointer?) -> Int32 {
    guard let context else { return 0 }
    return Unmanaged<PlainConnection>.fromOpaque(context).takeUnretainedValue().isToStop ? 1 : 0
}
