#if Postgres
import CLibPQ
import Foundation

/// A connection of libpq's in pipeline mode. Sending never waits, and nothing waits beyond the deadline that it is given.
final class Wire {
    /// What one step of the pipeline came to.
    enum Outcome {
        case rows(Rows)
        case failed(PostgresError)
        /// It was not run, since one before it failed.
        case skipped
        case synced
    }

    typealias Instant = ContinuousClock.Instant

    /// nil once it is closed.
    private var handle: OpaquePointer?
    private var parameters = Parameters()

    /// Connects to one host.
    ///
    /// - Parameter options: libpq's, by their keywords.
    init(_ options: [String: String], until deadline: Instant) throws(PostgresError) {
        // The order of keywords is of no meaning, and the same each time.
        let options = options.sorted { $0.key < $1.key }
        let keywords = options.map { strdup($0.key) } + [nil]
        let values = options.map { strdup($0.value) } + [nil]
        defer { for text in keywords + values { free(text) } }
        handle = PQconnectStartParams(keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 0)
        do throws(PostgresError) {
            guard PQstatus(handle) != CONNECTION_BAD else { throw connectFailure }
            // Only in this form an error while connecting shows its code.
            PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
            // What the server remarks is not written to the standard error output.
            PQsetNoticeReceiver(handle, { _, _ in }, nil)
            var state = PGRES_POLLING_WRITING
            while state != PGRES_POLLING_OK {
                switch state {
                case PGRES_POLLING_READING: _ = try wait(for: POLLIN, until: deadline)
                case PGRES_POLLING_WRITING: _ = try wait(for: POLLOUT, until: deadline)
                default: throw connectFailure
                }
                state = PQconnectPoll(handle)
            }
            PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
            guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw failure }
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    func close() {
        if let handle { PQfinish(handle) }
        handle = nil
    }

    var isClosed: Bool { handle == nil }

    /// Whether no transaction is open and no answer is awaited.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Whether a transaction is open, failed or not.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// What the server says of itself, such as `server_encoding`; nil if it does not.
    func setting(_ name: String) -> String? { PQparameterStatus(handle, name).map { String(cString: $0) } }

    func prepare(_ name: String, _ sql: String, types: [UInt32]) throws(PostgresError) {
        guard PQsendPrepare(handle, name, sql, Int32(clamping: types.count), types) == 1 else { throw failure }
    }

    /// Takes the values for the next ``run(prepared:)``; nothing is sent.
    func set(_ values: [Value]) throws(PostgresError) { try parameters.set(values) }

    func run(prepared name: String) throws(PostgresError) {
        let isSent = parameters.withPointers { count, addresses, lengths, formats in
            PQsendQueryPrepared(handle, name, count, addresses, lengths, formats, 1)
        }
        guard isSent == 1 else { throw failure }
    }

    /// Runs a statement without parameters that is not worth preparing.
    func run(_ sql: String) throws(PostgresError) {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw failure }
    }

    /// Ends a part of the pipeline: an error in it does not touch what comes behind.
    func sync() throws(PostgresError) {
        guard PQpipelineSync(handle) == 1 else { throw failure }
    }

    /// The outcome of the oldest step that has not been asked for.
    ///
    /// - Throws: if the connection is lost, or the deadline passes.
    func outcome(until deadline: Instant) throws(PostgresError) -> Outcome {
        // libpq ends the results of each statement, but not those of a sync, with none.
        var next = try result(until: deadline)
        if next == nil { next = try result(until: deadline) }
        guard let first = next else { throw failure }
        let outcome: Outcome
        switch PQresultStatus(first) {
        case PGRES_PIPELINE_SYNC:
            PQclear(first)
            return .synced
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: outcome = .rows(Rows(first))
        case PGRES_PIPELINE_ABORTED:
            PQclear(first)
            outcome = .skipped
        case PGRES_FATAL_ERROR:
            let error = PostgresError(first)
            PQclear(first)
            guard !error.isConnectionLost || error.sqlState == "25006" else { throw error }
            outcome = .failed(error)
        default:
            // COPY, which no statement of ours is.
            PQclear(first)
            throw PostgresError(sqlState: nil, message: "a result of an unexpected kind")
        }
        while let more = try result(until: deadline) { PQclear(more) }
        return outcome
    }

    /// libpq's next result; nil behind the last one of a statement.
    private func result(until deadline: Instant) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            let unsent = PQflush(handle)
            let events = try wait(for: unsent == 1 ? POLLIN | POLLOUT : POLLIN, until: deadline)
            if events & ~POLLOUT != 0, PQconsumeInput(handle) == 0 {
                // The connection is gone, but the server may have said why before it went: libpq has that, and waits for nothing more.
                guard PQsocket(handle) < 0 else { throw failure }
                break
            }
        }
        return PQgetResult(handle)
    }

    /// Whether the server has not closed the connection while nobody used it. Asks nobody.
    func isOpen() -> Bool {
        // Whatever comes now is a remark, or what the server says before it goes.
        for _ in 0..<10 {
            guard let handle, PQsocket(handle) >= 0 else { return false }
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 0) == 0 { return PQstatus(handle) == CONNECTION_OK }
            guard PQconsumeInput(handle) == 1 else { return false }
        }
        return false
    }

    /// Waits for the socket.
    ///
    /// - Returns: the events that came.
    private func wait(for events: Int32, until deadline: Instant) throws(PostgresError) -> Int32 {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(truncatingIfNeeded: events), revents: 0)
        guard descriptor.fd >= 0 else { throw failure }
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            let ready = poll(&descriptor, 1, Int32(min(max(left.rounded(.up), 0), 1_000_000)))
            if ready > 0 { return Int32(descriptor.revents) }
            if ready == 0, left <= 0 { throw .timeout }
            if ready < 0, errno != EINTR { throw failure }
        }
    }

    /// That the connection cannot be used, in libpq's words.
    private var failure: PostgresError {
        PostgresError(sqlState: nil, message: PQerrorMessage(handle).map { String(cString: $0) } ?? "")
    }

    /// Why there is no connection.
    private var connectFailure: PostgresError {
        let message = failure.message
        // `connection to server at "…" failed: FATAL:  53300: sorry, too many clients already`
        let code = #/:  ([0-9A-Z]{5}): /#
        if let match = message.matches(of: code).last {
            return PostgresError(sqlState: String(match.1), message: message, isFatal: true)
        }
        // What libpq finds out by itself has no code.
        let isReadOnly = message.contains("read-only") || message.contains("hot standby")
        return PostgresError(sqlState: isReadOnly ? "25006" : nil, message: message, isFatal: true)
    }
}
#endif
