import HTTPTypes
import Hummingbird

/// Lets pages of named origins read answers in a browser (CORS). Without a named origin nothing is sent and nothing allowed.
public struct CrossOrigin: Sendable {
    private let origins: Set<String>

    /// - Parameter origins: such as `https://admin.example.com`, compared to the letter.
    public init(origins: Set<String> = []) { self.origins = origins }

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

    func allow(_ request: Request, in response: inout Response) {
        guard !origins.isEmpty else { return }
        response.headers[.vary] = "Origin"
        if let origin = allowedOrigin(request) { response.headers[.accessControlAllowOrigin] = origin }
    }

    private func allowedOrigin(_ request: Request) -> String? {
        request.headers[.origin].flatMap { origins.contains($0) ? $0 : nil }
    }
}
