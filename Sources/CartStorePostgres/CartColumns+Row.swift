#if Postgres
import CartCore

/// The columns of the table `carts` behind `id` and `revision`.
extension CartColumns {
    static let names = [
        "key", "store_id", "owner_id", "flags", "created", "updated", "expires", "total", "products_total", "customer", "email", "source",
        "products", "currency", "items",
    ]
    static let list = names.map { "carts.\($0)" }.joined(separator: ", ")

    /// Reads the columns of ``list``, which begin at `first`.
    init(_ rows: Rows, _ row: Int, from first: Int) {
        self.init(
            key: rows.text(row, first), storeID: rows.integer(row, first + 1), ownerID: rows.integer(row, first + 2),
            flags: rows.integer(row, first + 3), created: rows.integer(row, first + 4), updated: rows.integer(row, first + 5),
            expires: rows.integer(row, first + 6), total: rows.integer(row, first + 7), productsTotal: rows.integer(row, first + 8),
            customer: rows.text(row, first + 9), email: rows.text(row, first + 10),
            source: StorableText.decode(rows.text(row, first + 11)), products: rows.text(row, first + 12),
            currency: rows.text(row, first + 13), items: rows.integer(row, first + 14))
    }

    /// The columns as they are kept: with no more of the name than an index holds.
    var cut: CartColumns {
        guard customer.utf8.count > Schema.mostSortedBytes else { return self }
        var columns = self
        columns.customer = StorableText.beginning(of: customer, bytes: Schema.mostSortedBytes)
        return columns
    }
}

extension CartRecord {
    /// The columns of `cart_documents`.
    static let columns = ["id", "revision", "store_id", "owner_id", "flags", "created", "updated", "expires", "document"]
        .map { "cart_documents.\($0)" }.joined(separator: ", ")

    /// Reads ``columns``, which begin at `first`.
    init(_ rows: Rows, _ row: Int, from first: Int = 0) {
        let facts = CartFacts(
            storeID: rows.integer(row, first + 2), ownerID: rows.integer(row, first + 3), flags: rows.integer(row, first + 4),
            created: rows.integer(row, first + 5), updated: rows.integer(row, first + 6), expires: rows.integer(row, first + 7))
        self.init(
            id: rows.integer(row, first), revision: rows.integer(row, first + 1), facts: facts, document: rows.bytes(row, first + 8))
    }
}
#endif
