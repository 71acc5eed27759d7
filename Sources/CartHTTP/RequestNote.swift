import CartCore
import HTTPTypes
import Synchronization

/// What became known of a request while it was answered, for those who look at its answer: the limit that it came closest to, and who
/// called.
final class RequestNote: Sendable {
    private struct State {
        var tightest: RateStanding?
        var hasCredentials = false
        var caller: Author.Identity?
        var form: QueryParameters?
    }

    private let state = Mutex(State())

    func standing(_ standing: RateStanding) {
        state.withLock { state in
            if let noted = state.tightest, noted.remaining < standing.remaining { return }
            state.tightest = standing
        }
    }

    /// Whether the request showed credentials that could be read, right or wrong.
    var hasCredentials: Bool { state.withLock { $0.hasCredentials } }

    func noteCredentials() { state.withLock { $0.hasCredentials = true } }

    /// Who called; nil if nobody proved who it was.
    var caller: Author.Identity? { state.withLock { $0.caller } }

    /// What was typed into the form that the request sends.
    var form: QueryParameters? { state.withLock { $0.form } }

    func form(_ form: QueryParameters) { state.withLock { $0.form = form } }

    func caller(_ caller: Caller) { state.withLock { $0.caller = caller.identity } }

    /// The headers of draft-ietf-httpapi-ratelimit-headers-03; none if no limit is on.
    func writeLimits(to headers: inout HTTPFields) {
        guard let standing = state.withLock({ $0.tightest }) else { return }
        headers.append(HTTPField(name: .rateLimitLimit, value: String(standing.limit)))
        headers.append(HTTPField(name: .rateLimitRemaining, value: String(standing.remaining)))
        headers.append(HTTPField(name: .rateLimitReset, value: String(standing.reset)))
    }
}

extension HTTPField.Name {
    fileprivate static let rateLimitLimit = constant("RateLimit-Limit")
    fileprivate static let rateLimitRemaining = constant("RateLimit-Remaining")
    fileprivate static let rateLimitReset = constant("RateLimit-Reset")
}
