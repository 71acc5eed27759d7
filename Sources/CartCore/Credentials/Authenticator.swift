import Crypto
import Foundation
import Synchronization

/// Finds out who makes a request.
///
/// Keys whose secret was shown and verified passwords are remembered, but never trusted for longer than ``freshness``: then the store is
/// asked whether anything about users or keys has changed, by whichever process, and if so everything is forgotten. So a revoked
/// key is refused within that time, without a timer and without a read of the key on each request.
public final class Authenticator: Sendable {
    /// How long what is remembered may be used without asking the store whether it changed.
    public static let freshness = Duration.milliseconds(500)
    /// How long it takes to refuse a key, however little there is to do: longer than the work ever takes, so that the time of an answer
    /// tells nothing about keys and secrets.
    static let refusal = Duration.milliseconds(2)
    /// How long a verified password is remembered at most.
    static let passwordMemory = Duration.seconds(60)
    private static let mostKeys = 10_000
    private static let mostPasswords = 1000
    /// What no digest of a secret is.
    private static let noDigest = [UInt8](repeating: 0, count: SHA256.byteCount)

    private struct Memory {
        var revision: Int64 = -1
        var checked: ContinuousClock.Instant?
        var proofs: [CredentialsDigest: Proof] = [:]
        var passwords: [Data: (user: User, until: ContinuousClock.Instant)] = [:]
    }

    /// A key, and with which of its secrets it was shown.
    private struct Proof {
        var entry: KeyAndUser
        var isPrevious: Bool
    }

    private let store: any CredentialStore
    private let memory = Mutex(Memory())
    private let passwords = PasswordVerifier()
    /// Verified passwords are remembered under a MAC with a key that only this process knows.
    private let memoryKey = SymmetricKey(size: .bits256)

    public init(store: any CredentialStore) { self.store = store }

    /// The caller who shows these credentials: a consumer key and its secret, or a user's name and password; with the kind `cscart` the
    /// user's e-mail address and an API key.
    ///
    /// An unknown key and a wrong secret take the same time, so that the answer does not tell whether a key exists. All refusals are the
    /// same error but for its reason, which is for the log alone.
    ///
    /// - Parameter address: from where; a key may be bound to some.
    /// - Throws: ``CartError`` `.unauthenticated` if they are not accepted; `.permissionDenied` if the address is not allowed; `.tooManyRequests` if too many passwords wait to be
    ///   checked; `.unavailable` if the store cannot be read.
    public func caller(
        showing credentials: Credentials, as kind: ConsumerKey.Kind = .cocart, from address: NetworkAddress? = nil, now: Timestamp
    ) async throws(CartError) -> Caller {
        guard kind == .cscart || credentials.login.hasPrefix(ConsumerKey.keyPrefix) else {
            return try await passwordCaller(credentials, revision: try await refresh())
        }
        let start = ContinuousClock.now
        do throws(CartError) {
            return try await keyCaller(credentials, as: kind, from: address, now: now, revision: try await refresh())
        } catch {
            if error.code == .unauthenticated { try? await Task.sleep(until: start + Self.refusal) }
            throw error
        }
    }

    /// The caller whose credentials were right when they were last shown, if nothing can have changed since.
    ///
    /// - Returns: nil if they must be looked at, by ``caller(showing:as:from:now:)``.
    public func remembered(
        _ digest: CredentialsDigest, as kind: ConsumerKey.Kind = .cocart, from address: NetworkAddress? = nil, now: Timestamp
    ) -> Caller? {
        let start = ContinuousClock.now
        let proof = memory.withLock { memory in
            memory.checked.map { start - $0 < Self.freshness } == true ? memory.proofs[digest] : nil
        }
        guard let proof, proof.entry.key.kind == kind else { return nil }
        return try? caller(proving: proof, from: address, now: now)
    }

    /// Asks the store for changes if the last answer is too old, and forgets what may have changed.
    private func refresh() async throws(CartError) -> Int64 {
        let start = ContinuousClock.now
        let known = memory.withLock { memory in
            memory.checked.map { start - $0 < Self.freshness } == true ? memory.revision : nil
        }
        if let known { return known }
        let revision = try await store.credentialsRevision()
        return memory.withLock { memory in
            if memory.revision != revision {
                memory.proofs.removeAll()
                memory.passwords.removeAll()
                memory.revision = revision
            }
            memory.checked = max(memory.checked ?? start, start)
            return memory.revision
        }
    }

