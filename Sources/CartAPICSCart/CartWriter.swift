import CartCore

/// Writes a cart in CS-Cart's fields. All values are strings or null, as its documentation says.
struct CartWriter {
    private let cart: StoredCart

    init(_ cart: StoredCart) { self.cart = cart }

    /// Writes the whole cart, as it is sent alone.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        writeProducts(to: &json)
        json.endObject()
    }

    /// The ten members of a row.
    func writeFields(to json: inout JSONWriter) {
        json.name("user_id")
        json.raw(cart.ownerID)
        json.name("firstname")
        json.known(cart.customer.firstName)
        json.name("lastname")
        json.known(cart.customer.lastName)
        json.name("date")
        json.quotedInteger(cart.created.timestamp.seconds)
        json.name("ip_address")
        json.raw(cart.ipAddress)
        json.name("company_id")
        json.quoted(cart.storeID)
        json.name("cart_products")
        json.string(Decimal.shortest(cart.items.reduce(0) { $0 + ($1.kind == .cart ? $1.millionths : 0) }, digits: 6))
        json.name("total")
        json.quotedDecimal(cart.productsTotal, digits: 2)
        json.name("order_id")
        if let order = cart.orderID { json.quoted(order) } else { json.null() }
        json.name("user_data")
        writeUserData(to: &json)
    }

    /// The member `products`.
    private func writeProducts(to json: inout JSONWriter) {
        let currency = cart.currency
        json.name("products")
        json.beginArray()
        for item in cart.items where item.kind == .cart {
            json.beginObject()
            json.name("item_id")
            json.raw(item.key)
            json.name("item_type")
            json.string(item.extra.isEmpty ? "P" : item.extra.object.string("item_type") ?? "P")
            json.name("product_id")
            json.quoted(item.productID)
            json.name("amount")
            json.quoted(item.quantity)
            json.name("price")
            json.quotedDecimal(currency.hundredths(item.unitPrice.integer), digits: 2)
            json.name("extra")
            json.raw(item.extra)
            json.name("product")
            json.raw(item.name)
            json.endObject()
        }
        json.endArray()
    }

    /// The shop's own record of a customer, and what the cart knows besides; nothing for guests.
    private func writeUserData(to json: inout JSONWriter) {
        guard cart.ownerKind == "\"customer\"" else { return json.raw("[]") }
        let customer = cart.customer
        json.beginObject(customer.profile)
        let names = customer.profile.isEmpty ? [] : Set(customer.profile.object.names)
        // What the cart itself knows, under CS-Cart's names.
        func write(_ name: StaticString, _ value: JSONSlice, or other: JSONSlice = .emptyText) {
            let value = value.isEmpty ? other : value
            guard !value.isEmpty, names.isEmpty || !names.contains("\(name)") else { return }
            json.name(name)
            json.raw(value)
        }
        write("user_id", cart.ownerID)
        if !names.contains("company_id") {
            json.name("company_id")
            json.quoted(cart.storeID)
        }
        write("firstname", customer.firstName)
        write("lastname", customer.lastName)
        write("company", customer.billing.company)
        write("email", customer.email)
        write("phone", customer.phone)
        let (billing, shipping) = (customer.billing, customer.shipping)
        if !billing.isEmpty {
            write("b_firstname", billing.firstName, or: customer.firstName)
            write("b_lastname", billing.lastName, or: customer.lastName)
            write("b_address", billing.address1)
            write("b_address_2", billing.address2)
            write("b_city", billing.city)
            write("b_state", billing.state)
            write("b_country", billing.country)
            write("b_zipcode", billing.postcode)
            write("b_phone", billing.phone)
        }
        if !shipping.isEmpty {
            write("s_firstname", shipping.firstName, or: customer.firstName)
            write("s_lastname", shipping.lastName, or: customer.lastName)
            write("s_address", shipping.address1)
            write("s_address_2", shipping.address2)
            write("s_city", shipping.city)
            write("s_state", shipping.state)
            write("s_country", shipping.country)
            write("s_zipcode", shipping.postcode)
            write("s_phone", shipping.phone)
        }
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes a text, or `null` for one that is unknown.
    fileprivate mutating func known(_ text: JSONSlice) {
        if text.isEmpty { null() } else { raw(text) }
    }
}
