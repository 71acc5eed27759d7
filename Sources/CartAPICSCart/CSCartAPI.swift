import CartCore
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird

/// CS-Cart's Carts API: the routes with which a shop's programs see its abandoned and live carts.
///
/// Paths, parameters, fields and statuses are those of the public documentation of CS-Cart and Multi-Vendor.
public struct CSCartAPI: Dialect {
    /// Spellings of a version between `/api` and the entity; all mean the same.
    private static let versions: Set<Substring> = ["2", "2.0", "2.1", "4.0", "4.1"]

    public let name = "cscart"
    public let responder: RouterResponder<CartRequestContext>
    public let routes: [Route]

    /// - Parameter timeZone: in which days, weeks, months and years begin.
    public init(carts: CartService, gate: Gate, timeZone: TimeZone) {
        let router = Routes(carts: carts, gate: gate, timeZone: timeZone).router()
        routes = router.all
        responder = router.buildResponder()
    }

    /// `/api/…` with or without a version, or `/api.php?_d=…` of a shop without rewritten URLs.
    public func path(of request: Request, at path: String) -> String? {
        let entity: Substring
        if path == "/api" || path.hasPrefix("/api/") {
            entity = path.dropFirst("/api/".count)
        } else if path == "/api.php" {
            entity = (QueryParameters(request.uri.query)["_d"] ?? "")[...].trimmingPrefix("/")
        } else {
            return nil
        }
        // The router passes over empty parts; here they are no route.
        guard !entity.contains("//"), !entity.hasPrefix("/"), !entity.contains(where: { $0 == "?" || $0 == "#" }) else { return "/api" }
        let parts = entity.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isVersioned = parts.count == 2 && Self.versions.contains(parts[0])
        return "/api/" + (isVersioned ? parts[1] : entity)
    }

    /// The answer to `GET /api/carts/{user_id}` and its path; nil for a cart without items to buy, which the API does not show. It shows the
    /// newest of an owner's carts.
    public static func document(of cart: StoredCart) -> (path: String, json: [UInt8])? {
        guard cart.holdsItems else { return nil }
        var json = JSONWriter(capacity: 4096)
        CartWriter(cart).write(to: &json)
        return ("/api/carts/\(cart.ownerID.text)", json.bytes)
    }

    public func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        var methods: String?
        if error.code == .routeNotFound, request.method != .get, request.method != .head {
            // A path with other methods than this one.
            let parts = (path(of: request, at: request.uri.path) ?? "").split(separator: "/")
            switch parts.count {
            case 2 where parts[1] == "carts" || parts[1] == "version": methods = "GET, HEAD"
            case 3 where parts[1] == "carts": methods = "GET, HEAD, DELETE"
            default: break
            }
        }
        return ErrorBody(error, methods: methods).response()
    }
}
