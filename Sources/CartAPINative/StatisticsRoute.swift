import CartCore
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird

/// `/v1/stats`: the carts in figures, as they were counted last.
struct StatisticsRoute: Sendable {
    let statistics: LatestStatistics
    let timeZone: TimeZone
    let gate: Gate

    func add(to router: Router<CartRequestContext>) { router.get("/v1/stats", use: show) }

    private func show(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireReading()
        var check = ParameterCheck(QueryParameters(request.uri.query))
        try check.finishKnowingAll()
        let counted = try await statistics.latest()
        var json = JSONWriter(capacity: 8192)
        counted.figures(of: caller.storeID).write(to: &json, asOf: counted.asOf, names: counted.productNames) { start in
            start.date(in: timeZone)
        }
        return Response(headers: .native, json: json)
    }
}
