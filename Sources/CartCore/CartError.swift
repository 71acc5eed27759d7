/// Why something a caller asked for was not done.
///
/// The codes are closed: every dialect maps each of them to a status and a body of its own, and the compiler tells it of a
/// new one. The reason is written for the person who must act; it never contains a secret or personal data.
public struct CartError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The body is not well-formed JSON, or nested too deeply.
        case malformedJSON
        /// A field or parameter has a wrong type or value; ``CartError/fields`` names each.
        case invalid
        /// No such cart, or one of a store that the caller may not see.
        case cartNotFound
        /// No such key.
        case keyNotFound
        /// The cart is not at the revision that the caller named, or exists although it must not.
        case conflict
        /// More carts would be removed than the caller confirmed.
        case unconfirmed
        /// No credentials, or none that are accepted.
        case unauthenticated
        /// The caller is known and may not do this.
        case permissionDenied
        /// No route has this path and method.
        case routeNotFound
        /// The body, the URL or the headers are larger than the limit.
        case tooLarge
        /// Too many requests; ``CartError/retryAfter`` says how long to wait.
        case tooManyRequests
        /// The store cannot be reached or cannot write; ``CartError/retryAfter`` says when to try again.
        case unavailable
    }

    /// One field or parameter and what is wrong with it.
    public struct Field: Hashable, Sendable {
        /// The path, such as `items[2].quantity`.
        public let name: String
        /// What is wrong, as the rest of a sentence that begins with the name: `must be a number`.
        public let reason: String

        public init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    public let code: Code
    /// One sentence for the person who must act.
    public let reason: String
    public let fields: [Field]
    /// Seconds to wait before another try, for `tooManyRequests` and `unavailable`.
    public let retryAfter: Int?
    /// The true reason of a refusal that is told as something else; for operators, and in no answer.
    public let hiddenReason: String?
    /// The key that was shown with a request that was refused; for operators, and in no answer.
    public let keyID: Int64?

    public init(
        _ code: Code, _ reason: String, fields: [Field] = [], retryAfter: Int? = nil, hiddenReason: String? = nil, keyID: Int64? = nil
    ) {
        self.code = code
        self.reason = reason
        self.fields = fields
        self.retryAfter = retryAfter
        self.hiddenReason = hiddenReason
        self.keyID = keyID
    }

    /// Why a call was refused to somebody who may not make it, from a small set of sentences; nil if it failed for another reason.
    public var refusal: String? {
        switch code {
        case .unauthenticated, .permissionDenied: hiddenReason ?? reason
        case .tooManyRequests: "too many requests"
        case .malformedJSON, .invalid, .cartNotFound, .keyNotFound, .conflict, .unconfirmed, .routeNotFound, .tooLarge, .unavailable:
            hiddenReason
        }
    }

    public var description: String { reason }

    /// A field or parameter with a wrong value.
    public static func invalid(_ field: String, _ reason: String) -> CartError {
        .invalid([Field(name: field, reason: reason)])
    }

    /// Fields or parameters with wrong values.
    public static func invalid(_ fields: [Field]) -> CartError {
        let list = fields.map { $0.name.isEmpty ? "The document \($0.reason)" : "\($0.name) \($0.reason)" }
        return CartError(.invalid, list.joined(separator: "; ") + ".", fields: fields)
    }

    /// The same error seen from one level further out: `name` is put in front of each field's path.
    func inside(_ name: String) -> CartError {
        guard code == .invalid else { return self }
        return .invalid(
            fields.map { field in
                let joint = field.name.isEmpty || field.name.hasPrefix("[") ? "" : "."
                return Field(name: name + joint + field.name, reason: field.reason)
            })
    }
}
