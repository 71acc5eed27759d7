import CartCore
import Hummingbird

/// One API that the server speaks: its paths, its routes, and the shape of its errors.
///
/// Routes throw ``CartError``; the ``FrontDoor`` catches it and asks the dialect for the answer. So no dialect ever answers with another's
/// error, and none can forget one.
public protocol Dialect: Sendable {
    /// What the dialect is called in metrics.
    var name: String { get }
    /// The path to route a request by, if the request is the dialect's: mostly its own path, in some forms of a URL another.
    ///
    /// - Parameter path: the request's own, which costs something to ask it for.
    func path(of request: Request, at path: String) -> String?
    /// What answers the routes.
    var responder: RouterResponder<CartRequestContext> { get }
    /// The routes by themselves, for whoever must know all there are.
    var routes: [Route] { get }
    /// The answer to a request that failed.
    func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response
}

/// A method on the paths of one form.
public struct Route: Hashable, Sendable {
    /// Such as `GET`.
    public let method: String
    /// Such as `/v1/carts/{key}`.
    public let path: String
}

extension Router {
    /// Every route that was added, by path and method.
    public var all: [Route] {
        routes.map { Route(method: $0.method.rawValue, path: "\($0.path)") }.sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }
}
