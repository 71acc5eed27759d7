import Synchronization

/// What this process has swept so far.
public final class SweepMetrics: Sendable {
    public struct Counts: Hashable, Sendable {
        /// The run that is under way or was the last.
        public var last: SweepReport?
        /// Carts that were removed by all runs.
        public var removed = 0
    }

    private let state = Mutex((counts: Counts(), before: 0))

    public init() {}

    public var counts: Counts { state.withLock { $0.counts } }

    /// Notes how far a run has come.
    @Sendable public func note(_ report: SweepReport) {
        state.withLock { state in
            // The carts of one run are told of again and again.
            if state.counts.last?.started != report.started { state.before = state.counts.removed }
            state.counts.removed = state.before + report.removed
            state.counts.last = report
        }
    }
}
