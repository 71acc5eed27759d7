#if Postgres
import CartCore

extension PostgresStore: SessionStore {
    public func insert(_ session: Session, by author: Author) async throws(CartError) {
        try await writer.write { transaction in
            try transaction.send(
                "INSERT INTO sessions VALUES ($1, $2, $3, $4)",
                [
                    .bytes(session.id), .integer(session.userID), .integer(session.created.milliseconds),
                    .integer(session.expires.milliseconds),
                ])
            transaction.note(.session(.userSignIn, of: session.userID, by: author))
        }
    }

    static let sessionByID = """
        SELECT \(Rows.userColumns), sessions.created, sessions.expires
        FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = $1 AND sessions.expires > $2
        """

    public func session(_ id: [UInt8], at now: Timestamp) async throws(CartError) -> (session: Session, user: User)? {
        let rows = try await points.query(Self.sessionByID, [.bytes(id), .integer(now.milliseconds)])
        guard rows.count > 0 else { return nil }
        let user = try rows.user(0, from: 0)
        let session = Session(
            id: id, userID: user.id, created: Timestamp(milliseconds: rows.integer(0, 6)),
            expires: Timestamp(milliseconds: rows.integer(0, 7)))
        return (session, user)
    }

    public func deleteSession(_ id: [UInt8], by author: Author) async throws(CartError) {
        try await writer.write { transaction in
            let gone = try transaction.run("DELETE FROM sessions WHERE id = $1 RETURNING user_id", [.bytes(id)])
            if gone.count > 0 { transaction.note(.session(.userSignOut, of: gone.integer(0, 0), by: author)) }
        }
    }
}
#endif
