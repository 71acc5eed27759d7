import CSQLite
import CartCore
import Crypto
import Foundation

/// Backups of the embedded store: each is one file, a whole database by itself.
public enum SQLiteBackup {
    /// Writes a backup of a store, also while others write to it: it holds at least what was committed when it began, seen at one moment.
    ///
    /// The copy is verified, brought to disk and only then takes its name. So there is always a whole backup under the name: the new one, or
    /// the one that was there before.
    ///
    /// - Parameters:
    ///   - store: the database file, which must be there.
    ///   - path: the backup's name. Its folder must exist and have room for the store. The file can be read by its owner alone.
    ///   - shouldStop: asked now and then; true ends the work and leaves nothing behind.
    /// - Returns: what is in the backup.
    /// - Throws: ``CartError`` `.unavailable` that says why there is no new backup.
    public static func write(
        of store: String, to path: String, shouldStop: @escaping @Sendable () -> Bool = { false }
    ) async throws(CartError) -> StoreContent {
        try await onThread {
            try checkName(path, beside: store)
            let unfinished = try UnfinishedFile(for: path)
            do {
                let begun = try copy(store, into: unfinished.path, stopping: shouldStop)
                let content = try verified(unfinished.path, as: "The copy", stopping: shouldStop)
                guard content.revision >= begun else { throw CartError(.unavailable, "The copy is older than the store.") }
                try unfinished.complete()
                return content
            } catch {
                unfinished.remove()
                throw error
            }
        }
    }

    /// The name must not be one by which SQLite, or a server, knows another file.
    private static func checkName(_ path: String, beside store: String) throws(CartError) {
        guard !isSame(path, store) else { throw CartError(.unavailable, "\(path) is the store itself.") }
        guard !["-wal", "-shm", "-journal"].contains(where: path.hasSuffix) else {
            throw CartError(.unavailable, "The name of a backup must not end with -wal, -shm or -journal.")
        }
        // A log that is left of another database would be read into this one.
        try checkAlone(path)
    }

    /// - Returns: the revision of the store when the copy began.
    private static func copy(_ store: String, into path: String, stopping shouldStop: @escaping () -> Bool) throws -> Int64 {
        try about("The store") {
            let connection = try PlainConnection(path: store, .shared, stopping: shouldStop)
            try checkWhole(connection, at: store)
            let begun = try revision(in: connection)
            // Why no `sqlite3_backup`: in several steps it begins anew at each commit of another process, and would not end beside a busy
            // server; and its copy keeps a write-ahead log as the store does, so that whoever looks at it makes files beside it. This one reads
            // one moment, can be interrupted, and leaves out what is free. It writes into a file that is there only if that is empty.
            let vacuum = try connection.statement("VACUUM INTO ?1")
            vacuum.bind(path, at: 1)
            try vacuum.run()
            return begun
        }
    }

    /// Looks whether a file is a whole store that this program can open.
    ///
    /// Not asked is how many rows `cart_search` has, for an index without its texts cannot count them.
    ///
    /// - Parameter name: what reasons call it.
    /// - Throws: ``CartError`` `.unavailable` with the reason.
    static func verified(_ path: String, as name: String, stopping shouldStop: @escaping () -> Bool) throws -> StoreContent {
        try checkAlone(path)
        return try about(name) {
            let connection = try PlainConnection(path: path, .unchanging, stopping: shouldStop)
            guard try isStore(connection) else { throw CartError(.unavailable, "\(name) is no store of carts.") }
            try checkMigrations(connection, as: name)
            try checkWhole(connection, at: path)
            if let damage = try connection.texts("PRAGMA integrity_check(1)").first(where: { $0 != "ok" }) {
                throw CartError(.unavailable, "\(name) is damaged: \(damage).")
            }
            let content = try content(of: connection)
            let documents = try connection.integer("SELECT count(*) FROM cart_documents") ?? 0
            let counted = try connection.integer("SELECT coalesce(sum(carts), 0) FROM cart_facets") ?? 0
            guard documents == Int64(content.carts), counted == documents else {
                throw CartError(
                    .unavailable,
                    "\(name) is damaged: there are \(content.carts) carts, \(documents) documents, and \(counted) carts are counted.")
            }
            return content
        }
    }

