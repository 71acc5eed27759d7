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
    private let usage: UsageRecorder
    private let refusals: RefusalRecorder
    private let accessLog: AccessLog?

    /// - Parameters:
    ///   - dialects: asked in this order whether a request is theirs.
    ///   - fallback: answers what is no other's.
    ///   - gate: the one that the dialects ask, too.
    ///   - proxies: whose word is taken for the client's address and scheme.
    ///   - clock: asked once for each request.
    ///   - metrics: where answers are counted.
    ///   - usage: where the use of keys is counted.
    ///   - refusals: where refused calls are counted.
    ///   - accessLog: where each answer is told of; nil: nowhere.
    public init(
        dialects: [any Dialect], fallback: any Dialect, gate: Gate, proxies: TrustedProxies, clock: any WallClock, limits: HTTPLimits,
        crossOrigin: CrossOrigin, metrics: Metrics, usage: UsageRecorder, refusals: RefusalRecorder, accessLog: AccessLog? = nil
    ) {
        self.dialects = dialects
        self.fallback = fallback
        self.gate = gate
        self.proxies = proxies
        self.clock = clock
        self.limits = limits
        self.crossOrigin = crossOrigin
        self.metrics = metrics
        self.usage = usage
        self.refusals = refusals
        self.accessLog = accessLog
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
        context.note.writeLimits(to: &response.headers)
        crossOrigin.allow(request, in: &response)
        let path = context.endpointPath ?? ""
        let route = path.first == "/" ? path : ""
        let duration = ContinuousClock.now - start
        metrics.count(
            dialect: dialect, method: request.method.rawValue, route: route, status: Int(response.status.code), duration: duration)
        if case .key(let id) = context.note.caller {
            usage.record(
                keyID: id, RequestKind(request.method, route: route), from: context.clientAddress,
                isFromPage: request.headers[.origin] != nil, at: context.now)
        }
        accessLog?.note(request, response, dialect: dialect, duration: duration, context)
        return response
    }

    private func answer(to request: Request, context: CartRequestContext) async -> (Response, dialect: String) {
        var dialect = fallback
        let ownPath = request.uri.path
        var path = ownPath
        for candidate in dialects {
            guard let given = candidate.path(of: request, at: ownPath) else { continue }
            dialect = candidate
            path = given
            break
        }
        let isHead = request.method == .head
        do {
            try gate.admit(context)
            try crossOrigin.check(request)
            guard request.uri.string.utf8.count <= limits.url else {
                throw CartError(.tooLarge, "The URL is longer than \(limits.url) bytes.")
            }
            if let query = request.uri.query, query.utf8.count(where: { $0 == UInt8(ascii: "&") }) >= limits.queryPairs {
                throw CartError(.tooLarge, "The query has more than \(limits.queryPairs) names and values.")
            }
            var routed = request
            if isHead || path != ownPath {
                var head = request.head
                // HEAD is GET without the body, permissions and all.
                if isHead { head.method = .get }
                if path != ownPath { head.path = request.uri.query.map { "\(path)?\($0)" } ?? path }
                routed = Request(head: head, body: request.body)
            }
            let response = try await dialect.responder.respond(to: routed, context: context)
            // The paths of routes begin with a slash; the router's own answer for all others has a name that does not.
            guard context.endpointPath?.first == "/" else { throw CartError(.routeNotFound, "No route has this path and method.") }
            return (isHead ? response.createHeadResponse() : response, dialect.name)
        } catch {
            var error = error as? CartError ?? CartError(.unavailable, "The request failed with \(type(of: error)).", retryAfter: 5)
            context.log(error)
            note(error, context)
            if error.code == .unauthenticated {
                do throws(CartError) { try gate.noteFailure(request, context) } catch let tooMany { error = tooMany }
            }
            let response = dialect.response(to: error, for: request, context)
            return (isHead ? response.createHeadResponse() : response, dialect.name)
        }
    }

    /// Counts a call of somebody who may not make it, for its true reason.
    private func note(_ error: CartError, _ context: CartRequestContext) {
        guard let reason = error.refusal else { return }
        metrics.countRefusal(reason)
        // A key that may not be used from an address has shown its secret.
        let shown = error.code == .permissionDenied ? error.keyID.map { Author.Identity.key(id: $0) } : nil
        let caller = context.note.caller ?? shown
        refusals.record(
            Author(caller ?? .anonymous, from: context.clientAddress, at: context.now), reason: reason,
            keyID: error.keyID ?? caller?.keyID)
    }
}

extension Author.Identity {
    fileprivate var keyID: Int64? {
        if case .key(let id) = self { id } else { nil }
    }
}

extension CartRequestContext {
    /// Logs what an operator may have to act on. Reasons hold neither secrets nor personal data.
    fileprivate func log(_ error: CartError) {
        switch error.code {
        case .unavailable: logger.error("\(error.reason)")
        case .unauthenticated: logger.info("Refused", metadata: ["reason": "\(error.reason)"])
        case .malformedJSON, .invalid, .cartNotFound, .keyNotFound, .conflict, .unconfirmed, .permissionDenied, .routeNotFound, .tooLarge,
            .tooManyRequests:
            logger.debug("\(error.code.rawValue)", metadata: ["reason": "\(error.reason)"])
        }
    }
}
