import CartCore

/// The columns of the table `carts` but the id.
extension CartColumns {
    static let list = """
        key, store_id, owner_id, flags, created, updated, expires, total, products_total, customer, email, source, products, currency, items
        """
    /// Placeholders for ``list`` that begin with `?2`.
    static let placeholders = (2...16).map { "?\($0)" }.joined(separator: ", ")

    /// Reads the columns of ``list``, which begin at `first`.
    init(_ row: Statement, from first: Int32) {
        self.init(
            key: row.text(first), storeID: row.integer(first + 1), ownerID: row.integer(first + 2), flags: row.integer(first + 3),
            created: row.integer(first + 4), updated: row.integer(first + 5), expires: row.integer(first + 6),
            total: row.integer(first + 7), productsTotal: row.integer(first + 8), customer: row.text(first + 9),
            email: row.text(first + 10), source: row.text(first + 11), products: row.text(first + 12), currency: row.text(first + 13),
            items: row.integer(first + 14))
    }

    func bind(to statement: Statement, from first: Int32) {
        statement.bind(key, at: first)
        statement.bind(storeID, at: first + 1)
        statement.bind(ownerID, at: first + 2)
        statement.bind(flags, at: first + 3)
        statement.bind(created, at: first + 4)
        statement.bind(updated, at: first + 5)
        statement.bind(expires, at: first + 6)
        statement.bind(total, at: first + 7)
        statement.bind(productsTotal, at: first + 8)
        statement.bind(customer, at: first + 9)
        statement.bind(email, at: first + 10)
        statement.bind(source, at: first + 11)
        statement.bind(products, at: first + 12)
        statement.bind(currency, at: first + 13)
        statement.bind(items, at: first + 14)
    }
}
