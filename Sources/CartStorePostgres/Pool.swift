#if Postgres
import CartCore
import Synchronization

/// The connections that lists are read with. Any number of threads read at once, each with a connection of its own.
final class Pool: Sendable {
    /// Lists that are read at once, beside those that are read on threads of callers.
    static let standardMostAtOnce = 8
    /// How often a read is begun that met a write, or found no connection.
    private static let mostTries = 5

    private struct State {
        /// With the moments since when; the one that was used last is at the end.
        var idle: [(connection: Connection, since: ContinuousClock.Instant)] = []
        var isClosed = false
    }

    private let connector: Connector
    private let settings: [String]
    private let state = Mutex(State())
    private let queue: ReadQueue

    /// - Parameters:
    ///   - settings: statements that make each connection ready, see ``Connection/init(_:startingAt:timeout:settings:)``.
    ///   - mostAtOnce: connections for ``readAside(_:)``.
    init(_ connector: Connector, settings: [String] = [], mostAtOnce: Int = Pool.standardMostAtOnce) {
        self.connector = connector
        self.settings = settings
        queue = ReadQueue(mostAtOnce: mostAtOnce)
    }

    /// Reads on the calling thread, which waits for the database: not for threads that tasks share.
    ///
    /// `body` is run again if its connection was lost, once, or if the database asks for that.
    func read<Value>(_ body: (Connection) throws -> Value) throws(CartError) -> Value {
        do {
            return try perform(body)
        } catch {
            throw CartError(error, otherwise: "The store cannot be read.")
        }
    }

    private func perform<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        var tries = 0
        var losses = 0
        while true {
            let connection = try take()
            defer { giveBack(connection) }
            do {
                return try body(connection)
            } catch let error as PostgresError {
                tries += 1
                // The others are silent as well.
                if error.isTimeout {
                    connector.noteSilence()
                    closeIdle()
                }
                if error.isConnectionLost, !error.isTimeout {
                    losses += 1
                    // The others were most likely lost with it.
                    closeIdle()
                    guard losses == 1 else { throw error }
                } else {
                    guard error.isRetryable, tries < Self.mostTries else { throw error }
                }
            }
        }
    }

    /// Reads on a thread of its own: for everything whose cost depends on what is asked.
    func readAside<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws(CartError) -> Value {
        try await queue.run { [self] () throws(CartError) in try read(body) }
    }

    /// Closes the connections that nobody uses at this moment, or has for so long.
    func closeIdle(unusedFor span: Duration = .zero) {
        let latest = ContinuousClock.now - span
        let closed = state.withLock { state in
            let closed = state.idle.prefix { $0.since <= latest }
            state.idle.removeFirst(closed.count)
            return closed.map(\.connection)
        }
        for connection in closed { connection.close() }
    }

    /// Closes all connections, those in use when they are given back. Nothing can be read any more.
    func close() {
        state.withLock { $0.isClosed = true }
        closeIdle()
    }

    /// How many connections wait for somebody to use them.
    var idleCount: Int { state.withLock { $0.idle.count } }

    private func take() throws -> Connection {
        while true {
            let (connection, isClosed) = state.withLock { ($0.idle.popLast()?.connection, $0.isClosed) }
            if isClosed { throw CartError(.unavailable, "The store is closed.", retryAfter: 5) }
            guard let connection else { return try connector.connect(settings: settings) }
            if connector.isGood(connection) { return connection }
            connection.close()
        }
    }

    private func giveBack(_ connection: Connection) {
        if !connection.isIdle { connection.rollBack() }
        let isKept = state.withLock { state in
            guard connection.isIdle, !state.isClosed else { return false }
            state.idle.append((connection, .now))
            return true
        }
        if !isKept { connection.close() }
    }
}
#endif
