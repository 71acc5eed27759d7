/// A consumer key together with the user in whose name it acts.
public struct KeyAndUser: Hashable, Sendable {
    public var key: ConsumerKey
    public var user: User

    public init(key: ConsumerKey, user: User) {
        self.key = key
        self.user = user
    }
}

/// Accepted requests of one key that have not been added to its record yet.
public struct KeyUsage: Hashable, Sendable {
    public var keyID: Int64
    public var requests: Int64
    public var lastAccess: Timestamp

    public init(keyID: Int64, requests: Int64, lastAccess: Timestamp) {
        self.keyID = keyID
        self.requests = requests
        self.lastAccess = lastAccess
    }
}

/// Where users and keys are kept.
///
/// Every method throws ``CartError`` `.unavailable` if the store cannot be reached or cannot write; what else one throws is said
/// there. A change is durable when the method returns.
public protocol CredentialStore: Sendable {
    /// A number that rises with every change to a user or a key, made by whichever process; usage does not count.
    func credentialsRevision() async throws(CartError) -> Int64

    /// The key with a ``ConsumerKey/lookupHash(of:)`` now or before it was rotated, usable or not, and its user.
    func key(lookupHash: String) async throws(CartError) -> KeyAndUser?
    func key(id: Int64) async throws(CartError) -> KeyAndUser?
    /// All keys by id.
    func keys() async throws(CartError) -> [KeyAndUser]
    /// Keeps a new key; its `id` is chosen by the store.
    ///
    /// - Throws: ``CartError`` `.invalid` if its user does not exist.
    func insert(_ key: ConsumerKey) async throws(CartError) -> ConsumerKey
    /// Changes a key as ``ConsumerKey/changed(_:at:)`` says, in one transaction.
    ///
    /// - Returns: the key as it is now; nil if there is no such key.
    /// - Throws: ``CartError`` `.invalid` for a change that the key does not allow.
    func changeKey(id: Int64, _ change: KeyChange, now: Timestamp) async throws(CartError) -> KeyAndUser?
    /// Adds to the usage of keys; unknown ones are passed over.
    func add(_ usage: [KeyUsage]) async throws(CartError)

    /// The user with this name or e-mail address, both compared under ``Folding``.
    func user(login: String) async throws(CartError) -> User?
    /// All users by id.
    func users() async throws(CartError) -> [User]
    /// Keeps a new user; its `id` is chosen by the store.
    ///
    /// - Throws: ``CartError`` `.invalid` if the name or e-mail address is another user's.
    func insert(_ user: User) async throws(CartError) -> User
    /// Removes a user and all of the user's keys.
    ///
    /// - Returns: false if there is no user of this name.
    func deleteUser(name: String) async throws(CartError) -> Bool
}
