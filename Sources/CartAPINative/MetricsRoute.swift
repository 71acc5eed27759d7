import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/metrics`: what Prometheus scrapes, from the same machine or with a key that may read.
struct MetricsRoute: Sendable {
    let metrics: Metrics
    let store: any CartStore
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
        text.begin("corral_store_commits_total", .counter, "Transactions that were written to the store.")
        text.sample(Double(counts.commits))
        text.begin("corral_store_writes_total", .counter, "Requests to write that shared these transactions.")
        text.sample(Double(counts.writes))
        return Response(
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"], bytes: Array(text.text.utf8))
    }
}
