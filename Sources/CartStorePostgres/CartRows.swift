#if Postgres
import CartCore

/// Writing carts inside a transaction: the row, and everything that is derived from it.
struct CartRows {
    let transaction: WriteTransaction
    let author: Author

    /// Does one change. The next revision is taken only if something is written.
    func apply(_ change: PreparedChange) throws(PostgresError) -> CartChangeResult {
        let standing = try transaction.cart(change.key)
        switch change {
        case .save(let columns, let document, let replacing):
            guard standing?.revision == replacing else { return .conflict }
            let revision = transaction.nextRevision()
            let id = standing?.id ?? revision
            transaction.put(columns, document: document, id: id, revision: revision, at: author.now)
            note(columns.key, from: standing?.summary, to: columns.summary(revision: revision), revision: revision)
            return .saved(id: id, revision: revision)
        case .delete(_, let revision):
            guard let standing else { return .notFound }
            guard revision == nil || revision == standing.revision else { return .conflict }
            return .deleted(revision: delete(standing))
        }
    }

    /// Removes those of some carts that meet a filter; how many they were.
    func delete(_ ids: [Int64], meeting filter: CartFilter, at clock: StateClock) throws(PostgresError) -> Int {
        let (sql, values) = Self.removal(of: ids, meeting: filter, at: clock)
        let found = try transaction.carts(sql, values)
        for standing in found { _ = delete(standing) }
        return found.count
    }

    /// What finds those of some carts that meet a filter.
    static func removal(of ids: [Int64], meeting filter: CartFilter, at clock: StateClock) -> (sql: String, values: [Value]) {
        var condition = FilterSQL(filter, at: clock, for: .checking, behind: [.integers(ids)])
        condition.add("id = ANY($1)")
        return ("SELECT id, revision, \(CartColumns.list) FROM carts\(condition.clause) ORDER BY id", condition.values)
    }

    private func delete(_ standing: WriteTransaction.Standing) -> Int64 {
        let revision = transaction.nextRevision()
        transaction.remove(standing, at: author.now)
        note(standing.columns.key, from: standing.summary, to: nil, revision: revision)
        return revision
    }

    private func note(_ key: String, from old: CartSummary?, to new: CartSummary?, revision: Int64) {
        transaction.note(.cart(key, from: old, to: new, by: author), id: revision)
    }
}
#endif
