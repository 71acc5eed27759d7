/// A consumer key together with the user in whose name it acts.
public struct KeyAndUser: Hashable, Sendable {
    public var key: ConsumerKey
    public var user: User

    public init(key: ConsumerKey, user: User) {
        self.key = key
        self.user = user
    }
}

/// Where users and keys are kept.
///
/// Every method throws ``CartError`` `.unavailable` if the store cannot be reached or cannot write; what else one throws is said
/// there. A change is durable when the method returns, and stands in the audit trail with its author.
public protocol CredentialStore: Sendable {
    /// A number that rises with every change to a user or a key, made by whichever process; usage does not count.
    func credentialsRevision() async throws(CartError) -> Int64

    /// The key with a ``ConsumerKey/lookupHash(of:)`` now or before it was rotated, usable or not, and its user.
    func key(lookupHash: String) async throws(CartError) -> KeyAndUser?
    func key(id: Int64) async throws(CartError) -> KeyAndUser?
    /// All keys by id.
    func keys() async throws(CartError) -> [KeyAndUser]
    /// Keeps a new key or changes one, unless the request was answered before, and keeps its answer in the same transaction, as
    /// ``CartStore/apply(_:by:once:answer:)`` does.
    ///
    /// A change as ``ConsumerKey/changed(_:at:)`` defines it; one that changes nothing leaves no trace.
    ///
    /// - Parameters:
    ///   - request: nil if the client gave it no name.
    ///   - answer: makes the answer to keep; it may be called more than once, and must do nothing else.
    /// - Throws: ``CartError`` `.invalid` if the user of a new key does not exist, and for a change that the key does not allow.
    func apply(
        _ edit: KeyEdit, by author: Author, once request: IdempotentRequest?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> KeyEditResult
    /// What was kept for a request that was answered before, for whoever must not even look at it again; nil if there is nothing.
    func answer(to request: IdempotentRequest) async throws(CartError) -> [UInt8]?
    /// Adds to the usage of keys; unknown ones are passed over. It is no change in the sense of ``credentialsRevision()``, and not audited.
    func add(_ usage: [KeyUsage]) async throws(CartError)
    /// How a key was used; nothing for an unknown one.
    func usage(ofKey id: Int64) async throws(CartError) -> KeyUsageReport
    /// Forgets how keys were used on the days before one.
    ///
    /// - Parameter day: see ``Timestamp/day``.
    func forgetUsage(before day: Int64) async throws(CartError)

    /// The user with this name or e-mail address, both compared under ``Folding``.
    func user(login: String) async throws(CartError) -> User?
    /// All users by id.
    func users() async throws(CartError) -> [User]
    /// Keeps a new user; its `id` is chosen by the store.
    ///
    /// - Throws: ``CartError`` `.invalid` if the name or e-mail address is another user's.
    func insert(_ user: User, by author: Author) async throws(CartError) -> User
    /// Changes the user of a name.
    ///
    /// - Returns: the user as it is now; nil if there is no user of this name.
    func changeUser(name: String, _ change: UserChange, by author: Author) async throws(CartError) -> User?
    /// Removes a user and all of the user's keys.
    ///
    /// - Returns: false if there is no user of this name.
    func deleteUser(name: String, by author: Author) async throws(CartError) -> Bool
}

/// What is done to a key.
public enum KeyEdit: Sendable {
    /// The store chooses the `id`.
    case create(ConsumerKey)
    case change(id: Int64, KeyChange)
}

/// What became of a ``KeyEdit``.
public enum KeyEditResult: Hashable, Sendable {
    case done(KeyAndUser)
    /// There is no such key.
    case notFound
    /// The request was answered before, and nothing was done now.
    case repeated(answer: [UInt8])
}

extension CredentialStore {
    /// Keeps a new key; its `id` is chosen by the store.
    ///
    /// - Throws: ``CartError`` `.invalid` if its user does not exist.
    public func insert(_ key: ConsumerKey, by author: Author) async throws(CartError) -> ConsumerKey {
        guard case .done(let entry) = try await apply(.create(key), by: author, once: nil, answer: { _ in [] }) else {
            throw CartError(.unavailable, "The key was not kept.", retryAfter: 1)
        }
        return entry.key
    }

    /// Changes a key.
    ///
    /// - Returns: the key as it is now; nil if there is no such key.
    /// - Throws: ``CartError`` `.invalid` for a change that the key does not allow.
    public func changeKey(id: Int64, _ change: KeyChange, by author: Author) async throws(CartError) -> KeyAndUser? {
        guard case .done(let entry) = try await apply(.change(id: id, change), by: author, once: nil, answer: { _ in [] }) else {
            return nil
        }
        return entry
    }
}
