#if Postgres
import CartCore
import Foundation

/// One connection in pipeline mode with its prepared statements.
///
/// It may be handed from thread to thread, but only one may use it at a time. No call waits longer than ``timeout``; after a timeout, and
/// whenever it is lost, the connection is closed and every further call fails.
final class Connection: @unchecked Sendable {
    /// For as long a statement, or all that ``finish()`` waits for, may take.
    static let standardTimeout: Duration = .seconds(10)
    /// Prepared statements that are kept.
    static let mostStatements = 200

    /// A statement as it was asked for.
    private struct Request {
        let sql: String
        let values: [Value]
        /// Whether its rows are of no interest.
        var isSilent = false
        var isPrepared = true

        var isCommit: Bool { sql.hasPrefix("COMMIT") }
    }

    /// What is still to be answered, in order.
    private enum Step {
        case preparation(sql: String, name: String)
        /// - Parameter isKnown: whether it was prepared before it was sent.
        case statement(Request, name: String, isKnown: Bool)
        /// - Parameter isOurs: whether it ends what nobody asked for, whose errors are of no interest.
        case sync(isOurs: Bool)

        var isCommit: Bool {
            guard case .statement(let request, _, _) = self else { return false }
            return request.isCommit
        }
    }

    /// Which of the location's hosts it is.
    let host: Int
    /// See ``Connector/isCurrent(_:)``.
    let generation: Int
    private(set) var timeout: Duration
    private let wire: Wire
    private var statements = PreparedStatements()
    private var steps: [Step] = []
    /// Steps that have been answered.
    private var answered = 0
    /// What was sent since the last sync, to be sent again should prepared statements be gone.
    private var requests: [Request] = []
    private var wasIdle = true
    private var hasCommitted = false
    /// Round trips so far: how often answers were waited for.
    private(set) var waits = 0
    /// Told of each statement that is asked for; tests look at plans and count.
    var onRequest: ((_ sql: String, _ values: [Value]) -> Void)?
    /// Why it was closed.
    private var ending = PostgresError.closed

    /// Connects to the first of the hosts that can be used.
    ///
    /// - Parameters:
    ///   - firstHost: where to begin; the others are tried behind it.
    ///   - generation: see ``Connector/isCurrent(_:)``.
    ///   - timeout: for as long later calls may take. The server is told to give up a statement a little earlier.
    ///   - settings: statements that make the connection ready; one that the server does not know does no harm.
    init(
        _ location: PostgresLocation, startingAt firstHost: Int = 0, generation: Int = 0,
        timeout: Duration = Connection.standardTimeout, settings: [String] = []
    ) throws(PostgresError) {
        (wire, host) = try Self.connect(to: location, startingAt: firstHost)
        self.generation = generation
        self.timeout = timeout
        for setting in Self.keepalives + settings {
            try pass(Request(sql: setting, values: [], isSilent: true, isPrepared: false))
            try sync(isOurs: true)
        }
        try execute(Self.limits(timeout))
    }

    private static func connect(to location: PostgresLocation, startingAt first: Int) throws(PostgresError) -> (Wire, Int) {
        var failure: PostgresError?
        for place in 0..<location.hostCount {
            let host = (first + place) % location.hostCount
            do throws(PostgresError) {
                return (try Wire(location.options(forHost: host), until: .now + location.connectTimeout), host)
            } catch {
                // Of several what a server said tells more than that another was silent.
                if failure?.sqlState == nil { failure = error }
            }
        }
        throw failure ?? .closed
    }

    /// Has the server notice that this machine is gone, and end what it had begun: a part of a transaction would hold its locks.
    private static let keepalives = ["idle = 10", "interval = 5", "count = 3"].map { "SET tcp_keepalives_\($0)" }

    /// Tells the server to give up what nobody waits for any more: a statement, or a transaction whose client has stopped, which would hold
    /// its locks. A lock is waited for half as long, since who waits for it has waited before.
    private static func limits(_ timeout: Duration) -> [String] {
        let milliseconds = min(max(Int64((timeout / .milliseconds(1)) * 0.9), 2), Int64(Int32.max))
        return [
            "SET statement_timeout = \(milliseconds)", "SET idle_in_transaction_session_timeout = \(milliseconds)",
            "SET lock_timeout = \(milliseconds / 2)",
        ]
    }

    /// Whether it can be used.
    var isUsable: Bool { !wire.isClosed }

    /// Whether it can be used by whoever is next: no transaction is open, and no answer outstanding.
    var isIdle: Bool { isUsable && answered == steps.count && wire.isIdle }

