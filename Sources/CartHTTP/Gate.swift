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
    /// Apart from the others: a program with a wrong key must not lock out the people behind the same address.
    private let failedSignIns = RateLimiter<NetworkRange>(perMinute: failuresPerMinute)

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
        context.note.noteCredentials()
        let caller = try await authenticator.caller(showing: credentials, as: kind, from: context.clientAddress, now: context.now)
        return try admit(caller, context)
    }

    /// The caller of a request with a header `Authorization` that was right not long ago: at once, as nearly all requests are.
    ///
    /// - Returns: nil if the header must be looked at, or there is none.
    /// - Throws: ``CartError`` `.tooManyRequests` if the key is used too often.
    public func rememberedCaller(
        of request: Request, as kind: ConsumerKey.Kind = .cocart, in context: CartRequestContext
    ) throws(CartError) -> Caller? {
        guard let authorization = request.headers.value(.authorization),
            let caller = authenticator.remembered(
                CredentialsDigest(authorization), as: kind, from: context.clientAddress, now: context.now)
        else { return nil }
        return try admit(caller, context)
    }

    private func admit(_ caller: Caller, _ context: CartRequestContext) throws(CartError) -> Caller {
        context.note.caller(caller)
        if let keys, case .consumerKey(let id) = caller.credential { try context.hold(to: keys.take(id)) }
        return caller
    }

    /// The user who signs in with a password. Where too many have failed before, nobody is let in, or somebody could go on guessing.
    ///
    /// - Throws: ``CartError``, as ``caller(showing:as:in:)``; `.tooManyRequests` for an address with too many failures.
    public func signIn(_ credentials: Credentials, in context: CartRequestContext) async throws(CartError) -> Caller {
        context.note.noteCredentials()
        let address = context.clientAddress?.household
        if let standing = address.map({ failedSignIns.standing(of: $0) }), standing.retryAfter != nil { try context.hold(to: standing) }
        do {
            return try await caller(showing: credentials, in: context)
        } catch {
            if error.code == .unauthenticated, let address { _ = failedSignIns.take(address) }
            throw error
        }
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
        if standing.retryAfter != nil, context.note.hasCredentials || request.headers[.authorization] != nil {
            try context.hold(to: standing)
        }
    }
}

extension CartRequestContext {
    fileprivate func hold(to standing: RateStanding) throws(CartError) {
        note.standing(standing)
        if let seconds = standing.retryAfter {
            throw CartError(
                .tooManyRequests, "Too many requests. Please wait \(seconds) seconds before trying again.", retryAfter: seconds)
        }
    }
}
