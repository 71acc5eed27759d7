import CartCore
import HTTPTypes
import Hummingbird

/// Lets pages of named origins read answers in a browser (CORS). Without a named origin nothing is sent and nothing allowed.
public struct CrossOrigin: Sendable {
    private let origins: Set<String>
    private let ownOrigin: String?

    /// - Parameters:
    ///   - origins: such as `https://admin.example.com`, compared to the letter.
    ///   - publicURL: what the server is called outside; its own pages come from there, also where a proxy calls it by another name.
    public init(origins: Set<String> = [], publicURL: String? = nil) {
        self.origins = origins
        // Scheme and authority: all up to the third slash.
        ownOrigin = publicURL.map {
            $0.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
        }
    }

    /// The answer to a browser's question before the request; nil if it is none, or from an origin that is not named.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil, let origin = allowedOrigin(request) else {
            return nil
        }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: origin, .vary: "Origin",
                .accessControlAllowMethods: "GET, HEAD, PUT, POST, DELETE",
                .accessControlAllowHeaders: "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key",
                .accessControlMaxAge: "600",
            ])
    }

    /// A browser sends some POSTs of foreign pages without a question, and with the credentials that its user typed.
    ///
    /// - Throws: ``CartError`` `.permissionDenied` for a POST of a page that is neither this server's nor of a named origin.
    func check(_ request: Request) throws(CartError) {
        guard request.method == .post, let origin = request.headers[.origin], allowedOrigin(request) == nil, origin != ownOrigin else {
            return
        }
        guard let host = request.head.authority, ["http://", "https://"].contains(where: { $0 + host == origin }) else {
            throw CartError(.permissionDenied, "The page that sent the request is of no origin in cors.origins.")
        }
    }

    func allow(_ request: Request, in response: inout Response) {
        guard !origins.isEmpty else { return }
        response.headers[.vary] = "Origin"
        if let origin = allowedOrigin(request) { response.headers[.accessControlAllowOrigin] = origin }
    }

    private func allowedOrigin(_ request: Request) -> String? {
        request.headers[.origin].flatMap { origins.contains($0) ? $0 : nil }
    }
}