    /// Whether the server has not closed it meanwhile, as far as can be told without asking the server; if it has, it is closed.
    func isOpen() -> Bool {
        guard isIdle else { return isUsable }
        guard wire.isOpen() else {
            close()
            return false
        }
        return true
    }

    /// What the server says of itself, such as `server_encoding` or `server_version`; nil if it does not.
    func setting(_ name: String) -> String? { wire.setting(name) }

    /// How many statements are prepared at the moment.
    var statementCount: Int { statements.count }

    func close() {
        wire.close()
        statements.forgetAll()
        steps.removeAll()
        requests.removeAll()
        answered = 0
    }

    // MARK: Several statements at once

    /// Sends a statement without waiting. It is prepared when it is used for the first time with values of these types.
    func send(_ sql: String, _ values: [Value] = []) throws(PostgresError) { try put(Request(sql: sql, values: values)) }

    /// Waits for all that was sent, at most for ``timeout``. Outside of a transaction all of it is done, or nothing.
    ///
    /// - Returns: for each `send`, in order.
    /// - Throws: the first statement's error. What comes behind it was not done; a transaction that is open has failed, see ``rollBack()``.
    func finish() throws(PostgresError) -> [Rows] {
        guard isUsable else { throw ending }
        let sent = requests
        guard !sent.isEmpty else { return [] }
        try sync()
        do throws(PostgresError) {
            return try answers()
        } catch {
            // Nothing of it was done, so it can be sent once more with statements that are prepared anew.
            guard error.isStale, isUsable, wasIdle, !hasCommitted else { throw error }
            rollBack()
            guard isUsable else { throw error }
            for request in sent { try pass(request) }
            try sync()
            return try answers()
        }
    }

    /// Sends a statement and waits for its answer.
    func query(_ sql: String, _ values: [Value] = []) throws(PostgresError) -> Rows {
        try send(sql, values)
        guard let rows = try finish().last else { throw .closed }
        return rows
    }

    /// Runs statements without parameters that are needed once, all or nothing if no transaction is open.
    func execute(_ statements: [String]) throws(PostgresError) {
        for sql in statements { try put(Request(sql: sql, values: [], isPrepared: false)) }
        _ = try finish()
    }

    // MARK: Statements that have nothing to do with each other

    /// Sends a statement without waiting; its error does not touch the others.
    func sendAlone(_ sql: String, _ values: [Value] = []) throws(PostgresError) {
        try put(Request(sql: sql, values: values))
        try sync()
    }

    /// The answer to the oldest ``sendAlone(_:_:)`` that was not asked for.
    func nextAnswer() throws(PostgresError) -> Rows {
        guard isUsable else { throw ending }
        guard let rows = try answers().last else { throw .closed }
        return rows
    }

    // MARK: Transactions

