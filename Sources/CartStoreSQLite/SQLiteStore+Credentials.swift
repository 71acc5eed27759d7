import CartCore

extension SQLiteStore: CredentialStore {
    public func credentialsRevision() async throws(CartError) -> Int64 {
        try readers.read { try $0.integer("SELECT value FROM counters WHERE name = 'credentials'") ?? 0 }
    }

    public func key(lookupHash: String) async throws(CartError) -> KeyAndUser? {
        try readers.read { try $0.keys(where: "key_hash = ?1 OR previous_key_hash = ?1", [.text(lookupHash)]).first }
    }

    public func key(id: Int64) async throws(CartError) -> KeyAndUser? {
        try readers.read { try $0.keys(where: "consumer_keys.id = ?1", [.integer(id)]).first }
    }

    public func keys() async throws(CartError) -> [KeyAndUser] {
        try await readers.readAside { try $0.keys(where: "1", []) }
    }

    public func insert(_ key: ConsumerKey) async throws(CartError) -> ConsumerKey {
        try await writer.write { transaction in
            let connection = transaction.connection
            guard try connection.integer("SELECT 1 FROM users WHERE id = ?1", [.integer(key.userID)]) != nil else {
                throw CartError.invalid("user", "does not exist")
            }
            let insert = try connection.statement(
                """
                INSERT INTO consumer_keys (user_id, description, permission, store_id, allowed_ranges, key_hash, secret_hash, truncated_key,
                created, expires, revoked, last_access, requests, kind)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                """)
            insert.bind(key.userID, at: 1)
            insert.bind(key.description, at: 2)
            insert.bind(key.permission.rawValue, at: 3)
            insert.bind(key.storeID, at: 4)
            insert.bind(key.allowedRanges.map(\.text).joined(separator: " "), at: 5)
            insert.bind(key.keyHash, at: 6)
            insert.bind(key.secretHash, at: 7)
            insert.bind(key.truncatedKey, at: 8)
            insert.bind(key.created.milliseconds, at: 9)
            insert.bind(key.expires?.milliseconds, at: 10)
            insert.bind(key.revoked?.milliseconds, at: 11)
            insert.bind(key.lastAccess?.milliseconds, at: 12)
            insert.bind(key.requests, at: 13)
            insert.bind(key.kind.rawValue, at: 14)
            try insert.run()
            try connection.noteCredentialsChange()
            var stored = key
            stored.id = try connection.integer("SELECT id FROM consumer_keys WHERE key_hash = ?1", [.text(key.keyHash)]) ?? 0
            return stored
        }
    }

    public func changeKey(id: Int64, _ change: KeyChange, now: Timestamp) async throws(CartError) -> KeyAndUser? {
        try await writer.write { transaction in
            let connection = transaction.connection
            guard var entry = try connection.keys(where: "consumer_keys.id = ?1", [.integer(id)]).first else { return nil }
            let key = try entry.key.changed(change, at: now)
            if key == entry.key { return entry }
            let update = try connection.statement(
                """
                UPDATE consumer_keys SET key_hash = ?2, secret_hash = ?3, truncated_key = ?4, revoked = ?5, disabled = ?6,
                previous_key_hash = ?7, previous_secret_hash = ?8, previous_until = ?9 WHERE id = ?1
                """)
            update.bind(id, at: 1)
            update.bind(key.keyHash, at: 2)
            update.bind(key.secretHash, at: 3)
            update.bind(key.truncatedKey, at: 4)
            update.bind(key.revoked?.milliseconds, at: 5)
            update.bind(key.disabled?.milliseconds, at: 6)
            if let previous = key.previous {
                update.bind(previous.keyHash, at: 7)
                update.bind(previous.secretHash, at: 8)
                update.bind(previous.until.milliseconds, at: 9)
            } else {
                for place in 7...9 as ClosedRange<Int32> { update.bind(nil as Int64?, at: place) }
            }
            try update.run()
            try connection.noteCredentialsChange()
            entry.key = key
            return entry
        }
    }

    public func add(_ usage: [KeyUsage]) async throws(CartError) {
        try await writer.write { transaction in
            let connection = transaction.connection
            for use in usage {
                let update = try connection.statement(
                    """
                    UPDATE consumer_keys SET requests = requests + ?2, last_access = max(coalesce(last_access, ?3), ?3) WHERE id = ?1
                    """)
                update.bind(use.keyID, at: 1)
                update.bind(use.requests, at: 2)
                update.bind(use.lastAccess.milliseconds, at: 3)
                try update.run()
            }
        }
    }

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

