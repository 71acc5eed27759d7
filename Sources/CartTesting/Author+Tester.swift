import CartCore

extension Author {
    /// In whose name tests write that are not about who writes.
    public static func tester(at now: Timestamp = Timestamp(milliseconds: 0)) -> Author { Author(.commandLine(user: "tester"), at: now) }
}

/// The writing methods in the tester's name.
extension CartStore {
    public func apply(_ changes: [CartChange]) async throws(CartError) -> [CartChangeResult] {
        try await apply(changes, by: .tester())
    }

    public func apply(
        _ changes: [CartChange], once request: IdempotentRequest, answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult {
        try await apply(changes, by: .tester(at: request.now), once: request, answer: answer)
    }

    public func fill(_ next: @escaping @Sendable () -> [Cart]) async throws(CartError) -> Int? {
        try await fill(next, by: .tester())
    }
}

/// The writing methods in the tester's name.
extension CredentialStore {
    public func insert(_ key: ConsumerKey) async throws(CartError) -> ConsumerKey { try await insert(key, by: .tester(at: key.created)) }

    public func changeKey(id: Int64, _ change: KeyChange, now: Timestamp) async throws(CartError) -> KeyAndUser? {
        try await changeKey(id: id, change, by: .tester(at: now))
    }

    public func insert(_ user: User) async throws(CartError) -> User { try await insert(user, by: .tester(at: user.created)) }

    public func deleteUser(name: String) async throws(CartError) -> Bool { try await deleteUser(name: name, by: .tester()) }
}

/// The writing methods in the tester's name.
extension CartService {
    public func put(
        _ draft: CartDraft, under key: CartKey, if precondition: Precondition = .none, in storeID: Int64?, at now: Timestamp,
        once request: IdempotentRequest? = nil
    ) async throws(CartError) -> Saved {
        try await put(draft, under: key, if: precondition, in: storeID, by: .tester(at: now), once: request)
    }

    public func put(_ drafts: [CartDraft], at now: Timestamp) async throws(CartError) -> [Result<Saved, CartError>] {
        try await put(drafts, by: .tester(at: now))
    }

    public func delete(
        _ key: CartKey, if precondition: Precondition = .none, in storeID: Int64?, once request: IdempotentRequest? = nil
    ) async throws(CartError) {
        try await delete(key, if: precondition, in: storeID, by: .tester(), once: request)
    }

    public func emptyCarts(of ownerID: Int64, in storeID: Int64?, at now: Timestamp) async throws(CartError) {
        try await emptyCarts(of: ownerID, in: storeID, by: .tester(at: now))
    }
}
