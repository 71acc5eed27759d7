import CartCore

/// The audit trail inside a transaction.
struct AuditTrail {
    let transaction: WriteTransaction

    /// Keeps an entry.
    ///
    /// - Parameter id: the revision of the write that it tells of; nil takes the next number.
    func add(_ entry: AuditEntry, id: Int64? = nil) throws(SQLiteError) {
        let insert = try transaction.connection.statement(
            "INSERT INTO audit (id, at, actor, address, action, subject, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        insert.bind(id ?? transaction.nextRevision(), at: 1)
        insert.bind(entry.at.milliseconds, at: 2)
        insert.bind(entry.actor, at: 3)
        insert.bind(entry.address, at: 4)
        insert.bind(entry.action.rawValue, at: 5)
        insert.bind(entry.subject, at: 6)
        insert.bind(String(decoding: entry.details, as: UTF8.self), at: 7)
        try insert.run()
    }
}