    public func insert(_ user: User) async throws(CartError) -> User {
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
                """)
            insert.bind(user.name, at: 1)
            insert.bind(name, at: 2)
            insert.bind(user.email, at: 3)
            insert.bind(email, at: 4)
            insert.bind(user.role.rawValue, at: 5)
            insert.bind(user.password.text, at: 6)
            insert.bind(user.created.milliseconds, at: 7)
            try insert.run()
            try connection.noteCredentialsChange()
            var stored = user
            stored.id = try connection.integer("SELECT id FROM users WHERE folded_name = ?1", [.text(name)]) ?? 0
            return stored
        }
    }

    public func deleteUser(name: String) async throws(CartError) -> Bool {
        try await writer.write { transaction in
            let connection = transaction.connection
            let name = Binding.text(Folding.fold(name))
            guard let id = try connection.integer("SELECT id FROM users WHERE folded_name = ?1", [name]) else { return false }
            for sql in ["DELETE FROM consumer_keys WHERE user_id = ?1", "DELETE FROM users WHERE id = ?1"] {
                let delete = try connection.statement(sql)
                delete.bind(id, at: 1)
                try delete.run()
            }
            try connection.noteCredentialsChange()
            return true
        }
    }
}

extension Connection {
    fileprivate func noteCredentialsChange() throws(SQLiteError) {
        try execute("UPDATE counters SET value = value + 1 WHERE name = 'credentials'")
    }

    fileprivate func users(where condition: String, _ values: [Binding]) throws -> [User] {
        let select = try statement(
            "SELECT id, name, email, role, password, created FROM users WHERE \(condition) ORDER BY id")
        select.bind(values)
        defer { select.reset() }
        var users: [User] = []
        while try select.step() { users.append(try select.user(from: 0)) }
        return users
    }

    fileprivate func keys(where condition: String, _ values: [Binding]) throws -> [KeyAndUser] {
        let select = try statement(
            """
            SELECT consumer_keys.id, user_id, description, permission, store_id, allowed_ranges, key_hash, secret_hash, truncated_key,
            consumer_keys.created, expires, revoked, last_access, requests, kind, disabled, previous_key_hash, previous_secret_hash,
            previous_until, users.id, users.name, users.email, users.role, users.password, users.created
            FROM consumer_keys JOIN users ON users.id = user_id WHERE \(condition) ORDER BY consumer_keys.id
            """)
        select.bind(values)
        defer { select.reset() }
        var keys: [KeyAndUser] = []
        while try select.step() {
            let texts = select.text(5).split(separator: " ")
            let ranges = texts.compactMap { NetworkRange(String($0)) }
            // A range that was lost would let everybody in.
            guard let permission = Permission(rawValue: select.text(3)), let kind = ConsumerKey.Kind(rawValue: select.text(14)),
                ranges.count == texts.count
            else {
                throw CartError.damaged("consumer_keys")
            }
            let key = ConsumerKey(
                id: select.integer(0), kind: kind, userID: select.integer(1), description: select.text(2), permission: permission,
                storeID: select.optionalInteger(4), allowedRanges: ranges, keyHash: select.text(6), secretHash: select.blob(7),
                truncatedKey: select.text(8), created: Timestamp(milliseconds: select.integer(9)),
                expires: select.optionalInteger(10).map(Timestamp.init(milliseconds:)),
                revoked: select.optionalInteger(11).map(Timestamp.init(milliseconds:)),
                disabled: select.optionalInteger(15).map(Timestamp.init(milliseconds:)),
                previous: select.optionalInteger(18).map {
                    ConsumerKey.Previous(keyHash: select.text(16), secretHash: select.blob(17), until: Timestamp(milliseconds: $0))
                },
                lastAccess: select.optionalInteger(12).map(Timestamp.init(milliseconds:)), requests: select.integer(13))
            keys.append(KeyAndUser(key: key, user: try select.user(from: 19)))
        }
        return keys
    }
}

extension Statement {
    /// Reads the columns `id, name, email, role, password, created`.
    fileprivate func user(from first: Int32) throws(CartError) -> User {
        guard let role = Role(rawValue: text(first + 3)) else { throw .damaged("users") }
        return User(
            id: integer(first), name: text(first + 1), email: text(first + 2), role: role,
            password: PasswordHash(stored: text(first + 4)), created: Timestamp(milliseconds: integer(first + 5)))
    }
}

extension CartError {
    fileprivate static func damaged(_ table: String) -> CartError {
        CartError(.unavailable, "A row of the table \(table) cannot be read; was it written by a newer version?")
    }
}
