import CartCore

/// Keys and their use; the users are beside it.
extension SQLiteStore {
    public func credentialsRevision() async throws(CartError) -> Int64 {
        try readers.read { try $0.integer("SELECT value FROM counters WHERE name = 'credentials'") ?? 0 }
    }

    public func key(lookupHash: String) async throws(CartError) -> KeyAndUser? {
        try readers.read { try $0.keys(where: "key_hash = ?1 OR previous_key_hash = ?1", [.text(lookupHash)]).first }
    }

    public func key(id: Int64) async throws(CartError) -> KeyAndUser? {
        try readers.read { try $0.key(id: id) }
    }

    public func keys() async throws(CartError) -> [KeyAndUser] {
        try await readers.readAside { try $0.keys(where: "1", []) }
    }

    public func apply(
        _ edit: KeyEdit, by author: Author, once request: IdempotentRequest?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> KeyEditResult {
        try await writer.write { transaction in
            let answers = KeptAnswers(connection: transaction.connection)
            if let request, let kept = try answers.answer(to: request) { return .repeated(answer: kept) }
            let rows = KeyRows(transaction: transaction, author: author)
            let done =
                switch edit {
                case .create(let key): try rows.insert(key)
                case .change(let id, let change): try rows.change(id, change)
                }
            guard let done else { return .notFound }
            if let request { try answers.keep(answer(done), to: request) }
            return .done(done)
        }
    }

    public func answer(to request: IdempotentRequest) async throws(CartError) -> [UInt8]? {
        try readers.read { try KeptAnswers(connection: $0).answer(to: request) }
    }

    public func add(_ usage: [KeyUsage]) async throws(CartError) {
        try await writer.write { transaction in
            for use in usage { try transaction.connection.add(use) }
        }
    }

    public func usage(ofKey id: Int64) async throws(CartError) -> KeyUsageReport {
        try await readers.readAside { connection in try connection.reading { try connection.usage(ofKey: id) } }
    }

    public func forgetUsage(before day: Int64) async throws(CartError) {
        try await writer.write { transaction in
            let delete = try transaction.connection.statement("DELETE FROM key_usage WHERE day < ?1")
            delete.bind(day, at: 1)
            try delete.run()
        }
    }
}

/// Writing keys inside a transaction.
private struct KeyRows {
    let transaction: WriteTransaction
    let author: Author

    private var connection: Connection { transaction.connection }

    func insert(_ key: ConsumerKey) throws -> KeyAndUser {
        guard let user = try connection.users(where: "id = ?1", [.integer(key.userID)]).first else {
            throw CartError.invalid("user", "does not exist")
        }
        let insert = try connection.statement(
            """
            INSERT INTO consumer_keys (user_id, kind, description, permission, store_id, allowed_ranges, created, expires, requests,
            key_hash, secret_hash, truncated_key)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11) RETURNING id
            """)
        insert.bind(key.userID, at: 1)
        insert.bind(key.kind.rawValue, at: 2)
        insert.bind(key.description, at: 3)
        insert.bind(key.permission.rawValue, at: 4)
        insert.bind(key.storeID, at: 5)
        insert.bind(key.allowedRanges.map(\.text).joined(separator: " "), at: 6)
        insert.bind(key.created.milliseconds, at: 7)
        insert.bind(key.expires?.milliseconds, at: 8)
        insert.bind(key.keyHash, at: 9)
        insert.bind(key.secretHash, at: 10)
        insert.bind(key.truncatedKey, at: 11)
        var stored = key
        while try insert.step() { stored.id = insert.integer(0) }
        insert.reset()
        try note(.key(.keyCreate, from: nil, to: stored, by: author))
        return KeyAndUser(key: stored, user: user)
    }

    /// - Returns: nil if there is no such key.
    func change(_ id: Int64, _ change: KeyChange) throws -> KeyAndUser? {
        guard var entry = try connection.key(id: id) else { return nil }
        let key = try entry.key.changed(change, at: author.now)
        if key == entry.key { return entry }
        let update = try connection.statement(
            """
            UPDATE consumer_keys SET key_hash = ?2, secret_hash = ?3, truncated_key = ?4, revoked = ?5, disabled = ?6, enabled = ?7,
            previous_key_hash = ?8, previous_secret_hash = ?9, previous_until = ?10 WHERE id = ?1
            """)
        update.bind(id, at: 1)
        update.bind(key.keyHash, at: 2)
        update.bind(key.secretHash, at: 3)
        update.bind(key.truncatedKey, at: 4)
        update.bind(key.revoked?.milliseconds, at: 5)
        update.bind(key.disabled?.milliseconds, at: 6)
        update.bind(key.enabled?.milliseconds, at: 7)
        update.bind(key.previous?.keyHash, at: 8)
        update.bind(key.previous?.secretHash, at: 9)
        update.bind(key.previous?.until.milliseconds, at: 10)
        try update.run()
        try note(.key(change.action, from: entry.key, to: key, by: author))
        entry.key = key
        return entry
    }

    private func note(_ entry: AuditEntry) throws(SQLiteError) {
        try AuditTrail(transaction: transaction).add(entry)
        try connection.noteCredentialsChange()
    }
}

extension Connection {
    /// What all servers on the file ask, to forget what they remember of keys and users.
    func noteCredentialsChange() throws(SQLiteError) {
        try execute("UPDATE counters SET value = value + 1 WHERE name = 'credentials'")
    }

