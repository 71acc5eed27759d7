import CartCore

/// What a cart is found by: the narrow columns of its row.
struct CartColumns: Equatable {
    var key: String
    var storeID: Int64
    var ownerID: Int64
    var flags: Int64
    var created: Int64
    var updated: Int64
    var expires: Int64
    var total: Int64
    var productsTotal: Int64
    /// ``Customer/sortName``
    var customer: String
    /// Folded.
    var email: String
    var source: String
    /// Each product with the kinds of items that it stands in, as `145:1 278:3`, in order of the numbers.
    var products: String
    /// Code of the currency.
    var currency: String
    /// Lines of kind `cart`.
    var items: Int64

    static let list = """
        key, store_id, owner_id, flags, created, updated, expires, total, products_total, customer, email, source, products, currency, items
        """
    /// Placeholders for ``list`` that begin with `?2`.
    static let placeholders = (2...16).map { "?\($0)" }.joined(separator: ", ")

    init(_ cart: Cart, wasAbandoned: Bool) {
        key = cart.key.text
        storeID = cart.storeID
        ownerID = cart.owner.id
        flags =
            Int64(cart.contents.rawValue)
            | (cart.orderID == nil ? 0 : Schema.Flag.converted)
            | (wasAbandoned ? Schema.Flag.wasAbandoned : 0)
            | (cart.customer.hasContact ? Schema.Flag.contact : 0)
            | (cart.owner.kind == .guest ? Schema.Flag.guest : 0)
        created = cart.created.milliseconds
        updated = cart.updated.milliseconds
        expires = cart.expires.milliseconds
        total = cart.totals.total
        productsTotal = cart.productsTotal
        customer = cart.customer.sortName
        email = Folding.fold(cart.customer.email)
        source = cart.source
        var kinds: [Int64: CartContents] = [:]
        for item in cart.items { kinds[item.productID, default: []].insert(CartContents(kind: item.kind)) }
        products = kinds.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.rawValue)" }.joined(separator: " ")
        currency = cart.currency.code
        items = Int64(cart.items.count { $0.kind == .cart })
    }

    /// Reads the columns of ``list``, which begin at `first`.
    init(_ row: Statement, from first: Int32) {
        key = row.text(first)
        storeID = row.integer(first + 1)
        ownerID = row.integer(first + 2)
        flags = row.integer(first + 3)
        created = row.integer(first + 4)
        updated = row.integer(first + 5)
        expires = row.integer(first + 6)
        total = row.integer(first + 7)
        productsTotal = row.integer(first + 8)
        customer = row.text(first + 9)
        email = row.text(first + 10)
        source = row.text(first + 11)
        products = row.text(first + 12)
        currency = row.text(first + 13)
        items = row.integer(first + 14)
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

    /// The cart in a line, at a revision.
    func summary(revision: Int64) -> CartSummary {
        CartSummary(
            revision: revision, ownerID: ownerID, total: total,
            products: products.isEmpty ? 0 : products.utf8.count { $0 == UInt8(ascii: " ") } + 1, email: email)
    }

    /// What tells of the events of the cart.
    var history: CartHistory {
        CartHistory(flags: flags, created: created, updated: updated, expires: expires)
    }

    /// Whether the cart has items to buy.
    var isFilled: Bool { flags & Schema.Flag.holdsCart != 0 }

    /// The place that the cart has in an order.
    func position(in sort: SortIndex, id: Int64) -> CartPosition {
        let value: CartPosition.Value =
            switch sort.field {
            case .id: .integer(id)
            case .created: .integer(created)
            case .updated: .integer(updated)
            case .expires: .integer(expires)
            case .total: .integer(total)
            case .productsTotal: .integer(productsTotal)
            case .customer: .text(customer)
            }
        return CartPosition(value: value, ownerID: ownerID, id: id)
    }

    /// First and last name, folded, as they are searched: what the sort name holds the other way round.
    var fullName: String {
        guard let joint = customer.utf8.firstIndex(of: 1) else { return "" }
        let last = customer[..<joint]
        let first = customer[customer.utf8.index(after: joint)...]
        return first.isEmpty || last.isEmpty ? String(first + last) : "\(first) \(last)"
    }

    /// ``products`` taken apart.
    var productKinds: [(product: Int64, kinds: Int64)] { Self.productKinds(of: products) }

    static func productKinds(of products: String) -> [(product: Int64, kinds: Int64)] {
        var found: [(Int64, Int64)] = []
        var product: Int64 = 0
        var number: Int64 = 0
        for byte in products.utf8 {
            switch byte {
            case UInt8(ascii: ":"): (product, number) = (number, 0)
            case UInt8(ascii: " "):
                found.append((product, number))
                number = 0
            // Every number was an Int64 when it was written; a damaged one may wrap, but stops nothing.
            default: number = number &* 10 &+ Int64(byte & 15)
            }
        }
        if !products.isEmpty { found.append((product, number)) }
        return found
    }
}

extension CartHistory {
    /// - Parameters:
    ///   - flags: ``Schema/Flag``.
    ///   - created, updated, expires: milliseconds since 1970.
    init(flags: Int64, created: Int64, updated: Int64, expires: Int64) {
        self.init(
            created: Timestamp(milliseconds: created), updated: Timestamp(milliseconds: updated), expires: Timestamp(milliseconds: expires),
            canBeAbandoned: flags & (Schema.Flag.holdsCart | Schema.Flag.converted) == Schema.Flag.holdsCart,
            wasAbandoned: flags & Schema.Flag.wasAbandoned != 0)
    }
}
