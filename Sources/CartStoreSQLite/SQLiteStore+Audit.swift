import CartCore

extension SQLiteStore: AuditStore {
    public func audit(_ query: AuditQuery) async throws(CartError) -> AuditPage {
        try await readers.readAside { connection in
            try connection.reading { try AuditReader(connection: connection, query: query).page() }
        }
    }

    public func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry] {
        try readers.read { connection in
            let select = try connection.statement(
                "SELECT \(AuditReader.columns) FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2")
            select.bind(id, at: 1)
            select.bind(Int64(limit), at: 2)
            defer { select.reset() }
            var entries: [AuditEntry] = []
            while try select.step() { entries.append(try select.auditEntry()) }
            return entries
        }
    }

    public func add(_ entries: [AuditEntry]) async throws(CartError) {
        try await writer.write { transaction in
            let trail = AuditTrail(transaction: transaction)
            for entry in entries { try trail.add(entry) }
        }
    }

    public func forgetAudit(before moment: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await writer.write { transaction in
            let connection = transaction.connection
            let old = try connection.statement(
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 ORDER BY at LIMIT ?2)")
            old.bind(moment.milliseconds, at: 1)
            old.bind(Int64(limit), at: 2)
            try old.run()
            let removed = connection.changes
            // Where they are counted all entries of refused calls are gone through.
            guard removed < limit else { return removed }
            let beyond = try connection.statement(
                """
                DELETE FROM audit WHERE id IN
                (SELECT id FROM audit WHERE action = ?1 ORDER BY at DESC, id DESC LIMIT ?2 OFFSET ?3)
                """)
            beyond.bind(AuditAction.requestRefused.rawValue, at: 1)
            beyond.bind(Int64(limit - removed), at: 2)
            beyond.bind(Int64(AuditEntry.mostRefusals), at: 3)
            try beyond.run()
            return removed + connection.changes
        }
    }
}

/// Reads one page of the audit trail on one connection.
struct AuditReader {
    let connection: Connection
    let query: AuditQuery

    static let columns = "id, at, actor, address, action, subject, details"

    func page() throws -> AuditPage {
        let (condition, values) = condition()
        let total = try connection.integer("SELECT count(*) FROM audit WHERE \(condition)", values) ?? 0
        var places = values
        var after = ""
        if let place = query.after {
            places += [.integer(place.at.milliseconds), .integer(place.id)]
            after = "AND (at, id) < (?\(places.count - 1), ?\(places.count))"
        }
        // One more than is shown tells whether another page follows.
        places.append(.integer(Int64(query.limit) + 1))
        let select = try connection.statement(
            """
            SELECT \(Self.columns) FROM audit WHERE \(condition) \(after)
            ORDER BY at DESC, id DESC LIMIT ?\(places.count)
            """)
        select.bind(places)
        defer { select.reset() }
        var entries: [AuditEntry] = []
        while try select.step() { entries.append(try select.auditEntry()) }
        let hasMore = entries.count > query.limit
        if hasMore { entries.removeLast() }
        return AuditPage(
            entries: entries, total: Int(total), next: hasMore ? entries.last.map { AuditQuery.Place(at: $0.at, id: $0.id) } : nil)
    }

    private func condition() -> (sql: String, values: [Binding]) {
        var parts: [String] = []
        var values: [Binding] = []
        func add(_ condition: String, _ value: Binding?) {
            guard let value else { return }
            values.append(value)
            parts.append("\(condition) ?\(values.count)")
        }
        let filter = query.filter
        add("subject =", filter.subject.map(Binding.text))
        add("actor =", filter.actor.map(Binding.text))
        add("action =", (filter.action?.rawValue).map(Binding.text))
        add("at >=", (filter.from?.milliseconds).map(Binding.integer))
        add("at <=", (filter.to?.milliseconds).map(Binding.integer))
        return (parts.isEmpty ? "1" : parts.joined(separator: " AND "), values)
    }
}

extension Statement {
    fileprivate func auditEntry() throws(CartError) -> AuditEntry {
        guard let action = AuditAction(rawValue: text(4)) else { throw .damaged("audit") }
        return AuditEntry(
            id: integer(0), at: Timestamp(milliseconds: integer(1)), actor: text(2), address: optionalText(3), action: action,
            subject: text(5), details: Array(text(6).utf8))
    }
}