    private static func checkMigrations(_ connection: PlainConnection, as name: String) throws {
        let select = try connection.statement("SELECT number, hash FROM migrations ORDER BY number")
        var applied = 0
        while try select.step() {
            guard applied < Schema.migrations.count else {
                throw CartError(.unavailable, "\(name) was made by a newer version of this program.")
            }
            let hash = Hex.encode(SHA256.hash(data: Data(Schema.migrations[applied].utf8)))
            applied += 1
            guard select.integer(0) == Int64(applied), select.text(1) == hash else {
                throw CartError(.unavailable, "Migration \(applied) of \(name) is not the one that this program knows.")
            }
        }
        guard applied > 0 else { throw CartError(.unavailable, "\(name) is no store of carts.") }
    }

    /// Throws ``CartError`` `.unavailable` if a copy into a store was not finished.
    static func checkWhole(_ connection: PlainConnection, at path: String) throws {
        // Earlier versions had no notes.
        guard try connection.integer("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'notes'") != nil,
            try connection.integer("SELECT 1 FROM notes WHERE name = '\(StoreCopy.noteName)'") != nil
        else { return }
        throw CartError(.unavailable, "\(CartError.copyIsUnfinished.reason) It is \(URL(filePath: path).path).")
    }

    /// Whether a database has the tables that every version has.
    static func isStore(_ connection: PlainConnection) throws(SQLiteError) -> Bool {
        try connection.integer(
            """
            SELECT count(*) FROM sqlite_schema
            WHERE type = 'table' AND name IN ('migrations', 'carts', 'cart_documents', 'cart_facets', 'counters')
            """) == 5
    }

    static func content(of connection: PlainConnection) throws(SQLiteError) -> StoreContent {
        StoreContent(
            carts: Int(try connection.integer("SELECT count(*) FROM carts") ?? 0),
            updated: try connection.integer("SELECT max(updated) FROM carts").map { Timestamp(milliseconds: $0) },
            revision: try revision(in: connection),
            bytes: (try connection.integer("PRAGMA page_count") ?? 0) * (try connection.integer("PRAGMA page_size") ?? 0))
    }

    private static func revision(in connection: PlainConnection) throws(SQLiteError) -> Int64 {
        try connection.integer("SELECT value FROM counters WHERE name = 'revision'") ?? 0
    }

    /// A database with a log or journal beside it is not what its file alone says, and somebody may be writing to it.
    private static func checkAlone(_ path: String) throws(CartError) {
        for suffix in ["-wal", "-journal"] where access(path + suffix, F_OK) == 0 {
            throw CartError(
                .unavailable, "\(path) is a store that is in use or was not closed, for \(path + suffix) lies beside it.")
        }
    }

    /// Whether two names are those of one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Says of what a failure is.
    ///
    /// - Parameter name: as the beginning of a sentence.
    static func about<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SQLiteError {
            switch error.code & 0xFF {
            case SQLITE_INTERRUPT: throw interrupted
            case SQLITE_CORRUPT, SQLITE_NOTADB: throw CartError(.unavailable, "\(name) is damaged, or no database.")
            case SQLITE_CANTOPEN: throw CartError(.unavailable, "\(name) cannot be opened.")
            default: throw error.unavailable
            }
        }
    }

    static var interrupted: CartError { CartError(.unavailable, "It was interrupted, and everything is as it was.") }

    /// Runs long work on a thread of its own, so that it takes none of those that tasks share.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(CartError) -> Value {
        let result: Result<Value, CartError> = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do {
                    continuation.resume(returning: .success(try body()))
                } catch let error as CartError {
                    continuation.resume(returning: .failure(error))
                } catch let error as SQLiteError {
                    continuation.resume(returning: .failure(error.unavailable))
                } catch {
                    continuation.resume(returning: .failure(CartError(.unavailable, "The files cannot be used.")))
                }
            }
        }
        return try result.get()
    }
}

/// A file beside another name, which it takes when it is complete.
private struct UnfinishedFile {
    let path: String
    private let name: String

    /// Makes an empty file that its owner alone can read, under a name that nobody else has.
    init(for name: String) throws(CartError) {
        self.name = name
        var standing = stat()
        if lstat(name, &standing) == 0, standing.st_mode & S_IFMT != S_IFREG { throw CartError(.unavailable, "\(name) is not a file.") }
        var bytes = Array((name + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&bytes)
        guard descriptor >= 0 else { throw CartError(.unavailable, "\(name) cannot be written.") }
        close(descriptor)
        path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Brings the file to disk and then gives it its name, for good: also the folder is brought to disk.
    func complete() throws(CartError) {
        let folder = NSString(string: name).deletingLastPathComponent
        guard Self.sync(path), rename(path, name) == 0, Self.sync(folder.isEmpty ? "." : folder) else {
            throw CartError(.unavailable, "\(name) cannot be written.")
        }
    }

    func remove() { unlink(path) }

    private static func sync(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
