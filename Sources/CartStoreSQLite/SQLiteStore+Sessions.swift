import CartCore

extension SQLiteStore: SessionStore {
    public func insert(_ session: Session, by author: Author) async throws(CartError) {
        try await writer.write { transaction in
            let insert = try transaction.connection.statement("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)")
            insert.bind(session.id, at: 1)
            insert.bind(session.userID, at: 2)
            insert.bind(session.created.milliseconds, at: 3)
            insert.bind(session.expires.milliseconds, at: 4)
            try insert.run()
            try AuditTrail(transaction: transaction).add(.session(.userSignIn, of: session.userID, by: author))
        }
    }

    public func session(_ id: [UInt8], at now: Timestamp) async throws(CartError) -> (session: Session, user: User)? {
        try readers.read { connection in
            let select = try connection.statement(
                """
                SELECT users.id, name, email, role, password, users.created, sessions.created, expires
                FROM sessions JOIN users ON users.id = user_id WHERE sessions.id = ?1 AND expires > ?2
                """)
            select.bind(id, at: 1)
            select.bind(now.milliseconds, at: 2)
            defer { select.reset() }
            guard try select.step() else { return nil }
            let user = try select.user(from: 0)
            let session = Session(
                id: id, userID: user.id, created: Timestamp(milliseconds: select.integer(6)),
                expires: Timestamp(milliseconds: select.integer(7)))
            return (session, user)
        }
    }

    public func deleteSession(_ id: [UInt8], by author: Author) async throws(CartError) {
        try await writer.write { transaction in
            let delete = try transaction.connection.statement("DELETE FROM sessions WHERE id = ?1 RETURNING user_id")
            delete.bind(id, at: 1)
            var userID: Int64?
            while try delete.step() { userID = delete.integer(0) }
            delete.reset()
            if let userID { try AuditTrail(transaction: transaction).add(.session(.userSignOut, of: userID, by: author)) }
        }
    }
}
