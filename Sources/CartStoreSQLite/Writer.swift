import CSQLite
import CartCore
import Foundation

/// The one thread that writes: it takes all requests that wait and commits them in one transaction, so that they share the
/// cost of bringing it to disk.
final class Writer: @unchecked Sendable {
    private struct Job: @unchecked Sendable {
        let run: (WriteTransaction) throws -> Void
        /// Called once, when the work is on disk (nil) or was not done.
        let finish: ((any Error)?) -> Void
    }

    /// Requests in one transaction.
    static let standardMostInGroup = 1000
    /// Frames in the log after which it is copied into the database beside the writing.
    private static let checkpointAfter = 4000
    /// Frames after which writing waits for that: the log must not grow for ever under a steady load.
    private static let checkpointFirst = 100_000

    private let connection: Connection
    private let abandonedAfter: TimeSpan
    private let queue: WriteQueue<Job>
    private let checkpointer: Checkpointer

    /// - Parameter mostInGroup: requests in one transaction.
    init(path: String, abandonedAfter: TimeSpan, mostInGroup: Int = Writer.standardMostInGroup) throws(SQLiteError) {
        self.abandonedAfter = abandonedAfter
        queue = WriteQueue(mostInGroup: mostInGroup)
        connection = try Connection(path: path, access: .write)
        checkpointer = try Checkpointer(path: path)
        let thread = Thread { [self] in work() }
        thread.name = "corral-writer"
        thread.start()
    }

    /// Runs `body` in a transaction, perhaps together with others.
    ///
    /// `body` may be run again if the transaction fails because of another's.
    ///
    /// - Returns: what `body` returned, when it is on disk.
    /// - Throws: the error of `body` if that is a ``CartError``, else `.unavailable`; then nothing was done.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws(CartError) -> Value {
        let result: Result<Value, CartError> = await withCheckedContinuation { continuation in
            let outcome = WriteResult<Value>()
            let job = Job(
                run: { outcome.value = try body($0) },
                finish: { error in continuation.resume(returning: outcome.result(error)) })
            if !queue.add(job) { job.finish(CartError(.unavailable, "The store is closed.", retryAfter: 5)) }
        }
        return try result.get()
    }

    /// Returns when everything that waits is written and the log has been copied into the database, so that the next to open the
    /// file need not read it.
    func close() async { await queue.close() }

    /// Gives back the pages that the connection keeps, as soon as nothing waits to be written.
    func releaseMemory() { queue.askForRest() }

    private func work() {
        var awaited = 0
        while let group = queue.nextGroup(resting: connection.releaseMemory) {
            if connection.logFrames > awaited + Self.checkpointFirst {
                // With a long reader it may not succeed; then it is tried again when the log has grown by as much once more.
                checkpointer.checkpointNow()
                awaited = connection.logFrames
            } else if connection.logFrames < awaited {
                awaited = 0
            }
            do {
                try run(group)
                for job in group { job.finish(nil) }
            } catch {
                // One of several may be to blame: each gets a transaction of its own.
                for job in group {
                    do {
                        if group.count == 1 { throw error }
                        try run([job])
                        job.finish(nil)
                    } catch {
                        job.finish(error)
                    }
                }
            }
            if connection.logFrames > Self.checkpointAfter { checkpointer.checkpointSoon() }
        }
        checkpointer.checkpointNow()
        queue.end()
    }

    /// What was written so far.
    var counts: WriteCounts { queue.counts }

    /// A commit whose sync failed is undone in memory, but its frames may stand in the log, whole, and would count after a crash. Another
    /// change is written over them, even if its own sync fails as well: a number is passed over.
    private func overwriteFailedCommit() throws {
        try connection.writing { try connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'revision'") }
    }

    private func run(_ group: [Job]) throws {
        do {
            try connection.writing {
                let transaction = try WriteTransaction(connection, abandonedAfter: abandonedAfter)
                for job in group { try job.run(transaction) }
                try transaction.finish()
            }
        } catch let error as SQLiteError where error.code & 0xFF == SQLITE_IOERR {
            try? overwriteFailedCommit()
            throw error
        }
        queue.noteCommit(of: group.count)
    }
}
