import CartCore
import CartTesting
import Synchronization

/// A store that counts how often users and keys are looked up, and that may be out of reach.
final class WatchedStore: CredentialStore {
    private let store: InMemoryStore
    private let isReachable: Bool
    private let count = Mutex(0)

    init(store: InMemoryStore, isReachable: Bool = true) {
        self.store = store
        self.isReachable = isReachable
    }

    /// Users looked up by login and keys by hash.
    var lookups: Int { count.withLock { $0 } }

    private func reach() throws(CartError) -> InMemoryStore {
        guard isReachable else { throw CartError(.unavailable, "The store cannot be reached.", retryAfter: 1) }
        return store
    }

    func key(lookupHash: String) async throws(CartError) -> KeyAndUser? {
        count.withLock { $0 += 1 }
        return try await reach().key(lookupHash: lookupHash)
    }

    func user(login: String) async throws(CartError) -> User? {
        count.withLock { $0 += 1 }
        return try await reach().user(login: login)
    }

    func credentialsRevision() async throws(CartError) -> Int64 { try await reach().credentialsRevision() }
    func key(id: Int64) async throws(CartError) -> KeyAndUser? { try await reach().key(id: id) }
    func keys() async throws(CartError) -> [KeyAndUser] { try await reach().keys() }
    func apply(
        _ edit: KeyEdit, by author: Author, once request: IdempotentRequest?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> KeyEditResult { try await reach().apply(edit, by: author, once: request, answer: answer) }
    func answer(to request: IdempotentRequest) async throws(CartError) -> [UInt8]? { try await reach().answer(to: request) }
    func add(_ usage: [KeyUsage]) async throws(CartError) { try await reach().add(usage) }
    func usage(ofKey id: Int64) async throws(CartError) -> KeyUsageReport { try await reach().usage(ofKey: id) }
    func forgetUsage(before day: Int64) async throws(CartError) { try await reach().forgetUsage(before: day) }
    func users() async throws(CartError) -> [User] { try await reach().users() }
    func insert(_ user: User, by author: Author) async throws(CartError) -> User { try await reach().insert(user, by: author) }
    func changeUser(name: String, _ change: UserChange, by author: Author) async throws(CartError) -> User? {
        try await reach().changeUser(name: name, change, by: author)
    }
    func deleteUser(name: String, by author: Author) async throws(CartError) -> Bool {
        try await reach().deleteUser(name: name, by: author)
    }
}