    fileprivate func key(id: Int64) throws -> KeyAndUser? { try keys(where: "consumer_keys.id = ?1", [.integer(id)]).first }

    fileprivate func keys(where condition: String, _ values: [Binding]) throws -> [KeyAndUser] {
        let select = try statement(
            """
            SELECT users.id, users.name, users.email, users.role, users.password, users.created, consumer_keys.id, kind, description,
            permission, store_id, allowed_ranges, key_hash, secret_hash, truncated_key, consumer_keys.created, expires, revoked, disabled,
            enabled, previous_key_hash, previous_secret_hash, previous_until, last_access, last_address, last_from_page, requests
            FROM consumer_keys JOIN users ON users.id = user_id WHERE \(condition) ORDER BY consumer_keys.id
            """)
        select.bind(values)
        defer { select.reset() }
        var keys: [KeyAndUser] = []
        while try select.step() {
            let user = try select.user(from: 0)
            keys.append(KeyAndUser(key: try select.key(of: user, from: 6), user: user))
        }
        return keys
    }

    fileprivate func add(_ use: KeyUsage) throws(SQLiteError) {
        let update = try statement(
            """
            UPDATE consumer_keys SET requests = requests + ?2, last_access = max(coalesce(last_access, ?3), ?3),
            last_address = coalesce(?4, last_address), last_from_page = max(coalesce(last_from_page, ?5), coalesce(?5, last_from_page)) WHERE id = ?1
            """)
        update.bind(use.keyID, at: 1)
        update.bind(use.total, at: 2)
        update.bind(use.lastAccess.milliseconds, at: 3)
        update.bind(use.lastAddress?.description, at: 4)
        update.bind(use.lastFromPage?.milliseconds, at: 5)
        try update.run()
        guard changes > 0 else { return }
        for (count, requests) in use.requests {
            let upsert = try statement(
                "INSERT INTO key_usage VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET requests = requests + excluded.requests")
            upsert.bind(use.keyID, at: 1)
            upsert.bind(count.day, at: 2)
            upsert.bind(count.kind.rawValue, at: 3)
            upsert.bind(requests, at: 4)
            try upsert.run()
        }
        for (address, lastAccess) in use.addresses {
            let upsert = try statement(
                """
                INSERT INTO key_addresses VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET last_access = max(last_access, excluded.last_access)
                """)
            upsert.bind(use.keyID, at: 1)
            upsert.bind(address.description, at: 2)
            upsert.bind(lastAccess.milliseconds, at: 3)
            try upsert.run()
        }
        let forget = try statement(
            """
            DELETE FROM key_addresses WHERE key_id = ?1 AND address IN
            (SELECT address FROM key_addresses WHERE key_id = ?1 ORDER BY last_access DESC, address LIMIT -1 OFFSET ?2)
            """)
        forget.bind(use.keyID, at: 1)
        forget.bind(Int64(KeyUsageReport.mostAddresses), at: 2)
        try forget.run()
    }

    fileprivate func usage(ofKey id: Int64) throws -> KeyUsageReport {
        var report = KeyUsageReport()
        let days = try statement("SELECT day, kind, requests FROM key_usage WHERE key_id = ?1")
        days.bind(id, at: 1)
        defer { days.reset() }
        while try days.step() {
            guard let kind = RequestKind(rawValue: days.text(1)) else { throw CartError.damaged("key_usage") }
            report.requests[KeyUsage.Count(day: days.integer(0), kind: kind)] = days.integer(2)
        }
        let addresses = try statement("SELECT address, last_access FROM key_addresses WHERE key_id = ?1")
        addresses.bind(id, at: 1)
        defer { addresses.reset() }
        while try addresses.step() {
            guard let address = NetworkAddress(addresses.text(0)) else { throw CartError.damaged("key_addresses") }
            report.addresses[address] = Timestamp(milliseconds: addresses.integer(1))
        }
        return report
    }
}

extension Statement {
    /// Reads the columns `id, kind, …, requests`.
    fileprivate func key(of user: User, from first: Int32) throws(CartError) -> ConsumerKey {
        func time(_ column: Int32) -> Timestamp? { optionalInteger(first + column).map(Timestamp.init(milliseconds:)) }
        let texts = text(first + 5).split(separator: " ")
        let ranges = texts.compactMap { NetworkRange(String($0)) }
        // A range that was lost would let everybody in.
        guard let kind = ConsumerKey.Kind(rawValue: text(first + 1)), let permission = Permission(rawValue: text(first + 3)),
            ranges.count == texts.count
        else { throw .damaged("consumer_keys") }
        return ConsumerKey(
            id: integer(first), kind: kind, userID: user.id, description: text(first + 2), permission: permission,
            storeID: optionalInteger(first + 4), allowedRanges: ranges, keyHash: text(first + 6), secretHash: blob(first + 7),
            truncatedKey: text(first + 8), created: Timestamp(milliseconds: integer(first + 9)), expires: time(10), revoked: time(11),
            disabled: time(12), enabled: time(13),
            previous: time(16).map {
                ConsumerKey.Previous(keyHash: text(first + 14), secretHash: blob(first + 15), until: $0)
            },
            lastAccess: time(17), lastAddress: optionalText(first + 18).flatMap(NetworkAddress.init), lastFromPage: time(19),
            requests: integer(first + 20))
    }
}
