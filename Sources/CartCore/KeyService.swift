/// What can be done with keys: the rules above the port of the store.
public struct KeyService: Sendable {
    /// A step in the life of a key, as it is asked for.
    public enum Step: Hashable, Sendable {
        case revoke, disable, enable
        /// A new secret; the old one works as well for the time of grace.
        case rotate(grace: TimeSpan)
    }

    /// A key after a step, and the secret that is shown this once, if there is a new one.
    public struct Issued: Sendable {
        public var entry: KeyAndUser
        public var secret: KeySecret?

        public init(entry: KeyAndUser, secret: KeySecret? = nil) {
            self.entry = entry
            self.secret = secret
        }
    }

    public let store: any CredentialStore
    private let random: any RandomSource

    public init(store: any CredentialStore, random: any RandomSource) {
        self.store = store
        self.random = random
    }

    /// Makes a key.
    ///
    /// - Throws: ``CartError`` `.invalid` that names what is wrong; `.unavailable`.
    public func create(_ draft: KeyDraft, by author: Author) async throws(CartError) -> Issued {
        let (edit, secret) = try await edit(making: draft, at: author.now)
        return Issued(entry: try await apply(edit, by: author), secret: secret)
    }

    /// Makes a key, and words the answer to a request that may be sent again.
    ///
    /// - Parameters:
    ///   - seal: if the request was answered before, that answer is given again and nothing is made.
    ///   - answer: words the answer; it may be called more than once, and must do nothing else.
    /// - Returns: the answer.
    /// - Throws: ``CartError`` `.invalid` that names what is wrong, also for a request that was sent before in another form; `.unavailable`.
    public func create(
        _ draft: KeyDraft, by author: Author, once seal: AnswerSeal? = nil, answer: @escaping @Sendable (Issued) -> [UInt8]
    ) async throws(CartError) -> [UInt8] {
        if let answer = try await answered(seal) { return answer }
        let (edit, secret) = try await edit(making: draft, at: author.now)
        return try await apply(edit, by: author, once: seal) { answer(Issued(entry: $0, secret: secret)) }
    }

    /// Takes a key a step further.
    ///
    /// - Throws: ``CartError`` `.keyNotFound`; `.invalid` for a step that the key does not allow; `.unavailable`.
    public func change(_ id: Int64, _ step: Step, by author: Author) async throws(CartError) -> Issued {
        let (edit, secret) = try await edit(taking: id, step, at: author.now)
        return Issued(entry: try await apply(edit, by: author), secret: secret)
    }

    /// Takes a key a step further, and words the answer to a request that may be sent again.
    ///
    /// - Parameters:
    ///   - seal: if the request was answered before, that answer is given again and nothing is done.
    ///   - answer: words the answer; it may be called more than once, and must do nothing else.
    /// - Returns: the answer.
    /// - Throws: ``CartError`` `.keyNotFound`; `.invalid` for a step that the key does not allow and for a request that was sent before in
    ///   another form; `.unavailable`.
    public func change(
        _ id: Int64, _ step: Step, by author: Author, once seal: AnswerSeal? = nil, answer: @escaping @Sendable (Issued) -> [UInt8]
    ) async throws(CartError) -> [UInt8] {
        if let answer = try await answered(seal) { return answer }
        let (edit, secret) = try await edit(taking: id, step, at: author.now)
        return try await apply(edit, by: author, once: seal) { answer(Issued(entry: $0, secret: secret)) }
    }

    private func edit(making draft: KeyDraft, at now: Timestamp) async throws(CartError) -> (edit: KeyEdit, secret: KeySecret) {
        guard let owner = try await store.user(login: draft.user) else { throw .invalid("user", "does not exist") }
        let secret = KeySecret(draft.kind, random: random)
        return (.create(try draft.key(secret, of: owner, at: now)), secret)
    }

    /// - Returns: the secret is nil for steps that make none.
    private func edit(taking id: Int64, _ step: Step, at now: Timestamp) async throws(CartError) -> (edit: KeyEdit, secret: KeySecret?) {
        switch step {
        case .revoke: return (.change(id: id, .revoke), nil)
        case .disable: return (.change(id: id, .disable), nil)
        case .enable: return (.change(id: id, .enable), nil)
        case .rotate(let grace):
            guard let standing = try await store.key(id: id) else { throw .noKey }
            let secret = KeySecret(standing.key.kind, random: random)
            return (.change(id: id, .rotate(secret, graceUntil: now + grace)), secret)
        }
    }

    private func apply(_ edit: KeyEdit, by author: Author) async throws(CartError) -> KeyAndUser {
        switch try await store.apply(edit, by: author, once: nil, answer: { _ in [] }) {
        case .done(let entry): return entry
        case .notFound: throw .noKey
        // A request without a name repeats none.
        case .repeated: throw CartError(.unavailable, "The key was not changed.", retryAfter: 1)
        }
    }

    private func apply(
        _ edit: KeyEdit, by author: Author, once seal: AnswerSeal?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> [UInt8] {
        switch try await store.apply(edit, by: author, once: seal?.request, answer: { seal?.close(answer($0)) ?? [] }) {
        case .done(let entry): return answer(entry)
        case .notFound: throw .noKey
        case .repeated(let kept): return try Self.open(kept, seal)
        }
    }

    /// What a request was answered with before; nil if it has no name or is the first.
    private func answered(_ seal: AnswerSeal?) async throws(CartError) -> [UInt8]? {
        guard let seal, let kept = try await store.answer(to: seal.request) else { return nil }
        return try Self.open(kept, seal)
    }

    private static func open(_ kept: [UInt8], _ seal: AnswerSeal?) throws(CartError) -> [UInt8] {
        guard let answer = seal?.open(kept) else {
            throw .invalid("Idempotency-Key", "was sent before with another body, or with a secret that was changed since")
        }
        return answer
    }
}

extension CartError {
    public static let noKey = CartError(.keyNotFound, "There is no such key.")
}
