import CartCore
import HTTPTypes
import Hummingbird
import Synchronization

/// Lets callers in: who they are, and whether they come too often.
public struct Gate: Sendable {
    /// Answers of 401 in a minute that an address gets before its calls that show wrong credentials are answered with 429.
    static let failuresPerMinute = 20

    private let authenticator: Authenticator
    private let keys: RateLimiter<Int64>?
    private let addresses: RateLimiter<NetworkRange>?
    private let failures = RateLimiter<NetworkRange>(perMinute: failuresPerMinute)

    public init(authenticator: Authenticator, limits: HTTPLimits) {
        self.authenticator = authenticator
        keys = limits.keyRate.map { RateLimiter(perMinute: $0) }
        addresses = limits.addressRate.map { RateLimiter(perMinute: $0) }
    }

    /// The caller who shows these credentials with a request.
    ///
    /// - Throws: ``CartError``, see ``Authenticator/caller(showing:as:from:now:)``; `.tooManyRequests` if the key is used too often.
    public func caller(
        showing credentials: Credentials, as kind: ConsumerKey.Kind = .cocart, in context: CartRequestContext
    ) async throws(CartError) -> Caller {
        context.rate.noteCredentials()
        let caller = try await authenticator.caller(showing: credentials, as: kind, from: context.clientAddress, now: context.now)
        if let keys, case .consumerKey(let id) = caller.credential { try context.hold(to: keys.take(id)) }
        return caller
    }

    /// - Throws: ``CartError`` `.tooManyRequests` if the address sends too many requests of any kind.
    func admit(_ context: CartRequestContext) throws(CartError) {
        if let addresses, let address = context.clientAddress?.household { try context.hold(to: addresses.take(address)) }
    }

    /// Counts a request that failed to authenticate.
    ///
    /// - Throws: ``CartError`` `.tooManyRequests` if the address had too many of them. Not for a request that showed no credentials: many
    ///   clients wait for the challenge of a 401 before they send theirs.
    func noteFailure(_ request: Request, _ context: CartRequestContext) throws(CartError) {
        guard let address = context.clientAddress?.household else { return }
        let standing = failures.take(address)
        if standing.retryAfter != nil, context.rate.hasCredentials || request.headers[.authorization] != nil {
            try context.hold(to: standing)
        }
    }
}

/// What the gate noted of a request: the limit that it came closest to, for the headers of its answer.
final class RateNote: Sendable {
    private struct State {
        var tightest: RateStanding?
        var hasCredentials = false
    }

    private let state = Mutex(State())

    func note(_ standing: RateStanding) {
        state.withLock { state in
            if let noted = state.tightest, noted.remaining < standing.remaining { return }
            state.tightest = standing
        }
    }

    /// Whether the request showed credentials that could be read, right or wrong.
    var hasCredentials: Bool { state.withLock { $0.hasCredentials } }

    func noteCredentials() { state.withLock { $0.hasCredentials = true } }

    /// The headers of draft-ietf-httpapi-ratelimit-headers-03; none if no limit is on.
    func write(to headers: inout HTTPFields) {
        guard let standing = state.withLock({ $0.tightest }) else { return }
        headers[.rateLimitLimit] = String(standing.limit)
        headers[.rateLimitRemaining] = String(standing.remaining)
        headers[.rateLimitReset] = String(standing.reset)
    }
}

extension CartRequestContext {
    fileprivate func hold(to standing: RateStanding) throws(CartError) {
        rate.note(standing)
        if let seconds = standing.retryAfter {
            throw CartError(
                .tooManyRequests, "Too many requests. Please wait \(seconds) seconds before trying again.", retryAfter: seconds)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let rateLimitLimit = constant("RateLimit-Limit")
    fileprivate static let rateLimitRemaining = constant("RateLimit-Remaining")
    fileprivate static let rateLimitReset = constant("RateLimit-Reset")
}
