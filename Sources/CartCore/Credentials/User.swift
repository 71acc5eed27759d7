/// A person who signs in, or in whose name keys are used.
public struct User: Hashable, Sendable {
    public var id: Int64
    /// The login name.
    public var name: String
    public var email: String
    public var role: Role
    public var password: PasswordHash
    public var created: Timestamp

    public init(id: Int64, name: String, email: String, role: Role, password: PasswordHash, created: Timestamp) {
        self.id = id
        self.name = name
        self.email = email
        self.role = role
        self.password = password
        self.created = created
    }
}

extension User {
    /// Checks what a new user is called.
    ///
    /// - Throws: ``CartError`` `.invalid` that names `name` or `email`.
    public static func validate(name: String, email: String) throws(CartError) {
        guard (1...60).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }),
            !name.contains("@"), !name.hasPrefix(ConsumerKey.keyPrefix)
        else { throw .invalid("name", "must be 1 to 60 visible ASCII characters without ':' or '@', and must not begin with ck_") }
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), email.utf8.count <= 254,
            !email.contains(where: { $0.isWhitespace || $0 == ":" })
        else { throw .invalid("email", "must be an e-mail address") }
    }
}
