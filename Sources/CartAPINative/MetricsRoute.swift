import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/metrics`: what Prometheus scrapes, from the same machine or with a key that may read.
struct MetricsRoute: Sendable {
    let metrics: Metrics
    let sweep: SweepMetrics
    let store: any CartStore
    let keys: any CredentialStore
    let gate: Gate

    func add(to router: Router<CartRequestContext>) { router.get("/metrics", use: show) }

    private func show(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        if context.clientAddress?.isLoopback != true {
            let caller = try await gate.consumerKeyCaller(of: request, in: context)
            try caller.requireReading()
        }
        var text = PrometheusText()
        metrics.write(to: &text)
        let counts = store.writeCounts
        text.begin("corral_store_commit_writes", .histogram, "How many requests to write shared a transaction.")
        text.histogram(counts.sizes, bounds: WriteCounts.bounds, sum: Double(counts.writes))
        let swept = sweep.counts
        text.begin("corral_sweep_removed_total", .counter, "Carts that the sweep removed.")
        text.sample(Double(swept.removed))
        if let last = swept.last {
            text.begin("corral_sweep_last_run_timestamp_seconds", .gauge, "When the last run of the sweep began.")
            text.sample(Double(last.started.milliseconds) / 1000)
            text.begin("corral_sweep_last_run_duration_seconds", .gauge, "How long the last run of the sweep took.")
            text.sample(Double(last.duration.milliseconds) / 1000)
            text.begin("corral_sweep_outcome", .gauge, "What became of the last run of the sweep: 1 of the outcome that it was.")
            for outcome in SweepReport.Outcome.allCases {
                text.sample(last.outcome == outcome ? 1 : 0, [("outcome", outcome.rawValue)])
            }
            text.begin("corral_sweep_backlog", .gauge, "Carts that are due and that the last run of the sweep left.")
            text.sample(Double(last.backlog))
        }
        // What the process itself knows is shown even if the store cannot be read.
        if let keys = try? await keys.keys() {
            let states = Dictionary(grouping: keys) { $0.key.state(at: context.now) }
            text.begin("corral_keys", .gauge, "Consumer keys by their state.")
            for state in ConsumerKey.State.allCases { text.sample(Double(states[state]?.count ?? 0), [("state", state.rawValue)]) }
        }
        return Response(
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"], bytes: Array(text.text.utf8))
    }
}
