#if Postgres
import CartCore
import Foundation

/// The one thread of this process that writes: it takes all requests that wait and commits them in one transaction of two round trips.
final class Writer: @unchecked Sendable {
    private struct Job: @unchecked Sendable {
        let needs: WriteTransaction.Needs
        /// nil: as long as everything else.
        let timeout: Duration?
        let run: (WriteTransaction) throws -> Void
        /// Called once, when the work is durable (nil) or was not done.
        let finish: ((any Error)?) -> Void
    }

    /// Requests in one transaction.
    static let standardMostInGroup = 1000
    /// How often a transaction is tried that met another one.
    private static let mostTries = 8
    /// Runs that are tidied between two transactions.
    private static let mostTidied = 16

    private let connector: Connector
    private let abandonedAfter: TimeSpan
    private let queue: WriteQueue<Job>
    // What follows is the thread's alone.
    private var connection: Connection?
    private var untidy: [CartRanks.Run] = []

    /// - Parameter mostInGroup: requests in one transaction.
    init(_ connector: Connector, abandonedAfter: TimeSpan, mostInGroup: Int = Writer.standardMostInGroup) {
        self.connector = connector
        self.abandonedAfter = abandonedAfter
        queue = WriteQueue(mostInGroup: mostInGroup)
        let thread = Thread { [self] in work() }
        thread.name = "corral-writer"
        thread.start()
    }

    /// Runs `body` in a transaction, perhaps together with others.
    ///
    /// `body` may be run again, if the transaction fails because of another's or the database asks for it.
    ///
    /// - Parameters:
    ///   - needs: what `body` is going to look at.
    ///   - timeout: for each of its round trips; with one it gets a transaction of its own.
    /// - Returns: what `body` returned, when it is durable.
    /// - Throws: the error of `body` if that is a ``CartError``, else `.unavailable`; then nothing was done, unless it says that the
    ///   connection was lost in between.
    func write<Value: Sendable>(
        needing needs: WriteTransaction.Needs = WriteTransaction.Needs(), timeout: Duration? = nil,
        _ body: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws(CartError) -> Value {
        let result: Result<Value, CartError> = await withCheckedContinuation { continuation in
            let outcome = WriteResult<Value>()
            let job = Job(
                needs: needs, timeout: timeout, run: { outcome.value = try body($0) },
                finish: { error in continuation.resume(returning: outcome.result(error)) })
            if !queue.add(job) { job.finish(CartError(.unavailable, "The store is closed.", retryAfter: 5)) }
        }
        return try result.get()
    }

    /// Returns when everything that waits is written.
    func close() async { await queue.close() }

    /// What was written so far.
    var counts: WriteCounts { queue.counts }

    // MARK: The thread

    private func work() {
        while let group = queue.nextGroup() {
            for part in group.split(omittingEmptySubsequences: true, whereSeparator: { $0.timeout != nil }) { settle(Array(part)) }
            for job in group where job.timeout != nil { settle([job]) }
            tidy()
        }
        connection?.close()
        queue.end()
    }

    private func settle(_ group: [Job]) {
        do {
            let failures = try commit(group)
            for (place, job) in group.enumerated() { job.finish(failures[place]) }
        } catch {
            giveUp(after: error)
            // One of several may be to blame: each gets a transaction of its own.
            if group.count > 1, Self.isOfOne(error) {
                settleAlone(group)
            } else {
                for job in group { job.finish(error) }
            }
        }
    }

    /// One after the other, until something is wrong that none of them is to blame for.
    private func settleAlone(_ group: [Job]) {
        var trouble: (any Error)?
        for job in group {
            if let trouble {
                job.finish(trouble)
                continue
            }
            do {
                job.finish(try commit([job])[0])
            } catch {
                giveUp(after: error)
                job.finish(error)
                if !Self.isOfOne(error) { trouble = error }
            }
        }
    }

    /// Refuses who waits, if the database is silent or locked: they have waited for as long.
    private func giveUp(after error: any Error) {
        guard let error = error as? PostgresError, error.isTooLate else { return }
        if error.isTimeout { connector.noteSilence() }
        for job in queue.takeWaiting() { job.finish(error) }
    }

    /// Whether an error may come from what one of several requests asked for, not from the state of the database.
    private static func isOfOne(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return true }
        guard !error.isConnectionLost, !error.isOutcomeUnknown, let state = error.sqlState else { return false }
        return !["25", "28", "40", "53", "55", "57", "58", "XX"].contains(state.prefix(2))
    }

    /// - Returns: why some of the requests, by their places, were not done; all others are durable.
    private func commit(_ group: [Job]) throws -> [Int: CartError] {
        var tries = 0
        var losses = 0
        while true {
            do {
                let connection = try connected()
                guard let timeout = group.first?.timeout else { return try attempt(group, on: connection) }
                return try connection.withTimeout(timeout) { try attempt(group, on: connection) }
            } catch let error as PostgresError where !error.isOutcomeUnknown {
                if error.sqlState == PostgresError.readOnly.sqlState { connector.noteReadOnly() }
                // With a time of its own it may take rows from somewhere that gives them once.
                guard group.first?.timeout == nil else { throw error }
                if error.isConnectionLost, !error.isTimeout {
                    losses += 1
                    guard losses == 1 else { throw error }
                } else {
                    tries += 1
                    guard error.isRetryable, tries < Self.mostTries else { throw error }
                    Thread.sleep(forTimeInterval: Double.random(in: 0...1) * 0.002 * Double(1 << tries))
                }
            }
        }
    }

    private func connected() throws(PostgresError) -> Connection {
        if let connection, connector.isGood(connection) { return connection }
        let new = try connector.connect()
        connection = new
        return new
    }

    private func attempt(_ group: [Job], on connection: Connection) throws -> [Int: CartError] {
        var begun: WriteTransaction?
        do {
            let transaction = try WriteTransaction(connection, needing: group.map(\.needs), abandonedAfter: abandonedAfter)
            begun = transaction
            var failures: [Int: CartError] = [:]
            for (place, job) in group.enumerated() {
                let steps = transaction.steps
                do {
                    try job.run(transaction)
                } catch let error as CartError where transaction.steps == steps {
                    // It has written nothing, so the others need not begin again.
                    failures[place] = error
                }
            }
            untidy += try transaction.commit()
            if failures.count < group.count { queue.noteCommit(of: group.count - failures.count) }
            return failures
        } catch var error as PostgresError {
            connection.rollBack()
            // Where the database said nothing, nobody knows how far it came.
            if begun?.isCommitting == true, error.isAboutConnection { error.isOutcomeUnknown = true }
            throw error
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// Cuts runs that have grown too long and removes those without carts. What does not succeed is found again with the next change.
    private func tidy() {
        let runs = Set(untidy.prefix(Self.mostTidied))
        untidy.removeFirst(min(untidy.count, Self.mostTidied))
        for run in runs {
            guard let connection, connection.isUsable else { break }
            do {
                try CartRanks(connection: connection).tidy(run)
            } catch {
                giveUp(after: error)
                untidy.removeAll()
                break
            }
        }
    }
}

extension PostgresError: StoreFailure {}
#endif