    private func keyCaller(
        _ credentials: Credentials, as kind: ConsumerKey.Kind, from address: NetworkAddress?, now: Timestamp, revision: Int64
    ) async throws(CartError) -> Caller {
        // Only what was right is remembered, so everything else takes the same way, and a new secret is known at once.
        if let proof = memory.withLock({ $0.proofs[credentials.digest] }), proof.entry.key.kind == kind {
            return try caller(proving: proof, from: address, now: now)
        }
        let proof = try await prove(credentials, as: kind)
        memory.withLock { memory in
            guard memory.revision == revision else { return }
            if memory.proofs.count >= Self.mostKeys { memory.proofs.removeAll() }
            memory.proofs[credentials.digest] = proof
        }
        return try caller(proving: proof, from: address, now: now)
    }

    /// Looks at what changes with time and place.
    private func caller(proving proof: Proof, from address: NetworkAddress?, now: Timestamp) throws(CartError) -> Caller {
        let found = proof.entry
        let state = found.key.state(at: now)
        guard state == .active else { throw CartError(.unauthenticated, "\(state.rawValue) key", keyID: found.key.id) }
        guard !proof.isPrevious || found.key.previous.map({ now < $0.until }) == true else {
            throw CartError(.unauthenticated, "secret from before the key was rotated", keyID: found.key.id)
        }
        guard found.key.isAllowed(from: address) else {
            throw CartError(.permissionDenied, "The key may not be used from this address.", keyID: found.key.id)
        }
        return Caller(
            credential: .consumerKey(id: found.key.id), user: found.user, permission: found.key.permission, storeID: found.key.storeID)
    }

    /// The key that these credentials are those of, now or before it was rotated.
    ///
    /// - Throws: ``CartError`` `.unauthenticated` if they are no key's; `.unavailable`.
    private func prove(_ credentials: Credentials, as kind: ConsumerKey.Kind) async throws(CartError) -> Proof {
        // An API key is a text of its own; the e-mail address only says whose it is.
        let lookupHash = ConsumerKey.lookupHash(of: kind == .cscart ? credentials.secret : credentials.login)
        guard let found = try await store.key(lookupHash: lookupHash) else { throw CartError(.unauthenticated, "unknown key") }
        // The comparison of digests takes the same time whatever they hold.
        let shown = SHA256.hash(data: Data(credentials.secret.utf8))
        let isRight = shown == Data(found.key.secretHash)
        let wasRight = shown == Data(found.key.previous?.secretHash ?? Self.noDigest)
        guard isRight || wasRight else { throw CartError(.unauthenticated, "wrong secret", keyID: found.key.id) }
        guard found.key.kind == kind, kind == .cocart || Folding.fold(found.user.email) == Folding.fold(credentials.login) else {
            throw CartError(.unauthenticated, "another user's key", keyID: found.key.id)
        }
        return Proof(entry: found, isPrevious: !isRight)
    }

    private func passwordCaller(_ credentials: Credentials, revision: Int64) async throws(CartError) -> Caller {
        let tag = Data(
            HMAC<SHA256>.authenticationCode(for: Data("\(credentials.login):\(credentials.secret)".utf8), using: memoryKey))
        let remembered = memory.withLock { $0.passwords[tag] }
        if let remembered, remembered.until > ContinuousClock.now {
            return Caller(credential: .password, user: remembered.user, permission: .admin)
        }
        let user = try await store.user(login: credentials.login)
        let isRight = try await passwords.verify(credentials.secret, against: user?.password ?? .nobody)
        guard let user, isRight else { throw CartError(.unauthenticated, user == nil ? "unknown user" : "wrong password") }
        memory.withLock { memory in
            guard memory.revision == revision else { return }
            if memory.passwords.count >= Self.mostPasswords { memory.passwords.removeAll() }
            memory.passwords[tag] = (user, ContinuousClock.now + Self.passwordMemory)
        }
        return Caller(credential: .password, user: user, permission: .admin)
    }
}
