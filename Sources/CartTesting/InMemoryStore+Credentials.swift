import CartCore
import Synchronization

extension InMemoryStore {
    /// The number of changes to users and keys so far.
    public func credentialsRevision() async throws(CartError) -> Int64 {
        state.withLock { $0.credentialsRevision }
    }

    /// The key with a lookup hash, and its user.
    public func key(lookupHash: String) async throws(CartError) -> KeyAndUser? {
        state.withLock { state in
            state.joined.first { entry in
                [entry.key.keyHash, entry.key.previous?.keyHash].contains { $0.map { Array($0.utf8) } == Array(lookupHash.utf8) }
            }
        }
    }

    /// The key with an id, and its user.
    public func key(id: Int64) async throws(CartError) -> KeyAndUser? {
        state.withLock { state in state.joined.first { $0.key.id == id } }
    }

    /// All keys by id.
    public func keys() async throws(CartError) -> [KeyAndUser] {
        state.withLock { $0.joined }
    }

    /// Keeps a new key.
    ///
    /// - Throws: ``CartError`` `.invalid` if its user does not exist.
    public func insert(_ key: ConsumerKey) async throws(CartError) -> ConsumerKey {
        let kept = state.withLock { state -> ConsumerKey? in
            guard state.users.contains(where: { $0.id == key.userID }) else { return nil }
            var key = key
            key.id = state.nextCredentialID()
            state.keys.append(key)
            state.credentialsRevision += 1
            return key
        }
        guard let kept else { throw .invalid("user", "does not exist") }
        return kept
    }

    /// Changes a key.
    public func changeKey(id: Int64, _ change: KeyChange, now: Timestamp) async throws(CartError) -> KeyAndUser? {
        let result = state.withLock { state -> Result<KeyAndUser?, CartError> in
            guard let place = state.keys.firstIndex(where: { $0.id == id }) else { return .success(nil) }
            do throws(CartError) {
                let changed = try state.keys[place].changed(change, at: now)
                if changed != state.keys[place] { state.credentialsRevision += 1 }
                state.keys[place] = changed
            } catch {
                return .failure(error)
            }
            return .success(state.joined.first { $0.key.id == id })
        }
        return try result.get()
    }

    /// Adds to the usage of keys; unknown ones are passed over.
    public func add(_ usage: [KeyUsage]) async throws(CartError) {
        state.withLock { state in
            for use in usage {
                guard let place = state.keys.firstIndex(where: { $0.id == use.keyID }) else { continue }
                state.keys[place].requests += use.requests
                state.keys[place].lastAccess = max(state.keys[place].lastAccess ?? use.lastAccess, use.lastAccess)
            }
        }
    }

    /// The user with a name or e-mail address.
    public func user(login: String) async throws(CartError) -> User? {
        let login = Folding.fold(login)
        return state.withLock { state in
            state.users.first { Folding.fold($0.name) == login || Folding.fold($0.email) == login }
        }
    }

    /// All users by id.
    public func users() async throws(CartError) -> [User] {
        state.withLock { $0.users }
    }

    /// Keeps a new user.
    ///
    /// - Throws: ``CartError`` `.invalid` that names `name` or `email` if it is another user's.
    public func insert(_ user: User) async throws(CartError) -> User {
        let result = state.withLock { state -> Result<User, CartError> in
            if state.users.contains(where: { Folding.fold($0.name) == Folding.fold(user.name) }) {
                return .failure(.invalid("name", "is another user's"))
            }
            if state.users.contains(where: { Folding.fold($0.email) == Folding.fold(user.email) }) {
                return .failure(.invalid("email", "is another user's"))
            }
            var user = user
            user.id = state.nextCredentialID()
            state.users.append(user)
            state.credentialsRevision += 1
            return .success(user)
        }
        return try result.get()
    }

    /// Removes a user, found by the name under ``Folding``, and all of the user's keys.
    ///
    /// - Returns: false if there is no user of this name.
    public func deleteUser(name: String) async throws(CartError) -> Bool {
        state.withLock { state in
            guard let place = state.users.firstIndex(where: { Folding.fold($0.name) == Folding.fold(name) }) else { return false }
            let user = state.users.remove(at: place)
            state.keys.removeAll { $0.userID == user.id }
            state.credentialsRevision += 1
            return true
        }
    }
}

extension InMemoryStore.State {
    /// The keys by id, each with its user; both lists are in the order of their ids, since ids only rise.
    fileprivate var joined: [KeyAndUser] {
        keys.compactMap { key in users.first { $0.id == key.userID }.map { KeyAndUser(key: key, user: $0) } }
    }

    fileprivate mutating func nextCredentialID() -> Int64 {
        lastCredentialID += 1
        return lastCredentialID
    }
}
