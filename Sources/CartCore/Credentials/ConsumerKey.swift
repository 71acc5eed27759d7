import Crypto
import Foundation

/// A key that a program uses the API with.
///
/// Only hashes are kept. The consumer key is found by WooCommerce's own hash, so that the keys of a shop can be taken over; the
/// secret has 160 random bits, so one round of SHA-256 is enough to keep it.
public struct ConsumerKey: Hashable, Sendable {
    /// Which pair of texts a program shows.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A consumer key and a consumer secret, as WooCommerce makes them.
        case cocart
        /// The user's e-mail address and an API key, as CS-Cart makes them.
        case cscart
    }

    public static let keyPrefix = "ck_"
    public static let secretPrefix = "cs_"

    public var id: Int64
    public var kind: Kind
    public var userID: Int64
    public var description: String
    public var permission: Permission
    /// The one store whose carts the key may see; nil: all.
    public var storeID: Int64?
    /// From where the key may be used; empty: from anywhere.
    public var allowedRanges: [NetworkRange]
    /// ``lookupHash(of:)`` of the consumer key or API key.
    public var keyHash: String
    /// ``secretHash(of:)`` of the consumer secret or API key.
    public var secretHash: [UInt8]
    /// The end of the consumer key or API key, to tell keys apart on a screen.
    public var truncatedKey: String
    public var created: Timestamp
    /// nil: never.
    public var expires: Timestamp?
    public var revoked: Timestamp?
    /// Since when the key is switched off; unlike a revoked key it can be switched on again.
    public var disabled: Timestamp?
    /// When it was switched on again last.
    public var enabled: Timestamp?
    /// What the key was before it was rotated, as long as both work.
    public var previous: Previous?
    public var lastAccess: Timestamp?
    public var lastAddress: NetworkAddress?
    /// When a page in a browser used the key, where everybody can read its secret; nil: never.
    public var lastFromPage: Timestamp?
    /// Requests that showed the right secret, whatever became of them.
    public var requests: Int64

    public init(
        id: Int64, kind: Kind = .cocart, userID: Int64, description: String, permission: Permission, storeID: Int64? = nil,
        allowedRanges: [NetworkRange] = [], keyHash: String, secretHash: [UInt8], truncatedKey: String,
        created: Timestamp, expires: Timestamp? = nil, revoked: Timestamp? = nil, disabled: Timestamp? = nil,
        enabled: Timestamp? = nil, previous: Previous? = nil, lastAccess: Timestamp? = nil, lastAddress: NetworkAddress? = nil,
        lastFromPage: Timestamp? = nil, requests: Int64 = 0
    ) {
        self.id = id
        self.kind = kind
        self.userID = userID
        self.description = description
        self.permission = permission
        self.storeID = storeID
        self.allowedRanges = allowedRanges
        self.keyHash = keyHash
        self.secretHash = secretHash
        self.truncatedKey = truncatedKey
        self.created = created
        self.expires = expires
        self.revoked = revoked
        self.disabled = disabled
        self.enabled = enabled
        self.previous = previous
        self.lastAccess = lastAccess
        self.lastAddress = lastAddress
        self.lastFromPage = lastFromPage
        self.requests = requests
    }

    /// A new key; the store gives it its `id`.
    public init(
        _ secret: KeySecret, userID: Int64, description: String, permission: Permission, storeID: Int64? = nil,
        allowedRanges: [NetworkRange] = [], created: Timestamp, expires: Timestamp? = nil
    ) {
        let (kind, shown, confirmed) =
            switch secret {
            case .pair(let pair): (Kind.cocart, pair.consumerKey, pair.consumerSecret)
            case .apiKey(let apiKey): (Kind.cscart, apiKey.text, apiKey.text)
            }
        self.init(
            id: 0, kind: kind, userID: userID, description: description, permission: permission, storeID: storeID,
            allowedRanges: allowedRanges, keyHash: Self.lookupHash(of: shown), secretHash: Self.secretHash(of: confirmed),
            truncatedKey: Self.truncated(shown, kind), created: created, expires: expires)
    }

    /// What a key was before it was rotated.
    public struct Previous: Hashable, Sendable {
        /// ``ConsumerKey/lookupHash(of:)`` of what was shown to find the key.
        public var keyHash: String
        /// ``ConsumerKey/secretHash(of:)`` of what was shown to prove it.
        public var secretHash: [UInt8]
        /// From when on it works no longer.
        public var until: Timestamp

        public init(keyHash: String, secretHash: [UInt8], until: Timestamp) {
            self.keyHash = keyHash
            self.secretHash = secretHash
            self.until = until
        }
    }

    /// Whether a key may be used.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case active, disabled, expired, revoked
    }

    /// The state at a moment; the one that cannot be undone comes first.
    public func state(at now: Timestamp) -> State {
        if revoked != nil { return .revoked }
        if let expires, expires <= now { return .expired }
        return disabled == nil ? .active : .disabled
    }

    /// Since when the key has not been used: its last request, or when it was made or switched on, if that is later.
    public var idleSince: Timestamp { max(created, enabled ?? created, lastAccess ?? created) }

    /// Whether the key may be used from an address; nil is one that nobody knows.
    func isAllowed(from address: NetworkAddress?) -> Bool {
        allowedRanges.isEmpty || address.map { address in allowedRanges.contains { $0.contains(address) } } == true
    }

    /// The last seven characters of a consumer key, as WooCommerce keeps them, and the last four of an API key, which is its own secret.
    static func truncated(_ text: String, _ kind: Kind) -> String { String(text.suffix(kind == .cocart ? 7 : 4)) }

    /// `hex(HMAC-SHA256(key: "wc-api", message: consumer key))`, as `wc_api_hash` of WooCommerce computes it.
    public static func lookupHash(of consumerKey: String) -> String {
        Hex.encode(HMAC<SHA256>.authenticationCode(for: Data(consumerKey.utf8), using: SymmetricKey(data: Data("wc-api".utf8))))
    }

    /// SHA-256 of the consumer secret.
    public static func secretHash(of consumerSecret: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(consumerSecret.utf8)))
    }
}
