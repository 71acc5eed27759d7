import Foundation
import Synchronization

/// Copies the write-ahead log into the database, on a connection of its own, so that no commit waits for it.
final class Checkpointer: Sendable {
    private let connection: Connection
    private let queue = DispatchQueue(label: "corral-checkpoint")
    private let isUnderWay = Mutex(false)

    init(path: String) throws(SQLiteError) {
        connection = try Connection(path: path, access: .write)
    }

    /// Begins a checkpoint that hinders nobody, unless one is under way.
    func checkpointSoon() {
        let begins = isUnderWay.withLock { isUnderWay in
            defer { isUnderWay = true }
            return !isUnderWay
        }
        guard begins else { return }
        queue.async { [self] in
            // A checkpoint that fails is tried again after the next commits; nothing is lost meanwhile.
            try? connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            isUnderWay.withLock { $0 = false }
        }
    }

    /// Copies the whole log and lets it begin anew, waiting for readers.
    ///
    /// Most of it is copied while others write; only what they have added meanwhile holds them up, or the writes of another process could
    /// wait longer than they may.
    func checkpointNow() {
        queue.sync {
            try? connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            try? connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }
}
