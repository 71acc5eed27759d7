/// A step in the life of a key.
public enum KeyChange: Sendable {
    /// For good.
    case revoke
    /// Until it is enabled again.
    case disable
    /// The same for a key that has not been used since a moment, and nothing for one that has.
    case disableUnused(since: Timestamp)
    /// Ends `disable`; a revoked key stays revoked.
    case enable
    /// A new secret. What was shown before works until `graceUntil`. A consumer key stays as it is, and only its secret is new; an API
    /// key is new as a whole.
    case rotate(KeySecret, graceUntil: Timestamp)

    /// What the audit trail calls it.
    public var action: AuditAction {
        switch self {
        case .revoke: .keyRevoke
        case .disable, .disableUnused: .keyDisable
        case .enable: .keyEnable
        case .rotate: .keyRotate
        }
    }
}

extension ConsumerKey {
    /// How long an old secret can work beside a new one.
    public static let longestGrace = TimeSpan.days(365)

    /// The key after a change. A change that has been made before changes nothing.
    ///
    /// - Throws: ``CartError`` `.invalid` if a key is rotated that was revoked, to another kind, or with a longer time of grace
    ///   than ``longestGrace``.
    public func changed(_ change: KeyChange, at now: Timestamp) throws(CartError) -> ConsumerKey {
        var key = self
        switch change {
        case .revoke: key.revoked = revoked ?? now
        case .disable: key.disabled = disabled ?? now
        case .disableUnused(let moment): if idleSince < moment { key.disabled = disabled ?? now }
        case .enable:
            guard disabled != nil else { break }
            key.disabled = nil
            key.enabled = now
        case .rotate(let secret, let graceUntil):
            guard revoked == nil else { throw .invalid("id", "is that of a revoked key") }
            guard graceUntil <= now + Self.longestGrace else { throw .invalid("grace", "must be at most 365d") }
            key.previous = Previous(keyHash: keyHash, secretHash: secretHash, until: graceUntil)
            switch (kind, secret) {
            case (.cocart, .pair(let pair)): key.secretHash = Self.secretHash(of: pair.consumerSecret)
            case (.cscart, .apiKey(let apiKey)):
                key.keyHash = Self.lookupHash(of: apiKey.text)
                key.secretHash = Self.secretHash(of: apiKey.text)
                key.truncatedKey = Self.truncated(apiKey.text, kind)
            case (.cocart, _), (.cscart, _): throw .invalid("kind", "is another one than the secret's")
            }
        }
        return key
    }
}
