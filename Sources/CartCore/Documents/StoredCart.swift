/// A cart as its stored document spells it, to be shown: most of what an answer says of a cart is copied from the document as it stands.
///
/// Every value is a part of the document, see ``JSONSlice``.
public struct StoredCart {
    public let key: JSONSlice
    public let storeID: JSONSlice
    public let ownerKind: JSONSlice
    /// A text.
    public let ownerID: JSONSlice
    public let customer: Customer
    public let currencyCode: JSONSlice
    /// Items of every kind.
    public let items: [Item]
    public let coupons: [Coupon]
    public let fees: [Fee]
    public let totals: Totals
    public let source: JSONSlice
    public let ipAddress: JSONSlice
    public let orderID: JSONSlice?
    public let created: JSONSlice
    public let updated: JSONSlice
    public let expires: JSONSlice

    /// See ``CartCore/Customer``; all values are texts but the addresses and the profile, which is an object.
    public struct Customer {
        public let firstName: JSONSlice
        public let lastName: JSONSlice
        public let email: JSONSlice
        public let phone: JSONSlice
        public let billing: Address
        public let shipping: Address
        public let profile: JSONSlice
    }

    /// See ``CartCore/Address``; what is not known is an empty text.
    public struct Address {
        public var firstName = JSONSlice.emptyText
        public var lastName = JSONSlice.emptyText
        public var company = JSONSlice.emptyText
        public var country = JSONSlice.emptyText
        public var address1 = JSONSlice.emptyText
        public var address2 = JSONSlice.emptyText
        public var city = JSONSlice.emptyText
        public var state = JSONSlice.emptyText
        public var postcode = JSONSlice.emptyText
        public var phone = JSONSlice.emptyText
        public var email = JSONSlice.emptyText
        public private(set) var isEmpty = true
    }

    /// See ``CartItem``; amounts are whole numbers of minor units, at most sixteen digits.
    public struct Item {
        public let key: JSONSlice
        public let kind: CartItem.Kind
        public let productID: JSONSlice
        public let variationID: JSONSlice
        public let name: JSONSlice
        public let sku: JSONSlice
        public let quantity: JSONSlice
        /// ``Quantity/millionths``
        public let millionths: Int64
        public let unitPrice: JSONSlice
        public let subtotal: JSONSlice
        public let subtotalTax: JSONSlice
        public let tax: JSONSlice
        public let total: JSONSlice
        public let variation: JSONSlice
        public let extra: JSONSlice
        public let product: Product
    }

    /// See ``ProductDetails``; what is not known is nil.
    public struct Product {
        public fileprivate(set) var title: JSONSlice?
        public fileprivate(set) var slug: JSONSlice?
        public fileprivate(set) var type: JSONSlice?
        public fileprivate(set) var image: JSONSlice?
        public fileprivate(set) var weight: JSONSlice?
        public fileprivate(set) var dimensions: JSONSlice?
        public fileprivate(set) var minQuantity: JSONSlice?
        public fileprivate(set) var maxQuantity: JSONSlice?
        public fileprivate(set) var backorders: JSONSlice?
    }

    /// See ``CartCore/Coupon``.
    public struct Coupon {
        public let code: JSONSlice
        public let label: JSONSlice
        public let discount: JSONSlice
    }

    /// See ``CartCore/Fee``.
    public struct Fee {
        public let id: JSONSlice
        public let name: JSONSlice
        public let amount: JSONSlice
    }

    /// See ``CartTotals``; whole numbers of minor units.
    public struct Totals {
        public let subtotal: JSONSlice
        public let subtotalTax: JSONSlice
        public let discount: JSONSlice
        public let discountTax: JSONSlice
        public let shipping: JSONSlice
        public let shippingTax: JSONSlice
        public let fees: JSONSlice
        public let feesTax: JSONSlice
        public let tax: JSONSlice
        public let total: JSONSlice
    }
}

extension CartRecord {
    /// Calls `body` with the cart of the document; nothing of it may be kept when `body` returns.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the document is damaged; what `body` throws.
    public func withStoredCart<Value>(_ body: (StoredCart) throws(CartError) -> Value) throws(CartError) -> Value {
        if let cart = try Self.read(document, body) { return cart }
        // Written by another release, or damaged.
        guard let value = try Self.read(try cart().document, body) else {
            throw Self.damaged(id)
        }
        return value
    }

