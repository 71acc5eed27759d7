#if Postgres
import CartCore

extension PostgresStore: AuditStore {
    public func audit(_ query: AuditQuery) async throws(CartError) -> AuditPage {
        try await pool.readAside { try AuditReader(connection: $0, query: query).page() }
    }

    static let feed = "SELECT \(AuditReader.columns) FROM audit WHERE id > $1 ORDER BY id LIMIT $2"

    public func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry] {
        let rows = try await points.query(Self.feed, [.integer(id), .integer(Int64(max(limit, 0)))])
        return try rows.auditEntries()
    }

    public func add(_ entries: [AuditEntry]) async throws(CartError) {
        try await writer.write { transaction in
            for entry in entries { transaction.note(entry) }
        }
    }

    public func forgetAudit(before moment: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await writer.write { transaction in
            let removed = try transaction.run(
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2)",
                [.integer(moment.milliseconds), .integer(Int64(limit))]
            ).changes
            // Where they are counted all entries of refused calls are gone through.
            guard removed < limit else { return removed }
            return removed
                + (try transaction.run(
                    """
                    DELETE FROM audit WHERE id IN
                    (SELECT id FROM audit WHERE action = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3)
                    """,
                    [
                        .text(AuditAction.requestRefused.rawValue), .integer(Int64(limit - removed)),
                        .integer(Int64(AuditEntry.mostRefusals)),
                    ]
                ).changes)
        }
    }
}

/// Reads one page of the audit trail on one connection, at one moment and in one round trip.
struct AuditReader {
    let connection: Connection
    let query: AuditQuery

    static let columns = "id, at, actor, address, action, subject, details"

    func page() throws -> AuditPage {
        let statements = statements()
        try connection.send(PageReader.begin)
        for statement in statements { try connection.send(statement.sql, statement.values) }
        try connection.send("COMMIT")
        let answers = try connection.finish()
        var entries = try answers[2].auditEntries()
        let hasMore = entries.count > query.limit
        if hasMore { entries.removeLast() }
        return AuditPage(
            entries: entries, total: Int(answers[1].integer(0, 0)),
            next: hasMore ? entries.last.map { AuditQuery.Place(at: $0.at, id: $0.id) } : nil)
    }

    /// What counts, and what finds the entries of the page.
    func statements() -> [(sql: String, values: [Value])] {
        var parts: [String] = []
        var values: [Value] = []
        func add(_ condition: String, _ value: Value?) {
            guard let value else { return }
            values.append(value)
            parts.append("\(condition) $\(values.count)")
        }
        let filter = query.filter
        add("subject =", filter.subject.map(Value.encoded))
        add("actor =", filter.actor.map(Value.encoded))
        add("action =", (filter.action?.rawValue).map(Value.text))
        add("at >=", (filter.from?.milliseconds).map(Value.integer))
        add("at <=", (filter.to?.milliseconds).map(Value.integer))
        let count = ("SELECT count(*) FROM audit" + Self.clause(parts), values)
        if let place = query.after {
            values += [.integer(place.at.milliseconds), .integer(place.id)]
            parts.append("(at, id) < ($\(values.count - 1), $\(values.count))")
        }
        // One more than is shown tells whether another page follows.
        values.append(.integer(Int64(query.limit) + 1))
        let page = "SELECT \(Self.columns) FROM audit\(Self.clause(parts)) ORDER BY at DESC, id DESC LIMIT $\(values.count)"
        return [count, (page, values)]
    }

    private static func clause(_ parts: [String]) -> String { parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND ") }
}

extension Rows {
    /// Reads ``AuditReader/columns``.
    fileprivate func auditEntries() throws(CartError) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        entries.reserveCapacity(count)
        for row in 0..<count {
            guard let action = AuditAction(rawValue: text(row, 4)) else { throw .damaged("audit") }
            entries.append(
                AuditEntry(
                    id: integer(row, 0), at: Timestamp(milliseconds: integer(row, 1)), actor: StorableText.decode(text(row, 2)),
                    address: optionalText(row, 3), action: action, subject: StorableText.decode(text(row, 5)),
                    details: Array(StorableText.decode(text(row, 6)).utf8)))
        }
        return entries
    }
}
#endif
