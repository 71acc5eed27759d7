import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// Corral's own API: whole carts as documents, and whether the server is well. It also answers every path that is no other dialect's.
public struct NativeAPI: Dialect {
    public let responder: RouterResponder<CartRequestContext>

    public init(carts: CartService, authenticator: Authenticator, limits: HTTPLimits) {
        let router = Router(context: CartRequestContext.self)
        CartRoutes(carts: carts, authenticator: authenticator, limits: limits).add(to: router.group("/v1/carts"))
        HealthRoutes(store: carts.store).add(to: router)
        responder = router.buildResponder()
    }

    public func path(of request: Request) -> String? { request.uri.path }

    public func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        Problem(error).response(requestID: context.id)
    }
}
