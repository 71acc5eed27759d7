/// Reading the cart document: the JSON form of a cart in the native API, in import and export, and in the stores.
extension CartDraft {
    /// Reads one cart document.
    ///
    /// `id`, `revision` and `state` are accepted, whatever they hold, so that what was read can be written back.
    ///
    /// - Parameters:
    ///   - document: one JSON object in UTF-8.
    ///   - maximumDepth: see ``JSONReader/init(_:maximumDepth:)``.
    /// - Throws: ``CartError`` `.malformedJSON`, or `.invalid` that names the first field which is unknown, stands twice, or has a
    ///   value of a wrong type or range.
    public init(document: [UInt8], maximumDepth: Int = 64) throws(CartError) {
        var reader = JSONReader(document, maximumDepth: maximumDepth)
        var draft = CartDraft()
        try reader.object { (reader, name) throws(CartError) in
            switch name {
            case "key":
                guard let key = CartKey(try reader.string()) else { throw .invalid("", "must be 1 to 42 of A-Z a-z 0-9 _ -") }
                draft.key = key
            case "store_id": draft.storeID = try reader.integer(in: 1...Int64(Int32.max))
            case "owner": draft.owner = try reader.owner()
            case "customer": draft.customer = try reader.customer()
            case "currency":
                guard let currency = Currency(try reader.string()) else { throw .invalid("", "must be three capital letters") }
                draft.currency = currency
            case "items": draft.items = try reader.items()
            case "coupons": draft.coupons = try reader.coupons()
            case "fees": draft.fees = try reader.fees()
            case "totals": draft.totals = try reader.totals()
            case "source": draft.source = try reader.text()
            case "ip_address": draft.ipAddress = try reader.text(limit: 64)
            case "order_id": draft.orderID = try reader.skipNull() ? nil : try reader.integer(in: 1...Amount.range.upperBound)
            case "created": draft.created = try reader.timestamp()
            case "updated": draft.updated = try reader.timestamp()
            case "expires": draft.expires = try reader.timestamp()
            case "state" where try reader.peek() == .string: draft.state = CartState(rawValue: try reader.string())
            case "id", "revision", "state": try reader.skip()
            default: throw .unknownField
            }
        }
        try reader.end()
        self = draft
    }
}

extension JSONReader {
    fileprivate mutating func owner() throws(CartError) -> Owner {
        var kind: Owner.Kind?
        var id: Int64?
        try object { (reader, name) throws(CartError) in
            switch name {
            case "type": kind = try reader.choice()
            case "id":
                let text = try reader.string()
                guard let number = Int64(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    throw .invalid("", "must be a decimal number in a string")
                }
                id = number
            default: throw .unknownField
            }
        }
        guard let kind else { throw .invalid("type", "is missing") }
        guard let id else { throw .invalid("id", "is missing") }
        guard let owner = Owner(id: id), owner.kind == kind else {
            throw .invalid("id", kind == .guest ? "must be 2147483648 to 4294967295 for a guest" : "must be 1 to 2147483647 for a customer")
        }
        return owner
    }

    fileprivate mutating func customer() throws(CartError) -> Customer {
        var customer = Customer()
        try object { (reader, name) throws(CartError) in
            switch name {
            case "first_name": customer.firstName = try reader.text()
            case "last_name": customer.lastName = try reader.text()
            case "email": customer.email = try reader.text()
            case "phone": customer.phone = try reader.text()
            case "billing": customer.billing = try reader.address()
            case "shipping": customer.shipping = try reader.address()
            case "profile": customer.profile = try reader.boundedObject()
            default: throw .unknownField
            }
        }
        return customer
    }

    private mutating func address() throws(CartError) -> Address {
        var address = Address()
        try object { (reader, name) throws(CartError) in
            guard let field = Address.fields.first(where: { $0.name == name }) else { throw .unknownField }
            address[keyPath: field.path] = try reader.text()
        }
        return address
    }

    fileprivate mutating func items() throws(CartError) -> [CartDraft.Item] {
        var items: [CartDraft.Item] = []
        var keys = Set<String>()
        try array { (reader, place) throws(CartError) in
            guard place < DocumentLimits.items else { throw .tooMany("items", limit: DocumentLimits.items) }
            let item = try reader.item()
            if let key = item.key, !keys.insert(key).inserted { throw .invalid("key", "is another item's key, too") }
            items.append(item)
        }
        return items
    }

