#if Postgres
import CartCore

extension PostgresStore: CopyableStore {
    /// For as long a statement may take that touches a batch of rows, and one that goes through all.
    private static let (batchTimeout, wholeTimeout): (Duration, Duration) = (.seconds(120), .seconds(3600))

    package func numbers() async throws(CartError) -> StoreNumbers {
        let counters = try await points.query("SELECT name, value FROM counters")
        let values = Dictionary((0..<counters.count).map { (counters.text($0, 0), counters.integer($0, 1)) }) { first, _ in first }
        guard let revision = values["revision"], let credentials = values["credentials"], let users = values[StorePart.users.table],
            let keys = values[StorePart.keys.table]
        else { throw .damaged("counters") }
        return StoreNumbers(revision: revision, credentials: credentials, users: users, keys: keys)
    }

    package func rowCounts() async throws(CartError) -> [StorePart: Int] {
        try await pool.readAside { connection in
            try connection.withTimeout(Self.wholeTimeout) {
                try connection.transaction(PageReader.begin) {
                    for part in StorePart.allCases { try connection.send("SELECT count(*) FROM \(part.table)\(part.clause())") }
                    let answers = try connection.finish()
                    return Dictionary(zip(StorePart.allCases, answers.map { Int($0.integer(0, 0)) })) { first, _ in first }
                }
            }
        }
    }

    package func rows(of part: StorePart, after position: [StoreValue]?, limit: Int) async throws(CartError) -> [StoreRow] {
        let keys = zip(part.columns, position ?? []).map { $0.value($1) }
        let values = keys + [.integer(Int64(limit)), .integer(Int64(StoreRow.enoughBytes))].prefix(part.isLarge ? 2 : 1)
        return try await pool.readAside { connection in
            let rows = try connection.query(part.select(isFirst: position == nil), values)
            // The first one that was left out because of its size, and all behind it, have no value.
            let large = part == .carts ? 2 : part.columns.count - 1
            var read: [StoreRow] = []
            read.reserveCapacity(rows.count)
            for row in 0..<rows.count {
                if part.isLarge, rows.isNull(row, large) { break }
                read.append(rows.row(row, of: part))
            }
            return read
        }
    }

    package func put(
        _ rows: [StoreRow], of part: StorePart, noting note: [UInt8], over standing: [UInt8]?
    ) async throws(CartError) {
        try await writer.write(timeout: Self.batchTimeout) { transaction in
            let note = CopyNoteRow(transaction: transaction, bytes: note)
            try note.require(standing)
            var batch = CartBatch()
            var values: [[StoreValue]] = []
            for row in rows {
                switch row {
                case .cart(let columns, let document, let id, let revision):
                    batch.keep(columns, document: document, id: id, revision: revision, over: nil)
                case .values(let row): values.append(row)
                }
            }
            try batch.send(on: transaction.connection)
            try transaction.insert(values, of: part)
            try note.leave()
        }
    }

    package func empty(_ parts: [StorePart], noting note: [UInt8]?, over standing: [UInt8]) async throws(CartError) {
        try await writer.write(timeout: Self.wholeTimeout) { transaction in
            let note = CopyNoteRow(transaction: transaction, bytes: note)
            try note.require(standing)
            for part in parts { try transaction.send("DELETE FROM \(part.table)\(part.clause())") }
            if parts.contains(.carts) {
                for table in ["cart_documents", "cart_products", "cart_search"] { try transaction.send("DELETE FROM \(table)") }
                try transaction.countCarts()
            }
            try note.leave()
        }
    }

    package func countCarts(noting standing: [UInt8]) async throws(CartError) {
        try await writer.write(timeout: Self.wholeTimeout) { transaction in
            try CopyNoteRow(transaction: transaction).require(standing)
            try transaction.countCarts()
        }
        await refreshStatistics(vacuuming: true)
    }

    package func finishCopy(_ numbers: StoreNumbers, over standing: [UInt8]) async throws(CartError) {
        try await writer.write { transaction in
            let note = CopyNoteRow(transaction: transaction)
            try note.require(standing)
            let revision = try transaction.query("SELECT value FROM counters WHERE name = 'revision'")
            guard revision.count == 1, revision.integer(0, 0) == 0 else { throw CartError.copyIsDisturbed }
            for (counter, value) in [
                ("revision", numbers.revision), ("credentials", numbers.credentials), (StorePart.users.table, numbers.users),
                (StorePart.keys.table, numbers.keys),
            ] {
                try transaction.send("UPDATE counters SET value = $2 WHERE name = $1", [.text(counter), .integer(value)])
            }
            try note.leave()
        }
    }
}

/// The note of a copy inside a transaction.
private struct CopyNoteRow {
    let transaction: WriteTransaction
    /// What it is to be; nil: none.
    var bytes: [UInt8]?

    /// - Throws: ``CartError`` `.conflict` unless this note stands.
    func require(_ standing: [UInt8]?) throws {
        let rows = try transaction.query("SELECT note FROM notes WHERE name = $1", [.text(StoreCopy.noteName)])
        guard (rows.count > 0 ? rows.bytes(0, 0) : nil) == standing else { throw CartError.copyHasMoved }
    }

