#if Postgres
import CartCore

/// Keys; their use and the users are beside it.
extension PostgresStore {
    public func credentialsRevision() async throws(CartError) -> Int64 { try await counter("credentials") }

    static let keyByHash = KeyRows.select("key_hash = $1 OR previous_key_hash = $1")

    public func key(lookupHash: String) async throws(CartError) -> KeyAndUser? {
        try await points.query(Self.keyByHash, [.encoded(lookupHash)]).keys().first
    }

    public func key(id: Int64) async throws(CartError) -> KeyAndUser? {
        try await points.query(KeyRows.byID, [.integer(id)]).keys().first
    }

    public func keys() async throws(CartError) -> [KeyAndUser] {
        try await pool.readAside { try $0.query(KeyRows.select("true")).keys() }
    }

    public func apply(
        _ edit: KeyEdit, by author: Author, once request: IdempotentRequest?, answer: @escaping @Sendable (KeyAndUser) -> [UInt8]
    ) async throws(CartError) -> KeyEditResult {
        let needs = WriteTransaction.Needs(requests: request.map { [$0] } ?? [])
        return try await writer.write(needing: needs) { transaction in
            if let request, let kept = try transaction.answer(to: request) { return .repeated(answer: kept) }
            let rows = KeyRows(transaction: transaction, author: author)
            let done =
                switch edit {
                case .create(let key): try rows.insert(key)
                case .change(let id, let change): try rows.change(id, change)
                }
            guard let done else { return .notFound }
            if let request { transaction.keep(answer(done), to: request) }
            return .done(done)
        }
    }

    public func answer(to request: IdempotentRequest) async throws(CartError) -> [UInt8]? {
        let rows = try await points.query(
            "SELECT answer FROM answers WHERE request = $1 AND expires > $2", [.bytes(request.id), .integer(request.now.milliseconds)])
        return rows.count > 0 ? rows.bytes(0, 0) : nil
    }
}

/// Writing keys inside a transaction.
struct KeyRows {
    let transaction: WriteTransaction
    let author: Author

    static func select(_ condition: String) -> String {
        """
        SELECT \(Rows.userColumns), consumer_keys.id, kind, description,
        permission, store_id, allowed_ranges, key_hash, secret_hash, truncated_key, consumer_keys.created, expires, revoked, disabled,
        enabled, previous_key_hash, previous_secret_hash, previous_until, last_access, last_address, last_from_page, requests
        FROM consumer_keys JOIN users ON users.id = user_id WHERE \(condition) ORDER BY consumer_keys.id
        """
    }

    static let byID = select("consumer_keys.id = $1")

    func insert(_ key: ConsumerKey) throws -> KeyAndUser {
        guard let user = try UserRows(transaction: transaction, author: author).user(id: key.userID) else {
            throw CartError.invalid("user", "does not exist")
        }
        var stored = key
        stored.id = try transaction.nextNumber(of: "consumer_keys")
        try transaction.send(
            """
            INSERT INTO consumer_keys (id, user_id, kind, description, permission, store_id, allowed_ranges, created, expires, requests,
            key_hash, secret_hash, truncated_key)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12)
            """,
            [
                .integer(stored.id), .integer(key.userID), .text(key.kind.rawValue), .encoded(key.description),
                .text(key.permission.rawValue), Value(key.storeID), .text(key.allowedRanges.map(\.text).joined(separator: " ")),
                .integer(key.created.milliseconds), Value(key.expires?.milliseconds), .encoded(key.keyHash), .bytes(key.secretHash),
                .encoded(key.truncatedKey),
            ])
        try note(.key(.keyCreate, from: nil, to: stored, by: author))
        return KeyAndUser(key: stored, user: user)
    }

    /// - Returns: nil if there is no such key.
    func change(_ id: Int64, _ change: KeyChange) throws -> KeyAndUser? {
        guard var entry = try transaction.query(Self.byID, [.integer(id)]).keys().first else { return nil }
        let key = try entry.key.changed(change, at: author.now)
        if key == entry.key { return entry }
        try transaction.send(
            """
            UPDATE consumer_keys SET key_hash = $2, secret_hash = $3, truncated_key = $4, revoked = $5, disabled = $6, enabled = $7,
            previous_key_hash = $8, previous_secret_hash = $9, previous_until = $10 WHERE id = $1
            """,
            [
                .integer(id), .encoded(key.keyHash), .bytes(key.secretHash), .encoded(key.truncatedKey), Value(key.revoked?.milliseconds),
                Value(key.disabled?.milliseconds), Value(key.enabled?.milliseconds),
                Value((key.previous?.keyHash).map(StorableText.encode)), Value(key.previous?.secretHash),
                Value(key.previous?.until.milliseconds),
            ])
        try note(.key(change.action, from: entry.key, to: key, by: author))
        entry.key = key
        return entry
    }

    private func note(_ entry: AuditEntry) throws(PostgresError) {
        transaction.note(entry)
        try transaction.noteCredentialsChange()
    }
}

extension Rows {
    /// Reads the columns of ``KeyRows/select(_:)``.
    fileprivate func keys() throws(CartError) -> [KeyAndUser] {
        var keys: [KeyAndUser] = []
        for row in 0..<count {
            let user = try user(row, from: 0)
            keys.append(KeyAndUser(key: try key(row, of: user, from: 6), user: user))
        }
        return keys
    }

    private func key(_ row: Int, of user: User, from first: Int) throws(CartError) -> ConsumerKey {
        func time(_ column: Int) -> Timestamp? { optionalInteger(row, first + column).map(Timestamp.init(milliseconds:)) }
        func text(_ column: Int) -> String { StorableText.decode(self.text(row, first + column)) }
        let texts = text(5).split(separator: " ")
        let ranges = texts.compactMap { NetworkRange(String($0)) }
        // A range that was lost would let everybody in.
        guard let kind = ConsumerKey.Kind(rawValue: text(1)), let permission = Permission(rawValue: text(3)), ranges.count == texts.count
        else { throw .damaged("consumer_keys") }
        return ConsumerKey(
            id: integer(row, first), kind: kind, userID: user.id, description: text(2), permission: permission,
            storeID: optionalInteger(row, first + 4), allowedRanges: ranges, keyHash: text(6), secretHash: bytes(row, first + 7),
            truncatedKey: text(8), created: Timestamp(milliseconds: integer(row, first + 9)), expires: time(10), revoked: time(11),
            disabled: time(12), enabled: time(13),
            previous: time(16).map {
                ConsumerKey.Previous(keyHash: text(14), secretHash: bytes(row, first + 15), until: $0)
            },
            lastAccess: time(17), lastAddress: optionalText(row, first + 18).flatMap(NetworkAddress.init), lastFromPage: time(19),
            requests: integer(row, first + 20))
    }
}
#endif
