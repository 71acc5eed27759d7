import Crypto

/// Who makes a request, after the credentials were checked.
public struct Caller: Hashable, Sendable {
    /// By which kind of credential the caller is known.
    public enum Credential: Hashable, Sendable {
        case consumerKey(id: Int64)
        case password
    }

    public var credential: Credential
    public var user: User
    /// What the key allows; a person may do everything that the role allows.
    public var permission: Permission
    /// The one store whose carts the caller may see; nil: all.
    public var storeID: Int64?

    public init(credential: Credential, user: User, permission: Permission, storeID: Int64? = nil) {
        self.credential = credential
        self.user = user
        self.permission = permission
        self.storeID = storeID
    }

    /// - Throws: ``CartError`` `.permissionDenied` unless the caller may see carts.
    public func requireReading() throws(CartError) {
        try requireRole()
        guard permission.allowsReading else { throw CartError(.permissionDenied, "The key does not allow reading.") }
    }

    /// - Throws: ``CartError`` `.permissionDenied` unless the caller may change and delete carts.
    public func requireWriting() throws(CartError) {
        try requireRole()
        guard permission.allowsWriting else { throw CartError(.permissionDenied, "The key does not allow writing.") }
    }

    /// - Throws: ``CartError`` `.permissionDenied` unless the caller may manage keys and read the audit trail.
    public func requireManaging() throws(CartError) {
        guard user.role == .administrator else { throw CartError(.permissionDenied, "The user is not an administrator.") }
        guard permission == .admin else { throw CartError(.permissionDenied, "The key does not allow the management of keys.") }
        // It could make itself a key that sees everything.
        guard storeID == nil else { throw CartError(.permissionDenied, "A key of one store does not allow the management of keys.") }
    }

    /// As the audit trail names the caller.
    public var identity: Author.Identity {
        switch credential {
        case .consumerKey(let id): .key(id: id)
        case .password: .user(id: user.id)
        }
    }

    private func requireRole() throws(CartError) {
        guard user.role.mayUseCarts else { throw CartError(.permissionDenied, "The user's role does not allow the use of carts.") }
    }
}

/// What a caller shows to be let in.
public struct Credentials: Sendable {
    /// A consumer key, a user's name, or a user's e-mail address.
    public let login: String
    /// The consumer secret or the password.
    public let secret: String
    /// Of what was sent.
    let digest: CredentialsDigest

    /// - Parameter sent: the text that both parts were taken from; nil if they came one by one.
    public init(login: String, secret: String, sent: String? = nil) {
        self.login = login
        self.secret = secret
        digest = CredentialsDigest(sent ?? "\(login):\(secret)")
    }
}

/// What right credentials are remembered by: a digest of the text that was sent, so that it need not be taken apart each time.
public struct CredentialsDigest: Hashable, Sendable {
    private let digest: SHA256Digest

    public init(_ sent: String) {
        var sent = sent
        digest = sent.withUTF8 { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            return hash.finalize()
        }
    }
}
