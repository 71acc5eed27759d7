import Synchronization

/// Counts the answers of the server: how many of which kind, and how long they took. Labels hold routes, never what stood in a request.
public final class Metrics: Sendable {
    private struct Answer: Hashable, Comparable {
        var dialect: String
        var method: String
        var route: String
        var status: Int

        static func < (a: Answer, b: Answer) -> Bool {
            (a.dialect, a.route, a.method, a.status) < (b.dialect, b.route, b.method, b.status)
        }
    }

    private struct Histogram {
        /// How many took at most as long as the bound of the same place, and not as the one before it.
        var counts = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var seconds = 0.0

        mutating func add(_ duration: Double) {
            counts[Metrics.bounds.firstIndex { duration <= $0 } ?? Metrics.bounds.count] += 1
            seconds += duration
        }
    }

    private struct State {
        var answers: [Answer: Int] = [:]
        var durations: [String: Histogram] = [:]
        var refusals: [String: Int] = [:]
    }

    /// Upper bounds of the histogram in seconds.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private let state = Mutex(State())

    public init() {}

    /// Counts one answer.
    ///
    /// - Parameter route: the form of the path, such as `/v1/carts/{key}`; empty if no route had it.
    func count(dialect: String, method: String, route: String, status: Int, duration: Duration) {
        state.withLock { state in
            state.answers[Answer(dialect: dialect, method: method, route: route, status: status), default: 0] += 1
            state.durations[dialect, default: Histogram()].add(duration / .seconds(1))
        }
    }

    /// Counts a call that was refused.
    ///
    /// - Parameter reason: ``CartError/refusal``, one of a few sentences.
    func countRefusal(_ reason: String) { state.withLock { $0.refusals[reason, default: 0] += 1 } }

    /// Everything that was counted, in Prometheus's text format.
    public func write(to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        text.begin("corral_requests_total", .counter, "Requests that were answered.")
        for (answer, count) in state.answers.sorted(by: { $0.key < $1.key }) {
            text.sample(
                Double(count),
                [
                    ("dialect", answer.dialect), ("method", answer.method), ("route", answer.route), ("status", String(answer.status)),
                ])
        }
        text.begin("corral_request_duration_seconds", .histogram, "How long requests took to be answered.")
        for (dialect, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
            text.histogram(histogram.counts, bounds: Self.bounds, sum: histogram.seconds, [("dialect", dialect)])
        }
        text.begin("corral_requests_refused_total", .counter, "Requests of those who may not make them.")
        for (reason, count) in state.refusals.sorted(by: { $0.key < $1.key }) { text.sample(Double(count), [("reason", reason)]) }
    }
}
