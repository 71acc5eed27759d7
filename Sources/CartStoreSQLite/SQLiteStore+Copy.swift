import CartCore

extension SQLiteStore: CopyableStore {
    package func numbers() async throws(CartError) -> StoreNumbers {
        try readers.read { connection in
            try connection.reading {
                func last(of table: String) throws(SQLiteError) -> Int64 {
                    try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = ?1", [.text(table)]) ?? 0
                }
                return StoreNumbers(
                    revision: try connection.integer("SELECT value FROM counters WHERE name = 'revision'") ?? 0,
                    credentials: try connection.integer("SELECT value FROM counters WHERE name = 'credentials'") ?? 0,
                    users: try last(of: StorePart.users.table), keys: try last(of: StorePart.keys.table))
            }
        }
    }

    package func rowCounts() async throws(CartError) -> [StorePart: Int] {
        try await readers.readAside { connection in
            try connection.reading {
                var counts: [StorePart: Int] = [:]
                for part in StorePart.allCases {
                    counts[part] = Int(try connection.integer("SELECT count(*) FROM \(part.table)\(part.clause())") ?? 0)
                }
                return counts
            }
        }
    }

    package func rows(of part: StorePart, after position: [StoreValue]?, limit: Int) async throws(CartError) -> [StoreRow] {
        try await readers.readAside { connection in
            let select = try connection.statement(part.select(isFirst: position == nil))
            for (index, value) in (position ?? []).enumerated() { select.bind(value, at: Int32(index + 1)) }
            defer { select.reset() }
            var rows: [StoreRow] = []
            var bytes = 0
            while rows.count < limit, bytes < StoreRow.enoughBytes, try select.step() {
                let row = select.row(of: part)
                bytes += row.size
                rows.append(row)
            }
            return rows
        }
    }

    package func put(
        _ rows: [StoreRow], of part: StorePart, noting note: [UInt8], over standing: [UInt8]?
    ) async throws(CartError) {
        try await writer.write { transaction in
            let note = CopyNoteRow(connection: transaction.connection, bytes: note)
            try note.require(standing)
            // It notes nothing in the audit trail.
            let carts = CartRows(transaction: transaction, author: Author(.service(StoreCopy.noteName), at: .earliest))
            for row in rows {
                switch row {
                case .cart(let columns, let document, let id, let revision):
                    try carts.append(columns, document: document, id: id, revision: revision)
                case .values(let values):
                    let insert = try transaction.connection.statement(part.insert)
                    for (index, value) in values.enumerated() { insert.bind(value, at: Int32(index + 1)) }
                    try insert.run()
                }
            }
            try note.leave()
        }
    }

    package func empty(_ parts: [StorePart], noting note: [UInt8]?, over standing: [UInt8]) async throws(CartError) {
        try await writer.write { transaction in
            let note = CopyNoteRow(connection: transaction.connection, bytes: note)
            try note.require(standing)
            for part in parts {
                try transaction.connection.execute("DELETE FROM \(part.table)\(part.clause())")
                guard part == .carts else { continue }
                try transaction.connection.execute(
                    """
                    DELETE FROM cart_documents; DELETE FROM cart_products; DELETE FROM cart_ranks; DELETE FROM cart_facets;
                    INSERT INTO cart_search (cart_search) VALUES ('delete-all')
                    """)
            }
            try note.leave()
        }
    }

    package func countCarts(noting standing: [UInt8]) async throws(CartError) {
        try await writer.write { transaction in
            try CopyNoteRow(connection: transaction.connection).require(standing)
            try transaction.countCarts()
        }
    }

