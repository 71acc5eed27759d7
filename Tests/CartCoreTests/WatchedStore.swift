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
    func insert(_ key: ConsumerKey) async throws(CartError) -> ConsumerKey { try await reach().insert(key) }
    func changeKey(id: Int64, _ change: KeyChange, now: Timestamp) async throws(CartError) -> KeyAndUser? {
        try await reach().changeKey(id: id, change, now: now)
    }
    func add(_ usage: [KeyUsage]) async throws(CartError) { try await reach().add(usage) }
    func users() async throws(CartError) -> [User] { try await reach().users() }
    func insert(_ user: User) async throws(CartError) -> User { try await reach().insert(user) }
    func deleteUser(name: String) async throws(CartError) -> Bool { try await reach().deleteUser(name: name) }
}
