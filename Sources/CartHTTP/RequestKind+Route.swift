import CartCore
import HTTPTypes

extension RequestKind {
    /// What a request to a route asks for.
    ///
    /// - Parameter route: the form of its path, such as `/v1/carts/{key}`.
    init(_ method: HTTPRequest.Method, route: String) {
        self =
            if route.hasPrefix("/v1/keys") || route.hasPrefix("/v1/audit") {
                .manage
            } else if method == .delete || route.hasSuffix("/delete") {
                .delete
            } else if method == .put || method == .post {
                .write
            } else if route.utf8.contains(UInt8(ascii: "{")) {
                .read
            } else {
                .list
            }
    }
}