    /// Runs `body` in a transaction; if it throws, nothing was done. ``PostgresError/isOutcomeUnknown`` is the exception.
    ///
    /// - Parameter begin: the statement that begins it; it is sent together with the first of `body`.
    func transaction<Value>(_ begin: String = "BEGIN", _ body: () throws -> Value) throws -> Value {
        do {
            try put(Request(sql: begin, values: [], isSilent: true))
            let value = try body()
            try put(Request(sql: "COMMIT", values: [], isSilent: true))
            _ = try finish()
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends the transaction that is open, if one is, and drops answers that nobody has asked for. A connection where that does not succeed
    /// is closed.
    func rollBack() {
        guard isUsable else { return }
        do throws(PostgresError) {
            if !requests.isEmpty {
                try pass(Request(sql: "ROLLBACK", values: [], isSilent: true))
                try sync()
            }
            while isUsable, answered < steps.count {
                // What failed is what is to be undone.
                do throws(PostgresError) { _ = try answers() } catch { continue }
            }
            guard isUsable, wire.isInTransaction else { return }
            try pass(Request(sql: "ROLLBACK", values: [], isSilent: true))
            try sync()
            _ = try answers()
        } catch {
            close()
        }
    }

    /// Gives calls within `body` another time, here and on the server. No transaction may be open.
    func withTimeout<Value>(_ timeout: Duration, _ body: () throws -> Value) throws -> Value {
        let standard = self.timeout
        try execute(Self.limits(timeout))
        self.timeout = timeout
        defer {
            self.timeout = standard
            do throws(PostgresError) {
                if isUsable {
                    guard isIdle else { throw .closed }
                    try execute(Self.limits(standard))
                }
            } catch {
                close()
            }
        }
        return try body()
    }

    // MARK: The pipeline

    private func put(_ request: Request) throws(PostgresError) {
        guard isUsable else { throw ending }
        onRequest?(request.sql, request.values)
        if requests.isEmpty {
            wasIdle = isIdle
            hasCommitted = false
            if wasIdle { try dropOldest() }
        }
        try pass(request)
        requests.append(request)
    }

    /// Has the server forget statements when there are too many, in a part of the pipeline of its own.
    private func dropOldest() throws(PostgresError) {
        let names = statements.forgetOldest(over: Self.mostStatements)
        guard !names.isEmpty else { return }
        for name in names { try pass(Request(sql: "DEALLOCATE \(name)", values: [], isSilent: true, isPrepared: false)) }
        try sync(isOurs: true)
    }

    private func pass(_ request: Request) throws(PostgresError) {
        do throws(PostgresError) {
            guard request.isPrepared else {
                try wire.run(request.sql)
                steps.append(.statement(request, name: "", isKnown: true))
                return
            }
            try wire.set(request.values)
            if let name = statements.name(request.sql, request.values) {
                try wire.run(prepared: name)
                steps.append(.statement(request, name: name, isKnown: true))
            } else {
                let statement = statements.add(request.sql, request.values)
                try wire.prepare(statement.name, request.sql, types: statement.types)
                steps.append(.preparation(sql: request.sql, name: statement.name))
                try wire.run(prepared: statement.name)
                steps.append(.statement(request, name: statement.name, isKnown: false))
            }
        } catch {
            // Values that are too large have not touched the connection.
            if error.isConnectionLost { close() }
            throw error
        }
    }

    private func sync(isOurs: Bool = false) throws(PostgresError) {
        do throws(PostgresError) {
            try wire.sync()
            steps.append(.sync(isOurs: isOurs))
            requests.removeAll(keepingCapacity: true)
        } catch {
            close()
            throw error
        }
    }

    /// Waits for everything up to the next sync.
    private func answers() throws(PostgresError) -> [Rows] {
        let deadline = ContinuousClock.now + timeout
        waits += 1
        var answers: [Rows] = []
        var failure: PostgresError?
        while answered < steps.count {
            let step = steps[answered]
            let outcome: Wire.Outcome
            do throws(PostgresError) {
                outcome = try wire.outcome(until: deadline)
            } catch {
                // What the connection ended behind is done.
                guard case .sync(isOurs: false) = step, hasCommitted, failure == nil, answered > 0, steps[answered - 1].isCommit else {
                    throw lost(error)
                }
                _ = lost(error)
                return answers
            }
            answered += 1
            switch (step, outcome) {
            case (.sync(let isOurs), .synced):
                if answered == steps.count {
                    steps.removeAll(keepingCapacity: true)
                    answered = 0
                }
                if isOurs {
                    answers.removeAll()
                    failure = nil
                } else if let failure {
                    if failure.isConnectionLost { close() }
                    throw failure
                } else {
                    return answers
                }
            case (.preparation(let sql, let name), .rows): statements.confirm(sql, name)
            case (.preparation(let sql, let name), .failed(let error)):
                statements.forget(sql, name)
                failure = failure ?? error
            case (.preparation(let sql, let name), .skipped): statements.forget(sql, name)
            case (.statement(let request, _, _), .rows(let rows)):
                if request.isCommit {
                    if rows.command == "ROLLBACK" {
                        failure = failure ?? PostgresError(sqlState: "25P02", message: "the transaction had failed")
                    } else {
                        hasCommitted = true
                    }
                }
                if !request.isSilent { answers.append(rows) }
            case (.statement(let request, let name, let isKnown), .failed(var error)):
                if error.sqlState == "26000" {
                    error.isStale = true
                    statements.forgetAll()
                } else if error.sqlState == "0A000", isKnown, request.isPrepared {
                    // "cached plan must not change result type", if it is that.
                    error.isStale = true
                    statements.forget(request.sql, name)
                }
                failure = failure ?? error
            case (.statement, .skipped): break
            case (.statement, .synced), (.preparation, .synced), (.sync, _):
                throw lost(PostgresError(sqlState: nil, message: "answers out of order"))
            }
        }
        throw lost(failure ?? .closed)
    }

    /// Closes the connection.
    ///
    /// - Returns: the error, and whether a COMMIT may have been done, or was.
    private func lost(_ error: PostgresError) -> PostgresError {
        ending = error
        var error = error
        let awaited = steps.dropFirst(answered)
        // The server says in order what it did: if it gave a reason in place of an answer before that of COMMIT, COMMIT was not reached.
        if error.isAboutConnection {
            error.isOutcomeUnknown = awaited.contains { $0.isCommit }
        } else if let first = awaited.first {
            error.isOutcomeUnknown = first.isCommit
        }
        if hasCommitted { error.isOutcomeUnknown = true }
        close()
        return error
    }
}
#endif
