import CSQLite
import CartCore
import Foundation

extension SQLiteBackup {
    /// Pages that are copied before it is asked whether to stop.
    private static let pagesInStep: Int32 = 1000

    /// Puts a backup in place of what a store holds.
    ///
    /// - The backup is verified first; one of an older version is taken and brought to the present schema when the store is opened.
    /// - The store is written over in its own file and under its own lock, never replaced by another file: whoever opens it meanwhile waits or
    ///   fails, and can write into nothing that is lost. If the process dies, the store holds what it held before.
    /// - Who had signed in and who had a lease is forgotten, and so are answers that have run out. Answers kept for repetitions that are still
    ///   due stay: what they tell of stands in the backup as well. Revisions go on behind the store's own, so that none is used twice.
    ///
    /// - Parameters:
    ///   - path: the backup.
    ///   - store: the database file. It is made if there is none, and its owner alone can read it then.
    ///   - author: who restores, and when; the audit trail that is restored tells of it.
    ///   - mayReplace: asked, while the store is locked, before a store is replaced that was ever written to, with what it holds; nil if that cannot
    ///     be read.
    ///   - shouldStop: asked now and then; true ends the work, and the store holds what it held before.
    /// - Returns: what the store holds now.
    /// - Throws: ``CartError`` `.conflict` if the store may not be replaced; `.unavailable` that says why it cannot be, as that another process has it
    ///   open or that the backup is damaged.
    public static func restore(
        _ path: String, to store: String, by author: Author, replacing mayReplace: @escaping @Sendable (StoreContent?) -> Bool,
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) async throws(CartError) -> StoreContent {
        try await onThread {
            guard !isSame(path, store) else { throw CartError(.unavailable, "\(path) is the store itself.") }
            _ = try verified(path, as: path, stopping: shouldStop)
            // Names, addresses and hashes of keys are nobody else's business.
            let made = open(store, O_CREAT | O_EXCL | O_RDWR, 0o600)
            if made >= 0 { close(made) }
            return try about("The store") {
                // What has begun to be replaced is replaced: only copying asks whether to stop.
                let target = try PlainConnection(path: store, .shared)
                try takeAlone(target, at: store)
                // Others find the store as they expect it. From one to the other, SQLite removes the journal that its lock has kept.
                defer { try? target.execute("PRAGMA journal_mode=DELETE; PRAGMA journal_mode=WAL") }
                let last = try clear(target, at: store, mayReplace)
                try copy(path, over: target, stopping: shouldStop)
                // A copy that was made with the write-ahead log has brought it along.
                try takeAlone(target, at: store)
                try forget(in: target, by: author, last: last)
                guard try target.texts("PRAGMA integrity_check(1)") == ["ok"] else {
                    throw CartError(.unavailable, "The backup was whole, and what was written of it is damaged; look at the disk.")
                }
                return try content(of: target)
            }
        }
    }

    /// Locks the store for this connection alone, until it is closed.
    private static func takeAlone(_ target: PlainConnection, at path: String) throws {
        do {
            // A command may be about to end; a server is not.
            try target.execute("PRAGMA busy_timeout=1000; PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=EXTRA")
            // Everybody who has the file open holds a lock that keeps the write-ahead log from being given up.
            let mode = try target.texts("PRAGMA journal_mode=DELETE")
            guard mode == ["delete"] else { throw SQLiteError(code: SQLITE_BUSY, message: "the write-ahead log is in use") }
            try target.execute("BEGIN EXCLUSIVE; COMMIT")
        } catch let error as SQLiteError {
            switch error.code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED:
                throw CartError(.unavailable, "The store is in use by another process; stop the server first.", retryAfter: 1)
            case SQLITE_CORRUPT, SQLITE_NOTADB:
                throw CartError(
                    .unavailable,
                    """
                    The store is too damaged to be locked. Stop the server, move \(path), \(path)-wal and \(path)-shm away, and restore \
                    again.
                    """)
            default: throw error
            }
        }
    }

    /// Makes sure that what stands in the target may go.
    ///
    /// - Returns: its last revision; 0 if it is new or cannot be read.
    private static func clear(
        _ target: PlainConnection, at path: String, _ mayReplace: (StoreContent?) -> Bool
    ) throws -> Int64 {
        guard try target.integer("SELECT count(*) FROM sqlite_schema") != 0 else { return 0 }
        guard try isStore(target) else { throw CartError(.unavailable, "\(path) is the database of another program.") }
        do {
            try checkWhole(target, at: path)
        } catch is SQLiteError {
            // Whether it may go all the same is asked below.
        }
        let standing = try? content(of: target)
        guard standing?.revision == 0 || mayReplace(standing) else {
            throw CartError(.conflict, standing.map { "The store holds \($0)." } ?? "The store is damaged.")
        }
        return standing?.revision ?? 0
    }

    /// Copies a backup over the target, in one transaction.
    private static func copy(_ path: String, over target: PlainConnection, stopping shouldStop: () -> Bool) throws {
        let source = try PlainConnection(path: path, .unchanging)
        defer { withExtendedLifetime(source) {} }
        guard let copying = sqlite3_backup_init(target.handle, "main", source.handle, "main") else { throw SQLiteError(target.handle) }
        var code = SQLITE_OK
        while code == SQLITE_OK, !shouldStop() { code = sqlite3_backup_step(copying, pagesInStep) }
        // Undoes everything unless the last page was copied.
        let end = sqlite3_backup_finish(copying)
        if code == SQLITE_OK { throw interrupted }
        guard code == SQLITE_DONE, end == SQLITE_OK else { throw SQLiteError(target.handle) }
    }

    /// Takes out of a restored store what ended with the processes of its time, and notes who restored it. The note has the next revision, so
    /// that whoever follows the changes hears of it.
    private static func forget(in target: PlainConnection, by author: Author, last: Int64) throws {
        // A backup of an earlier version may lack some.
        let tables = try target.texts("SELECT name FROM sqlite_schema WHERE type = 'table'")
        let content = try content(of: target)
        let revision = max(content.revision, last) + 1
        let entry = AuditEntry.restore(carts: content.carts, revision: content.revision, by: author)
        let values = [entry.actor, entry.action.rawValue, entry.subject, String(decoding: entry.details, as: UTF8.self)].map {
            "'\($0.replacing("'", with: "''"))'"
        }
        let statements = [
            ("leases", "DELETE FROM leases"), ("sessions", "DELETE FROM sessions"),
            ("answers", "DELETE FROM answers WHERE expires <= \(author.now.milliseconds)"),
            ("counters", "UPDATE counters SET value = \(revision) WHERE name = 'revision'"),
            (
                "audit",
                """
                INSERT INTO audit (id, at, actor, address, action, subject, details)
                VALUES (\(revision), \(author.now.milliseconds), \(values[0]), NULL, \(values[1]), \(values[2]), \(values[3]))
                """
            ),
        ]
        let sql = statements.filter { tables.contains($0.0) }.map { $0.1 }
        try target.execute((["BEGIN"] + sql + ["COMMIT"]).joined(separator: ";"))
    }
}
