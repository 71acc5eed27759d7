/// What a cart is found by: the narrow columns of its row.
package struct CartColumns: Equatable, Sendable {
    package var key: String
    package var storeID: Int64
    package var ownerID: Int64
    package var flags: Int64
    package var created: Int64
    package var updated: Int64
    package var expires: Int64
    package var total: Int64
    package var productsTotal: Int64
    /// ``Customer/sortName``
    package var customer: String
    /// Folded.
    package var email: String
    package var source: String
    /// Each product with the kinds of items that it stands in, as `145:1 278:3`, in order of the numbers.
    package var products: String
    /// Code of the currency.
    package var currency: String
    /// Lines of kind `cart`.
    package var items: Int64

    package init(_ cart: Cart, wasAbandoned: Bool) {
        key = cart.key.text
        storeID = cart.storeID
        ownerID = cart.owner.id
        flags =
            Int64(cart.contents.rawValue)
            | (cart.orderID == nil ? 0 : CartFlag.converted)
            | (wasAbandoned ? CartFlag.wasAbandoned : 0)
            | (cart.customer.hasContact ? CartFlag.contact : 0)
            | (cart.owner.kind == .guest ? CartFlag.guest : 0)
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

    /// A cart whose row was read.
    package init(
        key: String, storeID: Int64, ownerID: Int64, flags: Int64, created: Int64, updated: Int64, expires: Int64, total: Int64,
        productsTotal: Int64, customer: String, email: String, source: String, products: String, currency: String, items: Int64
    ) {
        self.key = key
        self.storeID = storeID
        self.ownerID = ownerID
        self.flags = flags
        self.created = created
        self.updated = updated
        self.expires = expires
        self.total = total
        self.productsTotal = productsTotal
        self.customer = customer
        self.email = email
        self.source = source
        self.products = products
        self.currency = currency
        self.items = items
    }

    /// The cart in a line, at a revision.
    package func summary(revision: Int64) -> CartSummary {
        CartSummary(
            revision: revision, ownerID: ownerID, total: total,
            products: products.isEmpty ? 0 : products.utf8.count { $0 == UInt8(ascii: " ") } + 1, email: email)
    }

    /// What tells of the events of the cart.
    package var history: CartHistory {
        CartHistory(flags: flags, created: created, updated: updated, expires: expires)
    }

    /// Whether the cart has items to buy.
    package var isFilled: Bool { flags & CartFlag.holdsCart != 0 }

    /// The place that the cart has in an order.
    package func position(in field: CartSort.Field, id: Int64) -> CartPosition {
        let value: CartPosition.Value =
            switch field {
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
    package var fullName: String {
        guard let joint = customer.utf8.firstIndex(of: 1) else { return "" }
        let last = customer[..<joint]
        let first = customer[customer.utf8.index(after: joint)...]
        return first.isEmpty || last.isEmpty ? String(first + last) : "\(first) \(last)"
    }

    /// ``products`` taken apart.
    package var productKinds: [(product: Int64, kinds: Int64)] { Self.productKinds(of: products) }

    package static func productKinds(of products: String) -> [(product: Int64, kinds: Int64)] {
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
