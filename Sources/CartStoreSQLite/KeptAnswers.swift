import CartCore

/// The answers to requests that may be sent again, inside a transaction.
struct KeptAnswers {
    let connection: Connection

    /// Expired answers that each new one takes away: more than one, so that none stay for long, and few, so that no request waits.
    private static let removals: Int64 = 16

    /// The answer to a request; nil if there is none or it is too old.
    func answer(to request: IdempotentRequest) throws(SQLiteError) -> [UInt8]? {
        let select = try connection.statement("SELECT answer FROM answers WHERE request = ?1 AND expires > ?2")
        select.bind(request.id, at: 1)
        select.bind(request.now.milliseconds, at: 2)
        defer { select.reset() }
        return try select.step() ? select.blob(0) : nil
    }

    /// Keeps an answer, over an older one of the same id, and forgets some that have expired.
    func keep(_ answer: [UInt8], to request: IdempotentRequest) throws(SQLiteError) {
        let delete = try connection.statement(
            "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE expires <= ?1 ORDER BY expires LIMIT ?2)")
        delete.bind(request.now.milliseconds, at: 1)
        delete.bind(Self.removals, at: 2)
        try delete.run()
        let replace = try connection.statement("REPLACE INTO answers (request, expires, answer) VALUES (?1, ?2, ?3)")
        replace.bind(request.id, at: 1)
        replace.bind(request.expires.milliseconds, at: 2)
        replace.bind(answer, at: 3)
        try replace.run()
    }
}
