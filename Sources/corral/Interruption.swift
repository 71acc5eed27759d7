import Foundation
import Synchronization
import UnixSignals

/// Lets long work end where it can be resumed when the user wants the program to end (SIGINT, SIGTERM).
final class Interruption: Sendable {
    private struct State {
        var isRequested = false
        /// What to say at the end, while there is nothing that must be finished first.
        var farewell: String?
    }

    private let state = Mutex(State())

    init() {
        Task { [weak self] in
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { self?.request() }
        }
    }

    /// Whether the end was requested: for work that asks at each step.
    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Runs work that may be broken off at any moment, such as waiting for input. If the end is requested meanwhile, or was before, the
    /// program ends at once, with a line on stderr and the exit code 1.
    func breakable<Value>(_ farewell: String, _ body: () throws -> Value) rethrows -> Value {
        state.withLock { state in
            state.farewell = farewell
            if state.isRequested { Self.end(farewell) }
        }
        defer { state.withLock { $0.farewell = nil } }
        return try body()
    }

    /// A second request ends the program in any case.
    private func request() {
        state.withLock { state in
            if let farewell = state.farewell { Self.end(farewell) }
            if state.isRequested { exit(130) }
            state.isRequested = true
        }
    }

    private static func end(_ farewell: String) -> Never {
        printToStandardError(farewell)
        exit(1)
    }
}
