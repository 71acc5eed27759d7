import CartCore

/// Writes a cart in CS-Cart's fields. All values are strings or null, as its documentation says.
struct CartWriter {
    private let cart: Cart
    private let products: [CartItem]

    init(_ cart: Cart) {
        self.cart = cart
        products = cart.items.filter { $0.kind == .cart }
    }

    /// The whole cart, as it is sent alone.
    var document: [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        writeFields(to: &json)
        writeProducts(to: &json)
        json.endObject()
        return json.bytes
    }

    /// The ten members of a row.
    func writeFields(to json: inout JSONWriter) {
        json.name("user_id")
        json.quotedInteger(cart.owner.id)
        json.name("firstname")
        json.known(cart.customer.firstName)
        json.name("lastname")
        json.known(cart.customer.lastName)
        json.name("date")
        json.quotedInteger(cart.created.seconds)
        json.name("ip_address")
        json.string(cart.ipAddress)
        json.name("company_id")
        json.quotedInteger(cart.storeID)
        json.name("cart_products")
        json.string(Decimal.shortest(products.reduce(0) { $0 + $1.quantity.millionths }, digits: 6))
        json.name("total")
        json.string(Currency.usd.decimal(cart.productsTotal))
        json.name("order_id")
        if let order = cart.orderID { json.quotedInteger(order) } else { json.null() }
        json.name("user_data")
        writeUserData(to: &json)
    }

    /// The member `products`.
    func writeProducts(to json: inout JSONWriter) {
        json.name("products")
        json.beginArray()
        for item in products {
            json.beginObject()
            json.name("item_id")
            json.string(item.key)
            json.name("item_type")
            json.string(item.extra.string("item_type") ?? "P")
            json.name("product_id")
            json.quotedInteger(item.productID)
            json.name("amount")
            json.string(item.quantity.decimal)
            json.name("price")
            json.string(Currency.usd.decimal(cart.currency.hundredths(item.unitPrice)))
            json.name("extra")
            json.object(item.extra)
            json.name("product")
            json.string(item.name)
            json.endObject()
        }
        json.endArray()
    }

    /// The shop's own record of a customer, and what the cart knows besides; nothing for guests.
    private func writeUserData(to json: inout JSONWriter) {
        guard cart.owner.kind == .customer else {
            json.raw("[]".utf8)
            return
        }
        let profile = cart.customer.profile
        // Left open, so that members can follow.
        if profile.isEmpty { json.beginObject() } else { json.raw(profile.text.utf8.dropLast()) }
        let names = profile.names
        for (name, value) in known where !value.isEmpty && !names.contains(name) {
            json.name(name)
            json.string(value)
        }
        json.endObject()
    }

    /// What the cart itself knows of its customer, under CS-Cart's names.
    private var known: [(String, String)] {
        let customer = cart.customer
        let person = [
            ("user_id", String(cart.owner.id)), ("company_id", String(cart.storeID)), ("firstname", customer.firstName),
            ("lastname", customer.lastName), ("company", customer.billing.company), ("email", customer.email), ("phone", customer.phone),
        ]
        return person + known("b_", customer.billing) + known("s_", customer.shipping)
    }

    private func known(_ prefix: String, _ address: Address) -> [(String, String)] {
        guard address != Address() else { return [] }
        let customer = cart.customer
        return [
            ("firstname", address.firstName.isEmpty ? customer.firstName : address.firstName),
            ("lastname", address.lastName.isEmpty ? customer.lastName : address.lastName), ("address", address.address1),
            ("address_2", address.address2), ("city", address.city), ("state", address.state), ("country", address.country),
            ("zipcode", address.postcode), ("phone", address.phone),
        ].map { (prefix + $0, $1) }
    }
}

extension JSONWriter {
    /// Writes a text, or `null` for one that is unknown.
    fileprivate mutating func known(_ text: String) {
        if text.isEmpty { null() } else { string(text) }
    }
}
