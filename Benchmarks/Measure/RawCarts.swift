import CartCore

/// A cart as its rows hold it, with everything that a write of it binds.
struct RawCart {
    var id: Int64
    var storeID: Int64
    var ownerID: Int64
    var flags: Int64
    var created: Int64
    var updated: Int64
    var expires: Int64
    var total: Int64
    var productsTotal: Int64
    var items: Int64
    var key: RawText
    var customer: RawText
    var email: RawText
    var source: RawText
    /// As the column of this name holds them.
    var products: RawText
    var currency: RawText
    var document: RawText
    /// First and last name as they are searched.
    var name: RawText
    /// Subject and details of the entry in the audit trail.
    var subject: RawText
    var details: RawText
    /// The rows of the products in ``RawCarts/products``.
    var productRows: Range<Int>

    /// Binds id and columns to ``RawSQL/insertCart`` or ``RawSQL/updateCart``.
    func bind(to statement: RawStatement) {
        statement.bind(id, at: 1)
        statement.bind(key, at: 2)
        statement.bind(storeID, at: 3)
        statement.bind(ownerID, at: 4)
        statement.bind(flags, at: 5)
        statement.bind(created, at: 6)
        statement.bind(updated, at: 7)
        statement.bind(expires, at: 8)
        statement.bind(total, at: 9)
        statement.bind(productsTotal, at: 10)
        statement.bind(customer, at: 11)
        statement.bind(email, at: 12)
        statement.bind(source, at: 13)
        statement.bind(products, at: 14)
        statement.bind(currency, at: 15)
        statement.bind(items, at: 16)
    }

    /// Binds the cart to ``RawSQL/insertDocument`` or ``RawSQL/replaceDocument``.
    func bindDocument(to statement: RawStatement, revision: Int64) {
        statement.bind(id, at: 1)
        statement.bind(revision, at: 2)
        statement.bind(storeID, at: 3)
        statement.bind(ownerID, at: 4)
        statement.bind(flags, at: 5)
        statement.bind(created, at: 6)
        statement.bind(updated, at: 7)
        statement.bind(expires, at: 8)
        statement.bindBlob(document, at: 9)
    }

    /// As `CartFlag`.
    enum Flag {
        static let holdsCart: Int64 = 1
        static let converted: Int64 = 8
        static let wasAbandoned: Int64 = 16
        static let guest: Int64 = 64
    }
}

/// Carts in memory. The texts of its carts go with it.
final class RawCarts {
    private(set) var list: [RawCart] = []
    private(set) var products: [(product: Int64, kinds: Int64)] = []
    private let memory = RawMemory()

    /// Adds a cart.
    ///
    /// - Parameters:
    ///   - row: of ``RawSQL/whole``.
    ///   - entry: the entry that the write of the cart with this key and summary leaves in the audit trail.
    func append(_ row: RawStatement, entry: (String, CartSummary) -> AuditEntry) {
        let first = products.count
        for part in row.string(14).split(separator: " ") {
            let numbers = part.split(separator: ":").compactMap { Int64($0) }
            if numbers.count == 2 { products.append((numbers[0], numbers[1])) }
        }
        let entry = entry(
            row.string(2),
            CartSummary(
                revision: row.integer(1), ownerID: row.integer(4), total: row.integer(9), products: products.count - first,
                email: row.string(12)))
        // The column begins with the last name.
        let names = row.string(11).split(separator: "\u{1}").reversed().joined(separator: " ")
        list.append(
            RawCart(
                id: row.integer(0), storeID: row.integer(3), ownerID: row.integer(4), flags: row.integer(5),
                created: row.integer(6), updated: row.integer(7), expires: row.integer(8), total: row.integer(9),
                productsTotal: row.integer(10), items: row.integer(16), key: memory.keep(row.text(2)),
                customer: memory.keep(row.text(11)), email: memory.keep(row.text(12)), source: memory.keep(row.text(13)),
                products: memory.keep(row.text(14)), currency: memory.keep(row.text(15)), document: memory.keep(row.blob(17)),
                name: memory.keep(names), subject: memory.keep(entry.subject), details: memory.keep(entry.details),
                productRows: first..<products.count))
    }
}