    private mutating func item() throws(CartError) -> CartDraft.Item {
        var item = CartDraft.Item(productID: 0)
        try object { (reader, name) throws(CartError) in
            switch name {
            case "key":
                let key = try reader.text(limit: 64)
                guard !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                    throw .invalid("", "must be 1 to 64 visible ASCII characters")
                }
                item.key = key
            case "kind": item.kind = try reader.choice()
            case "product_id": item.productID = try reader.integer(in: 1...Amount.range.upperBound)
            case "variation_id": item.variationID = try reader.integer(in: 0...Amount.range.upperBound)
            case "name": item.name = try reader.text()
            case "sku": item.sku = try reader.text()
            case "quantity": item.quantity = try reader.quantity()
            case "unit_price": item.unitPrice = try reader.amount()
            case "subtotal": item.subtotal = try reader.amount()
            case "subtotal_tax": item.subtotalTax = try reader.amount()
            case "tax": item.tax = try reader.amount()
            case "total": item.total = try reader.amount()
            case "variation": item.variation = try reader.boundedObject()
            case "extra": item.extra = try reader.boundedObject()
            case "product": item.product = try reader.productDetails()
            default: throw .unknownField
            }
        }
        guard item.productID != 0 else { throw .invalid("product_id", "is missing") }
        return item
    }

    private mutating func productDetails() throws(CartError) -> ProductDetails {
        var product = ProductDetails()
        try object { (reader, name) throws(CartError) in
            let isNull = try reader.skipNull()
            switch name {
            case "title": product.title = isNull ? nil : try reader.text()
            case "slug": product.slug = isNull ? nil : try reader.text()
            case "type": product.type = isNull ? nil : try reader.text()
            case "image": product.image = isNull ? nil : try reader.text(limit: DocumentLimits.url)
            case "weight": product.weight = isNull ? nil : try reader.text()
            case "dimensions": product.dimensions = isNull ? nil : try reader.boundedObject()
            case "min_quantity": product.minQuantity = isNull ? nil : try reader.quantity()
            case "max_quantity": product.maxQuantity = isNull ? nil : try reader.quantity()
            case "backorders": product.backorders = isNull ? nil : try reader.text()
            default: throw .unknownField
            }
        }
        return product
    }

    fileprivate mutating func coupons() throws(CartError) -> [Coupon] {
        var coupons: [Coupon] = []
        try array { (reader, place) throws(CartError) in
            guard place < DocumentLimits.adjustments else { throw .tooMany("coupons", limit: DocumentLimits.adjustments) }
            var coupon = Coupon(code: "")
            try reader.object { (reader, name) throws(CartError) in
                switch name {
                case "code": coupon.code = try reader.text()
                case "label": coupon.label = try reader.text()
                case "discount": coupon.discount = try reader.amount()
                case "discount_tax": coupon.discountTax = try reader.amount()
                default: throw .unknownField
                }
            }
            guard !coupon.code.isEmpty else { throw .invalid("code", "is missing") }
            coupons.append(coupon)
        }
        return coupons
    }

    fileprivate mutating func fees() throws(CartError) -> [Fee] {
        var fees: [Fee] = []
        try array { (reader, place) throws(CartError) in
            guard place < DocumentLimits.adjustments else { throw .tooMany("fees", limit: DocumentLimits.adjustments) }
            var fee = Fee(id: "")
            try reader.object { (reader, name) throws(CartError) in
                switch name {
                case "id": fee.id = try reader.text()
                case "name": fee.name = try reader.text()
                case "amount": fee.amount = try reader.amount()
                case "tax": fee.tax = try reader.amount()
                default: throw .unknownField
                }
            }
            guard !fee.id.isEmpty else { throw .invalid("id", "is missing") }
            guard !fees.contains(where: { $0.id.utf8.elementsEqual(fee.id.utf8) }) else { throw .invalid("id", "is another fee's id, too") }
            fees.append(fee)
        }
        return fees
    }

    fileprivate mutating func totals() throws(CartError) -> CartTotals {
        var totals = CartTotals()
        try object { (reader, name) throws(CartError) in
            guard let field = CartTotals.fields.first(where: { $0.name == name }) else { throw .unknownField }
            totals[keyPath: field.path] = try reader.amount()
        }
        return totals
    }
}
