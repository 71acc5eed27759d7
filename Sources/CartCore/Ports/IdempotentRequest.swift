import Crypto
import Foundation

/// A request that has its effect once, however often it is sent, because its client gave it a name: the header `Idempotency-Key`.
public struct IdempotentRequest: Hashable, Sendable {
    /// How long a repetition is answered like the first.
    public static let lifetime = TimeSpan.hours(24)

    /// What tells the request from all others: a SHA-256 of its name, caller, method and path.
    public let id: [UInt8]
    /// A SHA-256 of the body, which a repetition must have as well.
    public let bodyHash: [UInt8]
    /// The moment of the request.
    public let now: Timestamp

    /// - Parameters:
    ///   - name: what the client calls the request; other callers and other paths may use the same name for something else.
    ///   - method: such as `PUT`.
    ///   - path: as it was sent.
    public init(name: String, caller: Caller, method: String, path: String, body: [UInt8], now: Timestamp) {
        let credential =
            switch caller.credential {
            case .consumerKey(let id): "key \(id)"
            case .password: "user \(caller.user.id)"
            }
        // None of the first three can hold a line feed.
        id = Array(SHA256.hash(data: Data("\(credential)\n\(method)\n\(path)\n\(name)".utf8)))
        bodyHash = Array(SHA256.hash(data: Data(body)))
        self.now = now
    }

    /// When a store may forget the answer.
    public var expires: Timestamp { now + Self.lifetime }
}

/// What became of changes that an ``IdempotentRequest`` asked for.
public enum OnceResult: Hashable, Sendable {
    /// They were done now, in this way.
    case done([CartChangeResult])
    /// The request was answered before, and nothing was done now.
    case repeated(answer: [UInt8])
}