    package func finishCopy(_ numbers: StoreNumbers, over standing: [UInt8]) async throws(CartError) {
        try await writer.write { transaction in
            let connection = transaction.connection
            let note = CopyNoteRow(connection: connection)
            try note.require(standing)
            guard try connection.integer("SELECT value FROM counters WHERE name = 'revision'") == 0 else { throw CartError.copyIsDisturbed }
            for (counter, value) in [("revision", numbers.revision), ("credentials", numbers.credentials)] {
                let update = try connection.statement("UPDATE counters SET value = ?2 WHERE name = ?1")
                update.bind(counter, at: 1)
                update.bind(value, at: 2)
                try update.run()
            }
            for (part, value) in [(StorePart.users, numbers.users), (.keys, numbers.keys)] {
                let delete = try connection.statement("DELETE FROM sqlite_sequence WHERE name = ?1")
                delete.bind(part.table, at: 1)
                try delete.run()
                let insert = try connection.statement("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)")
                insert.bind(part.table, at: 1)
                insert.bind(value, at: 2)
                try insert.run()
            }
            try note.leave()
        }
    }
}

/// The note of a copy inside a transaction.
private struct CopyNoteRow {
    let connection: Connection
    /// What it is to be; nil: none.
    var bytes: [UInt8]?

    /// - Throws: ``CartError`` `.conflict` unless this note stands.
    func require(_ standing: [UInt8]?) throws {
        let select = try connection.statement("SELECT note FROM notes WHERE name = ?1")
        select.bind(StoreCopy.noteName, at: 1)
        defer { select.reset() }
        guard try (select.step() ? select.blob(0) : nil) == standing else { throw CartError.copyHasMoved }
    }

    func leave() throws(SQLiteError) {
        let write = try connection.statement(bytes == nil ? "DELETE FROM notes WHERE name = ?1" : "REPLACE INTO notes VALUES (?1, ?2)")
        write.bind(StoreCopy.noteName, at: 1)
        if let bytes { write.bind(bytes, at: 2) }
        try write.run()
    }
}

extension StorePart {
    private var names: [String] { columns.map(\.name) }

    private func placeholders(_ count: Int) -> String { (1...count).map { "?\($0)" }.joined(separator: ", ") }

    /// Leaves out the row that says how far a copy has come, and what comes before a position.
    fileprivate func clause(isFirst: Bool = true) -> String {
        var conditions: [String] = []
        if self == .notes { conditions.append("name <> '\(StoreCopy.noteName)'") }
        if !isFirst { conditions.append("(\(names.prefix(keyColumns).joined(separator: ", "))) > (\(placeholders(keyColumns)))") }
        return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }

    fileprivate func select(isFirst: Bool) -> String {
        // A cross join keeps the planner to the order of the ids, along the table itself.
        let (columns, source) =
            self == .carts
            ? (
                "id, revision, document, \(CartColumns.list)",
                "carts NOT INDEXED CROSS JOIN (SELECT id, revision, document FROM cart_documents) AS shown USING (id)"
            ) : (names.joined(separator: ", "), table)
        return "SELECT \(columns) FROM \(source)\(clause(isFirst: isFirst)) ORDER BY \(names.prefix(keyColumns).joined(separator: ", "))"
    }

    fileprivate var insert: String {
        "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(placeholders(columns.count)))"
    }
}

extension Statement {
    fileprivate func bind(_ value: StoreValue, at index: Int32) {
        switch value {
        case .integer(let value): bind(value, at: index)
        case .text(let value): bind(value, at: index)
        case .bytes(let value): bind(value, at: index)
        case .null: bind(nil as Int64?, at: index)
        }
    }

    /// Reads what ``StorePart/select(isFirst:)`` asks for.
    fileprivate func row(of part: StorePart) -> StoreRow {
        if part == .carts {
            return .cart(CartColumns(self, from: 3), document: blob(2), id: integer(0), revision: integer(1))
        }
        return .values(
            part.columns.enumerated().map { index, column in
                let index = Int32(index)
                if column.mayBeNull, isNull(index) { return .null }
                return switch column.kind {
                case .integer: .integer(integer(index))
                case .text: .text(text(index))
                case .bytes: .bytes(blob(index))
                }
            })
    }

    private func isNull(_ column: Int32) -> Bool { optionalInteger(column) == nil }
}