    func leave() throws(PostgresError) {
        if let bytes {
            try transaction.send(PostgresStore.leaveNote, [.text(StoreCopy.noteName), .bytes(bytes)])
        } else {
            try transaction.send("DELETE FROM notes WHERE name = $1", [.text(StoreCopy.noteName)])
        }
    }
}

extension WriteTransaction {
    /// Writes rows of a part, which are new: all with one statement, unless there may be bytes that are NULL.
    fileprivate func insert(_ rows: [[StoreValue]], of part: StorePart) throws(PostgresError) {
        guard !rows.isEmpty else { return }
        let columns = part.columns
        if columns.contains(where: { $0.kind == .bytes && $0.mayBeNull }) {
            let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
            let sql = "INSERT INTO \(part.table) (\(columns.map(\.name).joined(separator: ", "))) VALUES (\(places))"
            for row in rows { try send(sql, zip(columns, row).map { $0.value($1) }) }
        } else {
            try send(
                SetSQL.insert(into: part.table, columns.map(\.setColumn)),
                columns.enumerated().map { place, column in column.values(rows.map { $0[place] }) })
        }
    }
}

extension StorePart {
    private var names: [String] { columns.map(\.name) }

    /// Whether the last column may have many bytes.
    fileprivate var isLarge: Bool { self == .carts || self == .answers }

    /// Leaves out the row that says how far a copy has come, and what comes before a position.
    fileprivate func clause(isFirst: Bool = true) -> String {
        var conditions: [String] = []
        if self == .notes { conditions.append("name <> '\(StoreCopy.noteName)'") }
        if !isFirst {
            let places = (1...keyColumns).map { "$\($0)" }.joined(separator: ", ")
            conditions.append("(\(names.prefix(keyColumns).joined(separator: ", "))) > (\(places))")
        }
        return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }

    /// The parameters behind the position are how many rows, and, for large ones, how many bytes.
    fileprivate func select(isFirst: Bool) -> String {
        let behind = isFirst ? 1 : keyColumns + 1
        let order = names.prefix(keyColumns).joined(separator: ", ")
        let page = "FROM \(table)\(clause(isFirst: isFirst)) ORDER BY \(order) LIMIT $\(behind)"
        func bounded(_ column: String, by key: String) -> String {
            """
            CASE WHEN row_number() OVER (ORDER BY \(key)) = 1
            OR sum(octet_length(\(column))) OVER (ORDER BY \(key)) <= $\(behind + 1) THEN \(column) END
            """
        }
        switch self {
        case .carts:
            // The whole name stands where parts of it are looked for.
            let columns = CartColumns.list.replacing("carts.customer", with: "cart_search.customer")
            return """
                SELECT carts.id, carts.revision, \(bounded("cart_documents.document", by: "carts.id")), \(columns)
                FROM (SELECT * \(page)) AS carts
                JOIN cart_documents ON cart_documents.key = carts.key JOIN cart_search ON cart_search.key = carts.key ORDER BY carts.id
                """
        case .answers:
            return "SELECT request, expires, \(bounded("answer", by: "request")) FROM (SELECT * \(page)) AS answers ORDER BY request"
        default:
            return "SELECT \(names.joined(separator: ", ")) \(page)"
        }
    }
}

extension StorePart.Column {
    fileprivate var setColumn: SetSQL.Column {
        switch kind {
        case .integer: SetSQL.Column(name, "bigint")
        case .text: .text(name)
        case .bytes: .bytes(name)
        }
    }

    /// A value of the column as a parameter; texts as ``StorableText`` writes them.
    fileprivate func value(_ value: StoreValue) -> Value {
        switch value {
        case .integer(let value): .integer(value)
        case .text(let value): .encoded(value)
        case .bytes(let value): .bytes(value)
        case .null: .null
        }
    }

    /// Values of the column as one parameter.
    fileprivate func values(_ values: [StoreValue]) -> Value {
        switch kind {
        case .integer:
            .optionalIntegers(values.map { if case .integer(let value) = $0 { value } else { nil } })
        case .text:
            .optionalTexts(values.map { if case .text(let value) = $0 { StorableText.encode(value) } else { nil } })
        case .bytes:
            .blobs(values.map { if case .bytes(let value) = $0 { value } else { [] } })
        }
    }
}

extension Rows {
    /// Reads what ``StorePart/select(isFirst:)`` asks for.
    fileprivate func row(_ row: Int, of part: StorePart) -> StoreRow {
        if part == .carts {
            return .cart(CartColumns(self, row, from: 3), document: bytes(row, 2), id: integer(row, 0), revision: integer(row, 1))
        }
        return .values(
            part.columns.enumerated().map { index, column in
                if column.mayBeNull, isNull(row, index) { return .null }
                return switch column.kind {
                case .integer: .integer(integer(row, index))
                case .text: .text(StorableText.decode(text(row, index)))
                case .bytes: .bytes(bytes(row, index))
                }
            })
    }
}
#endif
