import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// Corral's own API: whole carts as documents, and whether the server is well. It also answers every path that is no other dialect's.
public struct NativeAPI: Dialect {
    public let responder: RouterResponder<CartRequestContext>

    public init(carts: CartService, authenticator: Authenticator, clock: any WallClock, limits: HTTPLimits) {
        let router = Router(context: CartRequestContext.self)
        CartRoutes(carts: carts, authenticator: authenticator, clock: clock, limits: limits).add(to: router.group("/v1/carts"))
        HealthRoutes(store: carts.store).add(to: router)
        responder = router.buildResponder()
    }

    public func path(of request: Request) -> String? { request.uri.path }

    public func response(to error: CartError, for request: Request) -> Response { Problem(error).response() }
}
