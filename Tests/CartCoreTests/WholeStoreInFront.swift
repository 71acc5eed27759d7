import CartCore
import CartTesting

/// A store of everything that stands in front of another and hands on what it does not do itself.
protocol WholeStoreInFront: StoreInFront, CredentialStore, SessionStore, AuditStore, CoordinationStore {}

extension WholeStoreInFront {
    func credentialsRevision() async throws(CartError) -> Int64 { try await store.credentialsRevision() }
    func key(lookupHash: String) async throws(CartError) -> KeyAndUser? { try await store.key(lookupHash: lookupHash) }
    func key(id: Int64) async throws(CartError) -> KeyAndUser? { try await store.key(id: id) }
    func keys() async throws(CartError) -> [KeyAndUser] { try await store.keys() }
    func apply(
        _ edit: KeyEdit, by author: Author, once request: IdempotentRequest?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> KeyEditResult { try await store.apply(edit, by: author, once: request, answer: answer) }
    func answer(to request: IdempotentRequest) async throws(CartError) -> [UInt8]? { try await store.answer(to: request) }
    func add(_ usage: [KeyUsage]) async throws(CartError) { try await store.add(usage) }
    func usage(ofKey id: Int64) async throws(CartError) -> KeyUsageReport { try await store.usage(ofKey: id) }
    func forgetUsage(before day: Int64) async throws(CartError) { try await store.forgetUsage(before: day) }
    func user(login: String) async throws(CartError) -> User? { try await store.user(login: login) }
    func users() async throws(CartError) -> [User] { try await store.users() }
    func insert(_ user: User, by author: Author) async throws(CartError) -> User { try await store.insert(user, by: author) }
    func changeUser(name: String, _ change: UserChange, by author: Author) async throws(CartError) -> User? {
        try await store.changeUser(name: name, change, by: author)
    }
    func deleteUser(name: String, by author: Author) async throws(CartError) -> Bool {
        try await store.deleteUser(name: name, by: author)
    }

    func insert(_ session: Session, by author: Author) async throws(CartError) { try await store.insert(session, by: author) }
    func session(_ id: [UInt8], at now: Timestamp) async throws(CartError) -> (session: Session, user: User)? {
        try await store.session(id, at: now)
    }
    func deleteSession(_ id: [UInt8], by author: Author) async throws(CartError) { try await store.deleteSession(id, by: author) }

    func audit(_ query: AuditQuery) async throws(CartError) -> AuditPage { try await store.audit(query) }
    func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry] { try await store.entries(after: id, limit: limit) }
    func add(_ entries: [AuditEntry]) async throws(CartError) { try await store.add(entries) }
    func forgetAudit(before moment: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await store.forgetAudit(before: moment, limit: limit)
    }

    func take(_ lease: Lease, at now: Timestamp) async throws(CartError) -> Bool { try await store.take(lease, at: now) }
    func giveBack(_ lease: Lease) async throws(CartError) { try await store.giveBack(lease) }
    func leave(_ note: [UInt8], as name: String) async throws(CartError) { try await store.leave(note, as: name) }
    func note(_ name: String) async throws(CartError) -> [UInt8]? { try await store.note(name) }
    func forgetExpired(at now: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await store.forgetExpired(at: now, limit: limit)
    }
}
