import CartCore

/// Users; the keys are beside it.
extension SQLiteStore: CredentialStore {
    public func user(login: String) async throws(CartError) -> User? {
        let folded = Binding.text(Folding.fold(login))
        return try readers.read { connection in
            // A name never holds an @ and an address always does, so at most one of the two can be meant.
            try connection.users(where: "folded_name = ?1 OR folded_email = ?1", [folded]).first
        }
    }

    public func users() async throws(CartError) -> [User] {
        try await readers.readAside { try $0.users(where: "1", []) }
    }

    public func insert(_ user: User, by author: Author) async throws(CartError) -> User {
        try await writer.write { transaction in
            let connection = transaction.connection
            let name = Folding.fold(user.name)
            let email = Folding.fold(user.email)
            if try connection.integer("SELECT 1 FROM users WHERE folded_name = ?1", [.text(name)]) != nil {
                throw CartError.invalid("name", "is another user's, too")
            }
            if try connection.integer("SELECT 1 FROM users WHERE folded_email = ?1", [.text(email)]) != nil {
                throw CartError.invalid("email", "is another user's, too")
            }
            let insert = try connection.statement(
                """
                INSERT INTO users (name, folded_name, email, folded_email, role, password, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                RETURNING id
                """)
            insert.bind(user.name, at: 1)
            insert.bind(name, at: 2)
            insert.bind(user.email, at: 3)
            insert.bind(email, at: 4)
            insert.bind(user.role.rawValue, at: 5)
            insert.bind(user.password.text, at: 6)
            insert.bind(user.created.milliseconds, at: 7)
            var stored = user
            while try insert.step() { stored.id = insert.integer(0) }
            insert.reset()
            try transaction.note(.user(.userCreate, from: nil, to: stored, by: author))
            return stored
        }
    }

    public func changeUser(name: String, _ change: UserChange, by author: Author) async throws(CartError) -> User? {
        try await writer.write { transaction in
            let connection = transaction.connection
            guard let user = try connection.user(name: name) else { return nil }
            let changed = user.changed(change)
            if changed == user { return user }
            let update = try connection.statement("UPDATE users SET role = ?2, password = ?3 WHERE id = ?1")
            update.bind(user.id, at: 1)
            update.bind(changed.role.rawValue, at: 2)
            update.bind(changed.password.text, at: 3)
            try update.run()
            // Whoever knew the old password has to sign in with the new one.
            if changed.password != user.password { try connection.run("DELETE FROM sessions WHERE user_id = ?1", user.id) }
            try transaction.note(.user(change.action, from: user, to: changed, by: author))
            return changed
        }
    }

    public func deleteUser(name: String, by author: Author) async throws(CartError) -> Bool {
        try await writer.write { transaction in
            let connection = transaction.connection
            guard let user = try connection.user(name: name) else { return false }
            for sql in [
                "DELETE FROM key_usage WHERE key_id IN (SELECT id FROM consumer_keys WHERE user_id = ?1)",
                "DELETE FROM key_addresses WHERE key_id IN (SELECT id FROM consumer_keys WHERE user_id = ?1)",
                "DELETE FROM consumer_keys WHERE user_id = ?1", "DELETE FROM sessions WHERE user_id = ?1",
                "DELETE FROM users WHERE id = ?1",
            ] {
                try connection.run(sql, user.id)
            }
            try transaction.note(.user(.userDelete, from: user, to: nil, by: author))
            return true
        }
    }
}

extension WriteTransaction {
    fileprivate func note(_ entry: AuditEntry) throws(SQLiteError) {
        try AuditTrail(transaction: self).add(entry)
        try connection.noteCredentialsChange()
    }
}

extension Connection {
    /// Runs a statement on a number.
    fileprivate func run(_ sql: String, _ number: Int64) throws(SQLiteError) {
        let statement = try statement(sql)
        statement.bind(number, at: 1)
        try statement.run()
    }

    fileprivate func user(name: String) throws -> User? {
        try users(where: "folded_name = ?1", [.text(Folding.fold(name))]).first
    }

    func users(where condition: String, _ values: [Binding]) throws -> [User] {
        let select = try statement(
            "SELECT id, name, email, role, password, created FROM users WHERE \(condition) ORDER BY id")
        select.bind(values)
        defer { select.reset() }
        var users: [User] = []
        while try select.step() { users.append(try select.user(from: 0)) }
        return users
    }
}

extension Statement {
    /// Reads the columns `id, name, email, role, password, created`.
    func user(from first: Int32) throws(CartError) -> User {
        guard let role = Role(rawValue: text(first + 3)) else { throw .damaged("users") }
        return User(
            id: integer(first), name: text(first + 1), email: text(first + 2), role: role,
            password: PasswordHash(stored: text(first + 4)), created: Timestamp(milliseconds: integer(first + 5)))
    }
}

extension CartError {
    static func damaged(_ table: String) -> CartError {
        CartError(.unavailable, "A row of the table \(table) cannot be read; was it written by a newer version?")
    }
}
