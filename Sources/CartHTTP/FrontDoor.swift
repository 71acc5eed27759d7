import CartCore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Takes every request, finds the dialect that it belongs to, and lets no error out but in the form of that dialect.
public struct FrontDoor: HTTPResponder {
    private let dialects: [any Dialect]
    private let fallback: any Dialect
    private let gate: Gate
    private let proxies: TrustedProxies
    private let clock: any WallClock
    private let limits: HTTPLimits
    private let crossOrigin: CrossOrigin
    private let metrics: Metrics

    /// - Parameters:
    ///   - dialects: asked in this order whether a request is theirs.
    ///   - fallback: answers what is no other's.
    ///   - gate: the one that the dialects ask, too.
    ///   - proxies: whose word is taken for the client's address and scheme.
    ///   - clock: asked once for each request.
    ///   - metrics: where answers are counted.
    public init(
        dialects: [any Dialect], fallback: any Dialect, gate: Gate, proxies: TrustedProxies, clock: any WallClock, limits: HTTPLimits,
        crossOrigin: CrossOrigin, metrics: Metrics
    ) {
        self.dialects = dialects
        self.fallback = fallback
        self.gate = gate
        self.proxies = proxies
        self.clock = clock
        self.limits = limits
        self.crossOrigin = crossOrigin
        self.metrics = metrics
    }

    public func respond(to request: Request, context: CartRequestContext) async throws -> Response {
        if let preflight = crossOrigin.preflight(request) { return preflight }
        var context = context
        context.now = clock.now
        let remote = context.remoteAddress
        context.clientAddress = proxies.clientAddress(of: request, from: remote)
        context.scheme = proxies.scheme(of: request, from: remote)
        let start = ContinuousClock.now
        var (response, dialect) = await answer(to: request, context: context)
        context.rate.write(to: &response.headers)
        crossOrigin.allow(request, in: &response)
        let route = context.endpointPath ?? ""
        metrics.count(
            dialect: dialect, method: request.method.rawValue, route: route.first == "/" ? route : "",
            status: Int(response.status.code), duration: ContinuousClock.now - start)
        return response
    }

    private func answer(to request: Request, context: CartRequestContext) async -> (Response, dialect: String) {
        var dialect = fallback
        var path = request.uri.path
        for candidate in dialects {
            guard let own = candidate.path(of: request) else { continue }
            dialect = candidate
            path = own
            break
        }
        let isHead = request.method == .head
        do {
            try gate.admit(context)
            guard request.uri.string.utf8.count <= limits.url else {
                throw CartError(.tooLarge, "The URL is longer than \(limits.url) bytes.")
            }
            var routed = request
            if isHead || path != request.uri.path {
                var head = request.head
                // HEAD is GET without the body, permissions and all.
                if isHead { head.method = .get }
                if path != request.uri.path { head.path = request.uri.query.map { "\(path)?\($0)" } ?? path }
                routed = Request(head: head, body: request.body)
            }
            let response = try await dialect.responder.respond(to: routed, context: context)
            // The paths of routes begin with a slash; the router's own answer for all others has a name that does not.
            guard context.endpointPath?.first == "/" else { throw CartError(.routeNotFound, "No route has this path and method.") }
            return (isHead ? response.createHeadResponse() : response, dialect.name)
        } catch {
            var error = error as? CartError ?? CartError(.unavailable, "The request failed with \(type(of: error)).", retryAfter: 5)
            context.note(error)
            if error.code == .unauthenticated {
                do throws(CartError) { try gate.noteFailure(request, context) } catch let tooMany { error = tooMany }
            }
            let response = dialect.response(to: error, for: request, context)
            return (isHead ? response.createHeadResponse() : response, dialect.name)
        }
    }
}

extension CartRequestContext {
    /// Logs what an operator may have to act on. Reasons hold neither secrets nor personal data.
    fileprivate func note(_ error: CartError) {
        switch error.code {
        case .unavailable: logger.error("\(error.reason)")
        case .unauthenticated: logger.info("Refused", metadata: ["reason": "\(error.reason)"])
        case .malformedJSON, .invalid, .cartNotFound, .conflict, .permissionDenied, .routeNotFound, .tooLarge, .tooManyRequests:
            logger.debug("\(error.code.rawValue)", metadata: ["reason": "\(error.reason)"])
        }
    }
}
