/// A key that is asked for, before it has a secret.
public struct KeyDraft: Hashable, Sendable {
    /// The name or e-mail address of the user in whose name the key will act.
    public var user: String
    public var description: String
    public var permission: Permission
    public var kind = ConsumerKey.Kind.cocart
    /// The one store whose carts the key may see; nil: all.
    public var storeID: Int64?
    /// From where the key may be used; empty: from anywhere.
    public var allowedRanges: [NetworkRange] = []
    /// nil: never.
    public var expires: Timestamp?

    static let mostRanges = 100

    public init(user: String, description: String, permission: Permission) {
        self.user = user
        self.description = description
        self.permission = permission
    }

    /// Every field that is out of its bounds; whether the user exists is not among them.
    public func problems(at now: Timestamp) -> [CartError.Field] {
        var wrong: [CartError.Field] = []
        func check(_ isRight: Bool, _ name: String, _ rule: String) {
            if !isRight { wrong.append(CartError.Field(name: name, reason: rule)) }
        }
        check((1...200).contains(description.utf8.count), "description", "must have 1 to 200 bytes")
        check(storeID.map { (1...Int64(Int32.max)).contains($0) } ?? true, "store_id", "must be from 1 to \(Int32.max)")
        check(allowedRanges.count <= Self.mostRanges, "allowed_ips", "must be at most \(Self.mostRanges)")
        check(expires.map { $0 > now } ?? true, "expires", "must lie in the future")
        return wrong
    }

    /// The key, with a secret and its user; a store gives it its `id`.
    ///
    /// - Throws: ``CartError`` `.invalid` that names every field that is out of its bounds.
    public func key(_ secret: KeySecret, of owner: User, at now: Timestamp) throws(CartError) -> ConsumerKey {
        let wrong = problems(at: now)
        guard wrong.isEmpty else { throw .invalid(wrong) }
        return ConsumerKey(
            secret, userID: owner.id, description: description, permission: permission, storeID: storeID, allowedRanges: allowedRanges,
            created: now, expires: expires)
    }
}
