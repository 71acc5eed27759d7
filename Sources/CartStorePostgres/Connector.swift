#if Postgres
import CartCore
import Synchronization

/// Connects to the database, for all of a process. After a failure it waits longer and longer before it tries again, so that a flood of
/// requests does not become a flood of attempts.
final class Connector: Sendable {
    typealias Instant = ContinuousClock.Instant

    private static let shortestPause: Duration = .milliseconds(100)
    private static let longestPause: Duration = .seconds(2)

    private struct State {
        /// The host that was good the last time.
        var host = 0
        var generation = 0
        /// Why the last attempt failed; nil after one that succeeded.
        var failure: PostgresError?
        var failedAt: Instant?
        var pause = Connector.shortestPause
        var nextAttempt: Instant?
        /// Whether one tries after a failure; the others do not wait for it.
        var isTrying = false
    }

    let location: PostgresLocation
    /// For as long each statement may take.
    let timeout: Duration
    private let state = Mutex(State())

    init(_ location: PostgresLocation, timeout: Duration = Connection.standardTimeout) {
        self.location = location
        self.timeout = timeout
    }

    /// Connects, on the calling thread. After a failure it throws that one again at once, as long as the pause lasts or another tries.
    ///
    /// - Parameter settings: see ``Connection/init(_:startingAt:timeout:settings:)``.
    func connect(settings: [String] = []) throws(PostgresError) -> Connection {
        let begun = ContinuousClock.now
        let (host, generation, failure): (Int, Int, PostgresError?) = state.withLock { state in
            if let failure = state.failure {
                if state.isTrying || state.nextAttempt.map({ begun < $0 }) ?? false { return (state.host, state.generation, failure) }
                state.isTrying = true
            }
            return (state.host, state.generation, nil)
        }
        if let failure { throw failure }
        do throws(PostgresError) {
            let connection = try Connection(
                location, startingAt: host, generation: generation, timeout: timeout, settings: settings)
            state.withLock { state in
                state = State(host: connection.host, generation: state.generation)
            }
            return connection
        } catch {
            state.withLock { state in
                state.isTrying = false
                state.failure = error
                // Of several that fail at the same time one counts.
                if let failedAt = state.failedAt, failedAt > begun { return }
                let now = ContinuousClock.now
                state.failedAt = now
                state.nextAttempt = now + state.pause
                state.pause = min(state.pause * 2, Self.longestPause)
            }
            throw error
        }
    }

    /// Takes note that the database was silent over a connection that stood: until somebody has connected anew nobody has to wait for it.
    func noteSilence() {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.failure = .timeout
            state.failedAt = .now
            state.nextAttempt = .now
        }
    }

    /// Takes note that a host takes no writes any more, as after a fail-over. Whoever has a connection must look for the host that does,
    /// also who only reads: the old one would go on answering, and know nothing of what is written from now on.
    func noteReadOnly() { state.withLock { $0.generation += 1 } }

    /// Whether a connection was made since a host last turned out to take no writes.
    func isCurrent(_ connection: Connection) -> Bool { state.withLock { $0.generation == connection.generation } }

    /// Whether a connection can be used for what is next; see ``Connection/isOpen()``.
    func isGood(_ connection: Connection) -> Bool { isCurrent(connection) && connection.isOpen() }

    /// Why the last attempt failed; nil if it succeeded or there was none. Who has no connection need not ask for one then, except at
    /// ``nextAttempt``.
    var failure: PostgresError? { state.withLock { $0.failure } }

    /// When the database may be tried again, or, while another tries it, when to ask again; nil if it may be at once.
    var nextAttempt: Instant? {
        state.withLock { state in
            guard state.isTrying else { return state.nextAttempt }
            return max(state.nextAttempt ?? .now, .now + Self.shortestPause)
        }
    }
}
#endif
