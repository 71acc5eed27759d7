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
    /// The last seven characters of the consumer key, to tell keys apart on a screen.
    public var truncatedKey: String
    public var created: Timestamp
    /// nil: never.
    public var expires: Timestamp?
    public var revoked: Timestamp?
    public var lastAccess: Timestamp?
    /// Requests that were accepted.
    public var requests: Int64

    public init(
        id: Int64, kind: Kind = .cocart, userID: Int64, description: String, permission: Permission, storeID: Int64? = nil,
        allowedRanges: [NetworkRange] = [], keyHash: String, secretHash: [UInt8], truncatedKey: String,
        created: Timestamp, expires: Timestamp? = nil, revoked: Timestamp? = nil, lastAccess: Timestamp? = nil, requests: Int64 = 0
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
        self.lastAccess = lastAccess
        self.requests = requests
    }

    /// A new key; the store gives it its `id`.
    public init(
        _ pair: ConsumerKeyPair, userID: Int64, description: String, permission: Permission, storeID: Int64? = nil,
        allowedRanges: [NetworkRange] = [], created: Timestamp, expires: Timestamp? = nil
    ) {
        self.init(
            id: 0, userID: userID, description: description, permission: permission, storeID: storeID, allowedRanges: allowedRanges,
            keyHash: Self.lookupHash(of: pair.consumerKey), secretHash: Self.secretHash(of: pair.consumerSecret),
            truncatedKey: String(pair.consumerKey.suffix(7)), created: created, expires: expires)
    }

    /// A new key of CS-Cart's kind; the store gives it its `id`.
    public init(
        _ apiKey: APIKey, userID: Int64, description: String, permission: Permission, storeID: Int64? = nil,
        allowedRanges: [NetworkRange] = [], created: Timestamp, expires: Timestamp? = nil
    ) {
        self.init(
            id: 0, kind: .cscart, userID: userID, description: description, permission: permission, storeID: storeID,
            allowedRanges: allowedRanges, keyHash: Self.lookupHash(of: apiKey.text), secretHash: Self.secretHash(of: apiKey.text),
            truncatedKey: String(apiKey.text.suffix(7)), created: created, expires: expires)
    }

    /// Whether the key can be used at a moment; revoked and expired keys cannot.
    public func isUsable(at now: Timestamp) -> Bool {
        revoked == nil && (expires.map { $0 > now } ?? true)
    }

    /// Whether the key may be used from an address; nil is one that nobody knows.
    func isAllowed(from address: NetworkAddress?) -> Bool {
        allowedRanges.isEmpty || address.map { address in allowedRanges.contains { $0.contains(address) } } == true
    }

    /// `hex(HMAC-SHA256(key: "wc-api", message: consumer key))`, as `wc_api_hash` of WooCommerce computes it.
    public static func lookupHash(of consumerKey: String) -> String {
        Hex.encode(HMAC<SHA256>.authenticationCode(for: Data(consumerKey.utf8), using: SymmetricKey(data: Data("wc-api".utf8))))
    }

    /// SHA-256 of the consumer secret.
    public static func secretHash(of consumerSecret: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(consumerSecret.utf8)))
    }
}

/// A consumer key and secret in clear, as they are shown once.
public struct ConsumerKeyPair: Sendable {
    /// `ck_` and 40 hexadecimal digits.
    public let consumerKey: String
    /// `cs_` and 40 hexadecimal digits.
    public let consumerSecret: String

    public init(random: some RandomSource) {
        consumerKey = ConsumerKey.keyPrefix + Hex.encode(random.bytes(20))
        consumerSecret = ConsumerKey.secretPrefix + Hex.encode(random.bytes(20))
    }
}

/// An API key of CS-Cart's form in clear, as it is shown once.
public struct APIKey: Sendable {
    /// 32 letters and digits: 190 random bits.
    public let text: String

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    public init(random: some RandomSource) {
        var text = ""
        while text.utf8.count < 32 {
            // Bytes beyond the last whole multiple would make some letters likelier than others.
            for byte in random.bytes(32) where byte < 248 && text.utf8.count < 32 {
                text.append(Self.letters[Int(byte) % Self.letters.count])
            }
        }
        self.text = text
    }
}
