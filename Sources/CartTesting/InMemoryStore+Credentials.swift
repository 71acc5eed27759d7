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

    /// Keeps a new key or changes one.
    public func apply(
        _ edit: KeyEdit, by author: Author, once request: IdempotentRequest?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> KeyEditResult {
        let result = state.withLock { state -> Result<KeyEditResult, CartError> in
            if let request, let kept = state.answers[request.id], kept.expires > request.now {
                return .success(.repeated(answer: kept.answer))
            }
            do throws(CartError) {
                guard let done = try state.apply(edit, by: author) else { return .success(.notFound) }
                if let request { state.answers[request.id] = (answer(done), request.expires) }
                return .success(.done(done))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// What was kept for a request.
    public func answer(to request: IdempotentRequest) async throws(CartError) -> [UInt8]? {
        state.withLock { state in state.answers[request.id].flatMap { $0.expires > request.now ? $0.answer : nil } }
    }

    /// Adds to the usage of keys; unknown ones are passed over.
    public func add(_ usage: [KeyUsage]) async throws(CartError) {
        state.withLock { state in
            for use in usage {
                guard let place = state.keys.firstIndex(where: { $0.id == use.keyID }) else { continue }
                state.keys[place].requests += use.total
                state.keys[place].lastAccess = max(state.keys[place].lastAccess ?? use.lastAccess, use.lastAccess)
                state.keys[place].lastAddress = use.lastAddress ?? state.keys[place].lastAddress
                state.keys[place].lastFromPage = [use.lastFromPage, state.keys[place].lastFromPage].compactMap(\.self).max()
                var report = state.usage[use.keyID] ?? KeyUsageReport()
                report.requests.merge(use.requests, uniquingKeysWith: +)
                report.addresses.merge(use.addresses, uniquingKeysWith: max)
                let newest = report.addresses.sorted { (-$0.value.milliseconds, "\($0.key)") < (-$1.value.milliseconds, "\($1.key)") }
                report.addresses = Dictionary(uniqueKeysWithValues: newest.prefix(KeyUsageReport.mostAddresses).map { ($0, $1) })
                state.usage[use.keyID] = report
            }
        }
    }

    /// How a key was used.
    public func usage(ofKey id: Int64) async throws(CartError) -> KeyUsageReport {
        state.withLock { $0.usage[id] ?? KeyUsageReport() }
    }

    /// Forgets days.
    public func forgetUsage(before day: Int64) async throws(CartError) {
        state.withLock { state in
            state.usage = state.usage.mapValues { report in
                KeyUsageReport(requests: report.requests.filter { $0.key.day >= day }, addresses: report.addresses)
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
    public func insert(_ user: User, by author: Author) async throws(CartError) -> User {
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
            state.note(.user(.userCreate, from: nil, to: user, by: author))
            return .success(user)
        }
        return try result.get()
    }

    /// Changes the user of a name.
    public func changeUser(name: String, _ change: UserChange, by author: Author) async throws(CartError) -> User? {
        state.withLock { state in
            guard let place = state.users.firstIndex(where: { Folding.fold($0.name) == Folding.fold(name) }) else { return nil }
            let user = state.users[place]
            state.users[place] = user.changed(change)
            guard state.users[place] != user else { return user }
            if state.users[place].password != user.password { state.endSessions(of: user.id) }
            state.credentialsRevision += 1
            state.note(.user(change.action, from: user, to: state.users[place], by: author))
            return state.users[place]
        }
    }

    /// Removes a user, found by the name under ``Folding``, and all of the user's keys.
    ///
    /// - Returns: false if there is no user of this name.
    public func deleteUser(name: String, by author: Author) async throws(CartError) -> Bool {
        state.withLock { state in
            guard let place = state.users.firstIndex(where: { Folding.fold($0.name) == Folding.fold(name) }) else { return false }
            let user = state.users.remove(at: place)
            for key in state.keys where key.userID == user.id { state.usage[key.id] = nil }
            state.keys.removeAll { $0.userID == user.id }
            state.endSessions(of: user.id)
            state.credentialsRevision += 1
            state.note(.user(.userDelete, from: user, to: nil, by: author))
            return true
        }
    }
}

extension InMemoryStore.State {
    /// The keys by id, each with its user; both lists are in the order of their ids, since ids only rise.
    fileprivate var joined: [KeyAndUser] {
        keys.compactMap { key in users.first { $0.id == key.userID }.map { KeyAndUser(key: key, user: $0) } }
    }

    fileprivate mutating func apply(_ edit: KeyEdit, by author: Author) throws(CartError) -> KeyAndUser? {
        switch edit {
        case .create(var key):
            guard let user = users.first(where: { $0.id == key.userID }) else { throw .invalid("user", "does not exist") }
            key.id = nextCredentialID()
            keys.append(key)
            credentialsRevision += 1
            note(.key(.keyCreate, from: nil, to: key, by: author))
            return KeyAndUser(key: key, user: user)
        case .change(let id, let change):
            guard let place = keys.firstIndex(where: { $0.id == id }) else { return nil }
            let key = keys[place]
            keys[place] = try key.changed(change, at: author.now)
            if keys[place] != key {
                credentialsRevision += 1
                note(.key(change.action, from: key, to: keys[place], by: author))
            }
            return joined.first { $0.key.id == id }
        }
    }

    fileprivate mutating func endSessions(of userID: Int64) {
        for (id, session) in sessions where session.userID == userID { sessions[id] = nil }
    }

    fileprivate mutating func nextCredentialID() -> Int64 {
        lastCredentialID += 1
        return lastCredentialID
    }
}
