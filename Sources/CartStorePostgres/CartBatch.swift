#if Postgres
import CartCore

/// The rows of many carts, to be written with few statements: each table's at once.
struct CartBatch {
    private static let integers = [
        "store_id", "owner_id", "flags", "created", "updated", "expires", "total", "products_total", "items",
    ]
    private static let texts = ["customer", "email", "source", "products", "currency"]
    private static let facts = ["store_id", "owner_id", "flags", "created", "updated", "expires"]

    static let cartColumns: [SetSQL.Column] =
        [.text("key"), "id", "revision"] + integers.map { SetSQL.Column($0, "bigint") } + texts.map { .text($0) }
    static let documentColumns: [SetSQL.Column] =
        [.text("key"), "id", "revision"] + facts.map { SetSQL.Column($0, "bigint") } + [.bytes("document")]
    static let productColumns: [SetSQL.Column] = [.text("key"), "product_id", "kinds", "store_id"]
    static let searchColumns: [SetSQL.Column] = [.text("key"), "store_id", .text("customer"), .text("email")]

    static let keepCarts = SetSQL.upsert(into: "carts", cartColumns, key: 1)
    static let keepDocuments = SetSQL.upsert(into: "cart_documents", documentColumns, key: 1)
    static let keepProducts = SetSQL.upsert(into: "cart_products", productColumns, key: 2)
    static let keepSearch = SetSQL.upsert(into: "cart_search", searchColumns, key: 1)
    static let removeProducts = """
        DELETE FROM cart_products USING unnest($1::text[], $2::bigint[]) AS gone (key, product_id)
        WHERE cart_products.key = gone.key AND cart_products.product_id = gone.product_id
        """
    static let removals = ["carts", "cart_documents", "cart_products", "cart_search"].map { "DELETE FROM \($0) WHERE key = ANY($1)" }

    private var keys: [String] = []
    private var ids: [Int64] = []
    private var revisions: [Int64] = []
    private var numbers = Array(repeating: [Int64](), count: integers.count)
    private var words = Array(repeating: [String](), count: texts.count)
    private var documents: [[UInt8]] = []
    private var removed: [String] = []
    private var products: (keys: [String], products: [Int64], kinds: [Int64], stores: [Int64]) = ([], [], [], [])
    private var goneProducts: (keys: [String], products: [Int64]) = ([], [])
    private var searched: (keys: [String], stores: [Int64], customers: [String], emails: [String]) = ([], [], [], [])

    /// Writes a cart.
    ///
    /// - Parameters:
    ///   - columns: with the whole name.
    ///   - old: what is kept under the key; nil if nothing is.
    mutating func keep(_ columns: CartColumns, document: [UInt8], id: Int64, revision: Int64, over old: CartColumns?) {
        let cut = columns.cut
        keys.append(cut.key)
        ids.append(id)
        revisions.append(revision)
        let integers = [
            cut.storeID, cut.ownerID, cut.flags, cut.created, cut.updated, cut.expires, cut.total, cut.productsTotal, cut.items,
        ]
        for (place, value) in integers.enumerated() { numbers[place].append(value) }
        let texts = [cut.customer, cut.email, StorableText.encode(cut.source), cut.products, cut.currency]
        for (place, value) in texts.enumerated() { words[place].append(value) }
        documents.append(document)
        keepProducts(of: columns, over: old)
        // Of a name that was cut the kept part does not tell whether it has changed.
        if old?.customer != cut.customer || old?.email != cut.email || old?.storeID != cut.storeID || cut.customer != columns.customer {
            searched.keys.append(columns.key)
            searched.stores.append(columns.storeID)
            searched.customers.append(columns.customer)
            searched.emails.append(columns.email)
        }
    }

    private mutating func keepProducts(of columns: CartColumns, over old: CartColumns?) {
        if let old, old.products == columns.products, old.storeID == columns.storeID { return }
        let kept = Dictionary((old?.productKinds ?? []).map { ($0.product, $0.kinds) }) { first, _ in first }
        var gone = Set(kept.keys)
        for (product, kinds) in columns.productKinds {
            gone.remove(product)
            if kept[product] == kinds, old?.storeID == columns.storeID { continue }
            products.keys.append(columns.key)
            products.products.append(product)
            products.kinds.append(kinds)
            products.stores.append(columns.storeID)
        }
        for product in gone {
            goneProducts.keys.append(columns.key)
            goneProducts.products.append(product)
        }
    }

    /// Removes a cart.
    mutating func remove(_ key: String) { removed.append(key) }

    /// Sends the statements, without waiting. No key may have been written or removed twice.
    func send(on connection: Connection) throws(PostgresError) {
        if !removed.isEmpty {
            for removal in Self.removals { try connection.send(removal, [.texts(removed)]) }
        }
        if !goneProducts.keys.isEmpty {
            try connection.send(Self.removeProducts, [.texts(goneProducts.keys), .integers(goneProducts.products)])
        }
        guard !keys.isEmpty else { return }
        let begin: [Value] = [.texts(keys), .integers(ids), .integers(revisions)]
        try connection.send(Self.keepCarts, begin + numbers.map(Value.integers) + words.map(Value.texts))
        try connection.send(Self.keepDocuments, begin + numbers.prefix(Self.facts.count).map(Value.integers) + [.blobs(documents)])
        if !products.keys.isEmpty {
            try connection.send(
                Self.keepProducts,
                [.texts(products.keys), .integers(products.products), .integers(products.kinds), .integers(products.stores)])
        }
        if !searched.keys.isEmpty {
            try connection.send(
                Self.keepSearch,
                [.texts(searched.keys), .integers(searched.stores), .texts(searched.customers), .texts(searched.emails)])
        }
    }
}
#endif
