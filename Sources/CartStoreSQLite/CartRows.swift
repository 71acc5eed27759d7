import CartCore

/// Writing carts inside a transaction: the row, and everything that is derived from it.
struct CartRows {
    let transaction: WriteTransaction
    let author: Author

    private var connection: Connection { transaction.connection }

    /// Does one change. The next revision is taken only if something is written.
    func apply(_ change: PreparedChange) throws(SQLiteError) -> CartChangeResult {
        switch change {
        case .save(let columns, let document, let replacing):
            let standing = try find(columns.key)
            guard standing?.revision == replacing else { return .conflict }
            let revision = transaction.nextRevision()
            let id = standing?.id ?? revision
            try write(columns, document: document, id: id, revision: revision, isNew: standing == nil)
            try index(from: standing?.columns, to: columns, id: id)
            try note(columns.key, from: standing?.summary, to: columns.summary(revision: revision), revision: revision)
            return .saved(id: id, revision: revision)
        case .delete(let key, let revision):
            guard let standing = try find(key) else { return .notFound }
            guard revision == nil || revision == standing.revision else { return .conflict }
            return .deleted(revision: try delete(standing))
        }
    }

    /// Removes those of some carts that meet a filter; how many they were.
    func delete(_ ids: [Int64], meeting filter: CartFilter, at clock: StateClock) throws(SQLiteError) -> Int {
        let condition = FilterSQL(filter, at: clock, for: .checking)
        // A cross join keeps the planner from an index of the filter's, which would be gone through for each batch.
        let select = try connection.statement(
            """
            SELECT id, revision, \(CartColumns.list)
            FROM (SELECT value AS batch_id FROM json_each(?)) CROSS JOIN carts ON id = batch_id JOIN \(Standing.revisions) USING (id)
            \(condition.clause)
            """)
        let batch = Set(ids).sorted().map(String.init).joined(separator: ",")
        select.bind([.text("[\(batch)]")] + condition.values)
        var found: [Standing] = []
        while try select.step() { found.append(Standing(select)) }
        select.reset()
        for standing in found { _ = try delete(standing) }
        return found.count
    }

    private func delete(_ standing: Standing) throws(SQLiteError) -> Int64 {
        for table in ["carts", "cart_documents"] {
            let delete = try connection.statement("DELETE FROM \(table) WHERE id = ?1")
            delete.bind(standing.id, at: 1)
            try delete.run()
        }
        try index(from: standing.columns, to: nil, id: standing.id)
        let revision = transaction.nextRevision()
        try note(standing.columns.key, from: standing.summary, to: nil, revision: revision)
        return revision
    }

    /// Writes a cart whose key is known to be new, without counting it: the caller counts all in the end.
    func append(_ cart: NewCart) throws(SQLiteError) {
        let id = transaction.nextRevision()
        try append(cart.columns, document: cart.document, id: id, revision: id)
    }

    /// Writes a cart whose key and numbers are known to be new, without counting it.
    func append(_ columns: CartColumns, document: [UInt8], id: Int64, revision: Int64) throws(SQLiteError) {
        try write(columns, document: document, id: id, revision: revision, isNew: true)
        try indexProducts(from: nil, to: columns, id: id)
        try indexText(of: columns, id: id, isAdded: true)
    }

    private struct Standing {
        var id: Int64
        var revision: Int64
        var columns: CartColumns

        /// The columns that the documents have besides are not meant.
        static let revisions = "(SELECT id, revision FROM cart_documents)"

        /// Reads `id, revision` and ``CartColumns/list``.
        init(_ row: Statement) {
            id = row.integer(0)
            revision = row.integer(1)
            columns = CartColumns(row, from: 2)
        }

        var summary: CartSummary { columns.summary(revision: revision) }
    }

    private func note(_ key: String, from old: CartSummary?, to new: CartSummary?, revision: Int64) throws(SQLiteError) {
        try AuditTrail(transaction: transaction).add(.cart(key, from: old, to: new, by: author), id: revision)
    }

    private func find(_ key: String) throws(SQLiteError) -> Standing? {
        let select = try connection.statement(
            "SELECT id, revision, \(CartColumns.list) FROM carts JOIN \(Standing.revisions) USING (id) WHERE key = ?1")
        select.bind(key, at: 1)
        defer { select.reset() }
        guard try select.step() else { return nil }
        return Standing(select)
    }

    private func write(
        _ columns: CartColumns, document: [UInt8], id: Int64, revision: Int64, isNew: Bool
    ) throws(SQLiteError) {
        let row = try connection.statement(
            isNew
                ? "INSERT INTO carts (id, \(CartColumns.list)) VALUES (?1, \(CartColumns.placeholders))"
                : "UPDATE carts SET (\(CartColumns.list)) = (\(CartColumns.placeholders)) WHERE id = ?1")
        row.bind(id, at: 1)
        columns.bind(to: row, from: 2)
        try row.run()
        let shown = try connection.statement(
            "\(isNew ? "INSERT" : "REPLACE") INTO cart_documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        shown.bind(id, at: 1)
        shown.bind(revision, at: 2)
        shown.bind(columns.storeID, at: 3)
        shown.bind(columns.ownerID, at: 4)
        shown.bind(columns.flags, at: 5)
        shown.bind(columns.created, at: 6)
        shown.bind(columns.updated, at: 7)
        shown.bind(columns.expires, at: 8)
        shown.bind(document, at: 9)
        try shown.run()
    }

    /// Brings what is derived from the columns of one cart from an old form to a new one; nil is no cart.
    private func index(from old: CartColumns?, to new: CartColumns?, id: Int64) throws(SQLiteError) {
        transaction.count(from: old, to: new, id: id, at: author.now)
        if old?.products != new?.products { try indexProducts(from: old, to: new, id: id) }
        if old?.customer != new?.customer || old?.email != new?.email || old?.key != new?.key {
            if let old { try indexText(of: old, id: id, isAdded: false) }
            if let new { try indexText(of: new, id: id, isAdded: true) }
        }
    }

    private func indexProducts(from old: CartColumns?, to new: CartColumns?, id: Int64) throws(SQLiteError) {
        for (product, _) in old?.productKinds ?? [] {
            let delete = try connection.statement("DELETE FROM cart_products WHERE product_id = ?1 AND cart_id = ?2")
            delete.bind(product, at: 1)
            delete.bind(id, at: 2)
            try delete.run()
        }
        for (product, kinds) in new?.productKinds ?? [] {
            let insert = try connection.statement("INSERT INTO cart_products VALUES (?1, ?2, ?3)")
            insert.bind(product, at: 1)
            insert.bind(id, at: 2)
            insert.bind(kinds, at: 3)
            try insert.run()
        }
    }

    /// Adds the texts of a cart to the trigrams, or takes them out again, for which FTS5 must be told what was added.
    private func indexText(of columns: CartColumns, id: Int64, isAdded: Bool) throws(SQLiteError) {
        let statement = try connection.statement(
            isAdded
                ? "INSERT INTO cart_search (rowid, name, email, key) VALUES (?1, ?2, ?3, ?4)"
                : "INSERT INTO cart_search (cart_search, rowid, name, email, key) VALUES ('delete', ?1, ?2, ?3, ?4)")
        statement.bind(id, at: 1)
        statement.bind(columns.fullName, at: 2)
        statement.bind(columns.email, at: 3)
        statement.bind(columns.key, at: 4)
        try statement.run()
    }
}
