import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// CoCart's Sessions API: the routes with which shop managers see the carts of a WooCommerce shop.
///
/// Paths, fields, codes and messages are those of the plugin's public documentation, its SDKs and WooCommerce's own key tooling.
public struct CoCartAPI: Dialect {
    /// The release of the plugin whose answers these are; SDKs read it from a header.
    static let version = "4.3.6"
    static let root = "/wp-json"

    /// How dates are written in rows.
    public enum DateFormat: String, Sendable, CaseIterable {
        /// Seconds since 1970.
        case unix
        /// `04/30/2021 07:48:40` in UTC, as the plugin does.
        case text
        /// `2021-04-30T07:48:40Z`
        case iso
    }

    public let name = "cocart"
    public let responder: RouterResponder<CartRequestContext>
    public let routes: [Route]

    /// - Parameters:
    ///   - limits: of bodies and their depth.
    ///   - dateFormat: the format for everybody; nil: by the kind of credential, unless a request asks for one.
    public init(
        carts: CartService, gate: Gate, baseURL: BaseURL, limits: HTTPLimits,
        dateFormat: DateFormat?
    ) {
        let router = Routes(carts: carts, gate: gate, baseURL: baseURL, limits: limits, dateFormat: dateFormat).router()
        routes = router.all
        responder = router.buildResponder()
    }

    /// `/wp-json/…`, or `/?rest_route=/…` of a shop without rewritten URLs.
    public func path(of request: Request, at path: String) -> String? {
        if path == Self.root || path.hasPrefix(Self.root + "/") { return path }
        guard path == "/" || path == "/index.php", let route = QueryParameters(request.uri.query)["rest_route"] else { return nil }
        // What would begin a query is no part of a path.
        guard !route.contains(where: { $0 == "?" || $0 == "#" }) else { return Self.root }
        return Self.root + (route.hasPrefix("/") ? route : "/" + route)
    }

    /// The answer to `GET /cocart/v2/session/{key}` and its path.
    public static func document(of cart: StoredCart) -> (path: String, json: [UInt8]) {
        var json = JSONWriter(capacity: 4096)
        StoredCartWriter(showsImages: true).write(cart, to: &json)
        return ("\(root)/cocart/v2/session/\(cart.key.text)", json.bytes)
    }

    public func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        ErrorBody(error, isReading: request.method == .get || request.method == .head).response(at: context.now)
    }
}
