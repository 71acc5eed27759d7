/// Who makes a change, from where, and when: what the audit trail says of its origin.
public struct Author: Hashable, Sendable {
    public enum Identity: Hashable, Sendable, CustomStringConvertible {
        /// A program with a consumer key.
        case key(id: Int64)
        /// A person with a password.
        case user(id: Int64)
        /// Somebody at the machine's command line, by the name that the machine knows.
        case commandLine(user: String)
        /// A part of the server that works by itself.
        case service(String)
        /// Nobody who is known.
        case anonymous

        /// As the audit trail writes it: `key:3`, `user:1`, `cli:root`, `service:unused-keys`, `anonymous`.
        public var description: String {
            switch self {
            case .key(let id): "key:\(id)"
            case .user(let id): "user:\(id)"
            case .commandLine(let user): "cli:\(user)"
            case .service(let name): "service:\(name)"
            case .anonymous: "anonymous"
            }
        }
    }

    public var identity: Identity
    /// nil: from the machine itself, or from nowhere that has an address.
    public var address: NetworkAddress?
    /// The moment of the change.
    public var now: Timestamp

    public init(_ identity: Identity, from address: NetworkAddress? = nil, at now: Timestamp) {
        self.identity = identity
        self.address = address
        self.now = now
    }
}