    /// - Returns: nil if the document is not one that ``Cart/document`` writes.
    private static func read<Value>(
        _ document: [UInt8], _ body: (StoredCart) throws(CartError) -> Value
    ) throws(CartError) -> Value? {
        try document.withUnsafeBufferPointer { (bytes) throws(CartError) in
            guard var scanner = JSONScanner(bytes), let cart = try? StoredCart(&scanner), scanner.isAtEnd else { return nil }
            return try body(cart)
        }
    }
}

extension StoredCart {
    /// Whether there is something to buy.
    public var holdsItems: Bool { items.contains { $0.kind == .cart } }

    /// US dollars if the code is none, which only a damaged document has.
    public var currency: Currency { currencyCode == "\"USD\"" ? .usd : Currency(currencyCode.text) ?? .usd }

    /// See ``Cart/productsTotal``.
    public var productsTotal: Int64 {
        currency.hundredths(
            ofMillionths: items.reduce(into: Int128(0)) { sum, item in
                if item.kind == .cart { sum += Int128(item.unitPrice.integer) * Int128(item.millionths) }
            })
    }
}

// What follows is the form that Cart.document writes, member by member.

extension StoredCart {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        try json.expect(#"{"key":"#)
        key = try json.string()
        try json.expect(#","store_id":"#)
        storeID = try json.integer()
        try json.expect(#","owner":{"type":"#)
        ownerKind = try json.string()
        try json.expect(#","id":"#)
        ownerID = try json.string()
        try json.expect(#"},"customer":"#)
        customer = try Customer(&json)
        try json.expect(#","currency":"#)
        currencyCode = try json.string()
        try json.expect(#","items":"#)
        items = try json.array(atMost: DocumentLimits.items, Item.init)
        try json.expect(#","coupons":"#)
        coupons = try json.array(atMost: DocumentLimits.adjustments, Coupon.init)
        try json.expect(#","fees":"#)
        fees = try json.array(atMost: DocumentLimits.adjustments, Fee.init)
        try json.expect(#","totals":"#)
        totals = try Totals(&json)
        try json.expect(#","source":"#)
        source = try json.string()
        try json.expect(#","ip_address":"#)
        ipAddress = try json.string()
        try json.expect(#","order_id":"#)
        orderID = json.skip("null") ? nil : try json.integer()
        try json.expect(#","created":"#)
        created = try json.string()
        try json.expect(#","updated":"#)
        updated = try json.string()
        try json.expect(#","expires":"#)
        expires = try json.string()
        try json.expect("}")
    }
}

extension StoredCart.Customer {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        try json.expect(#"{"first_name":"#)
        firstName = try json.string()
        try json.expect(#","last_name":"#)
        lastName = try json.string()
        try json.expect(#","email":"#)
        email = try json.string()
        try json.expect(#","phone":"#)
        phone = try json.string()
        try json.expect(#","billing":"#)
        billing = try StoredCart.Address(&json)
        try json.expect(#","shipping":"#)
        shipping = try StoredCart.Address(&json)
        try json.expect(#","profile":"#)
        profile = try json.object()
        try json.expect("}")
    }
}

extension StoredCart.Address {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        if json.skip("{}") { return }
        isEmpty = false
        try json.expect("{")
        repeat {
            if json.skip(#""first_name":"#) {
                firstName = try json.string()
            } else if json.skip(#""last_name":"#) {
                lastName = try json.string()
            } else if json.skip(#""company":"#) {
                company = try json.string()
            } else if json.skip(#""country":"#) {
                country = try json.string()
            } else if json.skip(#""address_1":"#) {
                address1 = try json.string()
            } else if json.skip(#""address_2":"#) {
                address2 = try json.string()
            } else if json.skip(#""city":"#) {
                city = try json.string()
            } else if json.skip(#""state":"#) {
                state = try json.string()
            } else if json.skip(#""postcode":"#) {
                postcode = try json.string()
            } else if json.skip(#""phone":"#) {
                phone = try json.string()
            } else {
                try json.expect(#""email":"#)
                email = try json.string()
            }
        } while json.skip(",")
        try json.expect("}")
    }
}

extension StoredCart.Item {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        try json.expect(#"{"key":"#)
        key = try json.string()
        try json.expect(#","kind":"#)
        if json.skip(#""cart""#) {
            kind = .cart
        } else if json.skip(#""wishlist""#) {
            kind = .wishlist
        } else {
            try json.expect(#""removed""#)
            kind = .removed
        }
        try json.expect(#","product_id":"#)
        productID = try json.integer()
        try json.expect(#","variation_id":"#)
        variationID = try json.integer()
        try json.expect(#","name":"#)
        name = try json.string()
        try json.expect(#","sku":"#)
        sku = try json.string()
        try json.expect(#","quantity":"#)
        quantity = try json.number()
        // A fraction is no whole number, which reads as 0.
        guard let decimal = Quantity(Int(quantity.integer)) ?? Quantity(json: quantity.spelling) else { throw JSONScanner.Mismatch() }
        millionths = decimal.millionths
        try json.expect(#","unit_price":"#)
        unitPrice = try json.integer()
        try json.expect(#","subtotal":"#)
        subtotal = try json.integer()
        try json.expect(#","subtotal_tax":"#)
        subtotalTax = try json.integer()
        try json.expect(#","tax":"#)
        tax = try json.integer()
        try json.expect(#","total":"#)
        total = try json.integer()
        try json.expect(#","variation":"#)
        variation = try json.object()
        try json.expect(#","extra":"#)
        extra = try json.object()
        try json.expect(#","product":"#)
        product = try StoredCart.Product(&json)
        try json.expect("}")
    }
}

extension StoredCart.Product {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        if json.skip("{}") { return }
        try json.expect("{")
        repeat {
            if json.skip(#""title":"#) {
                title = try json.string()
            } else if json.skip(#""slug":"#) {
                slug = try json.string()
            } else if json.skip(#""type":"#) {
                type = try json.string()
            } else if json.skip(#""image":"#) {
                image = try json.string()
            } else if json.skip(#""weight":"#) {
                weight = try json.string()
            } else if json.skip(#""dimensions":"#) {
                dimensions = try json.object()
            } else if json.skip(#""min_quantity":"#) {
                minQuantity = try json.number()
            } else if json.skip(#""max_quantity":"#) {
                maxQuantity = try json.number()
            } else {
                try json.expect(#""backorders":"#)
                backorders = try json.string()
            }
        } while json.skip(",")
        try json.expect("}")
    }
}

extension StoredCart.Coupon {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        try json.expect(#"{"code":"#)
        code = try json.string()
        try json.expect(#","label":"#)
        label = try json.string()
        try json.expect(#","discount":"#)
        discount = try json.integer()
        try json.expect(#","discount_tax":"#)
        _ = try json.integer()
        try json.expect("}")
    }
}

extension StoredCart.Fee {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        try json.expect(#"{"id":"#)
        id = try json.string()
        try json.expect(#","name":"#)
        name = try json.string()
        try json.expect(#","amount":"#)
        amount = try json.integer()
        try json.expect(#","tax":"#)
        _ = try json.integer()
        try json.expect("}")
    }
}

extension StoredCart.Totals {
    fileprivate init(_ json: inout JSONScanner) throws(JSONScanner.Mismatch) {
        try json.expect(#"{"subtotal":"#)
        subtotal = try json.integer()
        try json.expect(#","subtotal_tax":"#)
        subtotalTax = try json.integer()
        try json.expect(#","discount":"#)
        discount = try json.integer()
        try json.expect(#","discount_tax":"#)
        discountTax = try json.integer()
        try json.expect(#","shipping":"#)
        shipping = try json.integer()
        try json.expect(#","shipping_tax":"#)
        shippingTax = try json.integer()
        try json.expect(#","fees":"#)
        fees = try json.integer()
        try json.expect(#","fees_tax":"#)
        feesTax = try json.integer()
        try json.expect(#","tax":"#)
        tax = try json.integer()
        try json.expect(#","total":"#)
        total = try json.integer()
        try json.expect("}")
    }
}

extension JSONScanner {
    fileprivate mutating func array<Element>(
        atMost most: Int, _ element: (inout JSONScanner) throws(Mismatch) -> Element
    ) throws(Mismatch) -> [Element] {
        var elements: [Element] = []
        if skip("[]") { return elements }
        try expect("[")
        repeat {
            guard elements.count < most else { throw Mismatch() }
            elements.append(try element(&self))
        } while skip(",")
        try expect("]")
        return elements
    }
}
