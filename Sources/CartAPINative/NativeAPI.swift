import CartCore
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird

/// Corral's own API: whole carts as documents, figures, keys, the audit trail, and whether the server is well and what it does. It also
/// answers every path that is no other dialect's.
public struct NativeAPI: Dialect {
    public let name = "native"
    public let responder: RouterResponder<CartRequestContext>
    public let routes: [Route]

    /// - Parameters:
    ///   - audit: where the trail is read.
    ///   - limits: of bodies and their depth.
    ///   - openAPI: the description of all routes of the server.
    ///   - metrics, sweep: what `/metrics` shows.
    ///   - statistics: what `/v1/stats` shows, in days of `timeZone`.
    public init(
        carts: CartService, keys: KeyService, audit: any AuditStore, statistics: LatestStatistics, timeZone: TimeZone, gate: Gate,
        limits: HTTPLimits, openAPI: [UInt8], metrics: Metrics, sweep: SweepMetrics
    ) {
        let router = Router(context: CartRequestContext.self)
        let group = router.group("/v1/carts")
        BulkDeleteRoute(carts: carts, answers: keys.store, gate: gate, limits: limits).add(to: group)
        ExportRoute(carts: carts, gate: gate).add(to: group)
        let cartRoutes = CartRoutes(carts: carts, gate: gate, limits: limits)
        cartRoutes.add(to: group)
        StatisticsRoute(statistics: statistics, timeZone: timeZone, gate: gate).add(to: router)
        KeyRoutes(keys: keys, gate: gate, limits: limits).add(to: router.group("/v1/keys"))
        AuditRoute(audit: audit, gate: gate).add(to: router)
        HealthRoutes(store: carts.store).add(to: router)
        router.get("/openapi.json") { _, _ in Response(headers: .native, bytes: openAPI) }
        MetricsRoute(metrics: metrics, sweep: sweep, store: carts.store, keys: keys.store, gate: gate).add(to: router)
        routes = router.all
        // Behind the list of routes, since these are no others: carts whose keys are the names of routes.
        cartRoutes.addNamesakes(to: group)
        responder = router.buildResponder()
    }

    public func path(of request: Request, at path: String) -> String? { path }

    public func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        Problem(error).response(requestID: context.id)
    }
}
