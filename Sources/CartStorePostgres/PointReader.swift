#if Postgres
import CartCore
import Foundation

/// The one thread that reads single rows: it sends all reads that wait over one connection, and takes the answers as they come.
final class PointReader: @unchecked Sendable {
    private struct Job {
        let sql: String
        let values: [Value]
        var tries = 0
        let finish: @Sendable (Result<Rows, CartError>) -> Void
    }

    /// Reads that are sent before the first of them is answered.
    private static let mostAtOnce = 256
    /// Reads that may wait; a client that is told to come again is better off than one that hears nothing.
    private static let mostWaiting = 20_000
    /// How often a read is sent that met a write.
    private static let mostTries = 5

    private let connector: Connector
    private let condition = NSCondition()
    // What follows is guarded by the condition.
    private var waiting: [Job] = []
    private var isConnected = false
    private var isClosing = false

    init(_ connector: Connector) {
        self.connector = connector
        let thread = Thread { [self] in work() }
        thread.name = "corral-reader"
        thread.start()
    }

    /// Answers when the database has. A read whose connection was lost is sent once more over a new one.
    func query(_ sql: String, _ values: [Value] = []) async throws(CartError) -> Rows {
        let result: Result<Rows, CartError> = await withCheckedContinuation { continuation in
            let job = Job(sql: sql, values: values) { continuation.resume(returning: $0) }
            if let refusal = enqueue(job) { job.finish(.failure(refusal)) }
        }
        return try result.get()
    }

    /// - Returns: why it cannot be read now; nil if it waits for its answer.
    private func enqueue(_ job: Job) -> CartError? {
        // While the database cannot be reached, nobody waits for it.
        let failure = connector.failure
        condition.lock()
        defer { condition.unlock() }
        if isClosing { return CartError(.unavailable, "The store is closed.", retryAfter: 5) }
        if let failure, !isConnected {
            // The thread may sleep for too long if the machine's clock was set back.
            if connector.nextAttempt.map({ $0 < .now }) ?? true { condition.signal() }
            return failure.unavailable
        }
        guard waiting.count < Self.mostWaiting else { return CartError(.unavailable, "Too many reads are waiting.", retryAfter: 1) }
        waiting.append(job)
        condition.signal()
        return nil
    }

    /// Ends the thread when everything that waits is answered. Nothing can be read any more.
    func close() {
        condition.lock()
        isClosing = true
        condition.signal()
        condition.unlock()
    }

    // MARK: The thread

    private func work() {
        var connection: Connection?
        while let jobs = nextJobs() {
            var jobs = jobs
            // Reads that failed in a way that another try may mend are sent again, over a new connection if need be.
            repeat {
                if let old = connection, !connector.isGood(old) {
                    old.close()
                    connection = nil
                }
                if connection == nil { connection = connect(failing: jobs) }
                guard let connection else { break }
                jobs = read(jobs, connection)
            } while !jobs.isEmpty
            if connection?.isUsable == false { note(isConnected: false) }
        }
        connection?.close()
    }

    /// What waits. Without a connection also none, when the database is to be tried again; nil at the end.
    private func nextJobs() -> [Job]? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isClosing {
            guard !isConnected, connector.failure != nil else {
                condition.wait()
                continue
            }
            let pause = connector.nextAttempt.map { $0 - .now } ?? .zero
            guard pause > .zero else { return [] }
            _ = condition.wait(until: Date(timeIntervalSinceNow: pause / .seconds(1)))
        }
        guard !waiting.isEmpty else { return nil }
        let jobs = Array(waiting.prefix(Self.mostAtOnce))
        waiting.removeFirst(jobs.count)
        return jobs
    }

    private func note(isConnected: Bool) {
        condition.lock()
        self.isConnected = isConnected
        condition.unlock()
    }

    /// Refuses these reads and those that wait, if the database is silent or locked: they have waited for as long.
    ///
    /// - Returns: whether they were refused.
    private func giveUp(_ jobs: some Sequence<Job>, after error: PostgresError) -> Bool {
        guard error.isTooLate else { return false }
        if error.isTimeout {
            connector.noteSilence()
            note(isConnected: false)
        }
        refuse(jobs, error)
        return true
    }

    /// Refuses these reads and those that wait.
    private func refuse(_ jobs: some Sequence<Job>, _ error: PostgresError) {
        condition.lock()
        let failed = jobs + waiting
        waiting.removeAll()
        condition.unlock()
        for job in failed { job.finish(.failure(error.unavailable)) }
    }

    /// - Returns: nil if there is no connection; then these reads and those that wait have been told so.
    private func connect(failing jobs: [Job]) -> Connection? {
        note(isConnected: false)
        do throws(PostgresError) {
            let connection = try connector.connect()
            note(isConnected: true)
            return connection
        } catch {
            refuse(jobs, error)
            return nil
        }
    }

    /// Sends all and takes all answers.
    ///
    /// - Returns: those to be sent again.
    private func read(_ jobs: [Job], _ connection: Connection) -> [Job] {
        // Together they cost the server and this process half as much; it is rare that one of them fails.
        if jobs.count > 1, jobs.allSatisfy({ $0.tries == 0 }) {
            do throws(PostgresError) {
                for job in jobs { try connection.send(job.sql, job.values) }
                for (job, rows) in zip(jobs, try connection.finish()) { job.finish(.success(rows)) }
                return []
            } catch {
                connection.rollBack()
                if giveUp(jobs, after: error) { return [] }
            }
        }
        var sent: [Job] = []
        var again: [Job] = []
        for job in jobs {
            do throws(PostgresError) {
                try connection.sendAlone(job.sql, job.values)
                sent.append(job)
            } catch {
                settle(job, error, &again)
            }
        }
        for (place, job) in sent.enumerated() {
            do throws(PostgresError) {
                let rows = try connection.nextAnswer()
                job.finish(.success(rows))
            } catch {
                if giveUp(sent[place...], after: error) {
                    // With the answers that nobody waits for.
                    connection.close()
                    break
                }
                settle(job, error, &again)
            }
        }
        return again
    }

    private func settle(_ job: Job, _ error: PostgresError, _ again: inout [Job]) {
        var job = job
        job.tries += 1
        if error.isConnectionLost ? job.tries == 1 : error.isRetryable && job.tries < Self.mostTries {
            again.append(job)
        } else {
            job.finish(.failure(error.unavailable))
        }
    }
}
#endif
