import CartCore
import Hummingbird

/// One API that the server speaks: its paths, its routes, and the shape of its errors.
///
/// Routes throw ``CartError``; the ``FrontDoor`` catches it and asks the dialect for the answer. So no dialect ever answers with another's
/// error, and none can forget one.
public protocol Dialect: Sendable {
    /// The path to route a request by, if the request is the dialect's: mostly its own path, in some forms of a URL another.
    func path(of request: Request) -> String?
    /// The routes.
    var responder: RouterResponder<CartRequestContext> { get }
    /// The answer to a request that failed.
    func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response
}
