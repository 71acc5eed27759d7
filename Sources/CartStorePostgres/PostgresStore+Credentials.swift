#if Postgres
import CartCore

/// Users; the keys are beside it.
extension PostgresStore: CredentialStore {
    public func user(login: String) async throws(CartError) -> User? {
        // A name never holds an @ and an address always does, so at most one of the two can be meant.
        let rows = try await points.query(UserRows.select("folded_name = $1 OR folded_email = $1"), [.text(Folding.fold(login))])
        return try rows.users().first
    }

    public func users() async throws(CartError) -> [User] {
        try await pool.readAside { try $0.query(UserRows.select("true")).users() }
    }

    public func insert(_ user: User, by author: Author) async throws(CartError) -> User {
        try await writer.write { try UserRows(transaction: $0, author: author).insert(user) }
    }

    public func changeUser(name: String, _ change: UserChange, by author: Author) async throws(CartError) -> User? {
        try await writer.write { try UserRows(transaction: $0, author: author).change(name, change) }
    }

    public func deleteUser(name: String, by author: Author) async throws(CartError) -> Bool {
        try await writer.write { try UserRows(transaction: $0, author: author).delete(name) }
    }
}

/// Writing users inside a transaction.
struct UserRows {
    let transaction: WriteTransaction
    let author: Author

    static func select(_ condition: String) -> String { "SELECT \(Rows.userColumns) FROM users WHERE \(condition) ORDER BY users.id" }

    func user(id: Int64) throws -> User? { try transaction.query(Self.select("id = $1"), [.integer(id)]).users().first }

    private func user(name: String) throws -> User? {
        try transaction.query(Self.select("folded_name = $1"), [.text(Folding.fold(name))]).users().first
    }

    func insert(_ user: User) throws -> User {
        let name = Folding.fold(user.name)
        let email = Folding.fold(user.email)
        if try transaction.query("SELECT id FROM users WHERE folded_name = $1", [.text(name)]).count > 0 {
            throw CartError.invalid("name", "is another user's, too")
        }
        if try transaction.query("SELECT id FROM users WHERE folded_email = $1", [.text(email)]).count > 0 {
            throw CartError.invalid("email", "is another user's, too")
        }
        var stored = user
        stored.id = try transaction.nextNumber(of: "users")
        try transaction.send(
            """
            INSERT INTO users (id, name, folded_name, email, folded_email, role, password, created)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .integer(stored.id), .encoded(user.name), .text(name), .encoded(user.email), .text(email), .text(user.role.rawValue),
                .encoded(user.password.text), .integer(user.created.milliseconds),
            ])
        try note(.user(.userCreate, from: nil, to: stored, by: author))
        return stored
    }

    /// - Returns: nil if there is no user of this name.
    func change(_ name: String, _ change: UserChange) throws -> User? {
        guard let user = try user(name: name) else { return nil }
        let changed = user.changed(change)
        if changed == user { return user }
        try transaction.send(
            "UPDATE users SET role = $2, password = $3 WHERE id = $1",
            [.integer(user.id), .text(changed.role.rawValue), .encoded(changed.password.text)])
        // Whoever knew the old password has to sign in with the new one.
        if changed.password != user.password { try transaction.send("DELETE FROM sessions WHERE user_id = $1", [.integer(user.id)]) }
        try note(.user(change.action, from: user, to: changed, by: author))
        return changed
    }

    /// - Returns: false if there is no user of this name.
    func delete(_ name: String) throws -> Bool {
        guard let user = try user(name: name) else { return false }
        for sql in [
            "DELETE FROM key_usage WHERE key_id IN (SELECT id FROM consumer_keys WHERE user_id = $1)",
            "DELETE FROM key_addresses WHERE key_id IN (SELECT id FROM consumer_keys WHERE user_id = $1)",
            "DELETE FROM consumer_keys WHERE user_id = $1", "DELETE FROM sessions WHERE user_id = $1", "DELETE FROM users WHERE id = $1",
        ] {
            try transaction.send(sql, [.integer(user.id)])
        }
        try note(.user(.userDelete, from: user, to: nil, by: author))
        return true
    }

    private func note(_ entry: AuditEntry) throws(PostgresError) {
        transaction.note(entry)
        try transaction.noteCredentialsChange()
    }
}

extension WriteTransaction {
    /// What all servers on the database ask, to forget what they remember of keys and users.
    func noteCredentialsChange() throws(PostgresError) {
        try send("UPDATE counters SET value = value + 1 WHERE name = 'credentials'")
    }

    /// The next number of a counter of its own; one is never used twice.
    func nextNumber(of counter: String) throws(PostgresError) -> Int64 {
        let rows = try run("UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value", [.text(counter)])
        guard rows.count == 1 else { throw PostgresError(sqlState: "XX001", message: "there is no such counter") }
        return rows.integer(0, 0)
    }
}

extension Rows {
    static let userColumns = ["id", "name", "email", "role", "password", "created"].map { "users.\($0)" }.joined(separator: ", ")

    /// Reads ``userColumns``, which begin at `first`.
    func user(_ row: Int, from first: Int) throws(CartError) -> User {
        guard let role = Role(rawValue: text(row, first + 3)) else { throw .damaged("users") }
        return User(
            id: integer(row, first), name: StorableText.decode(text(row, first + 1)), email: StorableText.decode(text(row, first + 2)),
            role: role, password: PasswordHash(stored: StorableText.decode(text(row, first + 4))),
            created: Timestamp(milliseconds: integer(row, first + 5)))
    }

    func users() throws(CartError) -> [User] {
        var users: [User] = []
        for row in 0..<count { users.append(try user(row, from: 0)) }
        return users
    }
}
#endif
