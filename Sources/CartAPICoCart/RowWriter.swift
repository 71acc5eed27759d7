import CartCore

/// Writes the row of the list: the union of the rows that the plugin's documentation of three generations shows.
struct RowWriter {
    let dateFormat: CoCartAPI.DateFormat
    /// What links begin with.
    let baseURL: String

    func write(_ cart: Cart, id: Int64, to json: inout JSONWriter) {
        let customer = cart.customer
        json.beginObject()
        json.name("cart_id")
        json.quotedInteger(id)
        json.name("cart_key")
        json.string(cart.key.text)
        json.name("session_key")
        json.string(cart.key.text)
        json.name("customers_name")
        json.string(customer.fullName)
        json.name("customers_email")
        json.string(customer.email)
        json.name("customer")
        write(customer, to: &json)
        json.name("cart")
        json.beginObject()
        for item in cart.items where item.kind == .cart {
            json.name(item.key)
            write(item, as: .reference, currency: cart.currency, to: &json)
        }
        json.endObject()
        json.name("cart_items")
        json.beginArray()
        for item in cart.items where item.kind == .cart {
            write(item, as: .guide, currency: cart.currency, to: &json)
        }
        json.endArray()
        json.name("cart_totals")
        json.beginObject()
        for (name, path) in StoredCartWriter.totals {
            json.name(name)
            json.string(cart.currency.decimal(cart.totals[keyPath: path]))
        }
        json.endObject()
        json.name("cart_created")
        write(cart.created, to: &json)
        json.name("cart_expiry")
        write(cart.expires, to: &json)
        json.name("session_expiry")
        json.string(String(Timestamp(seconds: cart.expires.seconds).iso8601.dropLast()))
        json.name("cart_source")
        json.string(cart.source)
        json.name("link")
        json.string("\(baseURL)\(CoCartAPI.root)/cocart/v2/session/\(cart.key.text)")
        json.endObject()
    }

    /// The three fields that every document shows, and the other billing fields that are known.
    private func write(_ customer: Customer, to json: inout JSONWriter) {
        let billing = customer.billing
        json.beginObject()
        json.name("billing_email")
        json.string(billing.email.isEmpty ? customer.email : billing.email)
        json.name("billing_first_name")
        json.string(billing.firstName.isEmpty ? customer.firstName : billing.firstName)
        json.name("billing_last_name")
        json.string(billing.lastName.isEmpty ? customer.lastName : billing.lastName)
        for (name, path) in Address.fields where !["email", "first_name", "last_name"].contains(name) {
            let value = name == "phone" && billing.phone.isEmpty ? customer.phone : billing[keyPath: path]
            guard !value.isEmpty else { continue }
            json.name("billing_" + name)
            json.string(value)
        }
        json.endObject()
    }

    /// The two shapes of an item: the reference's under `key`, and the guide's under `item_key` with its name.
    private enum ItemShape {
        case reference, guide
    }

    private func write(_ item: CartItem, as shape: ItemShape, currency: Currency, to json: inout JSONWriter) {
        json.beginObject()
        json.name(shape == .guide ? "item_key" : "key")
        json.string(item.key)
        json.name("product_id")
        json.integer(item.productID)
        json.name("variation_id")
        json.integer(item.variationID)
        json.name("quantity")
        json.raw(item.quantity.decimal.utf8)
        if shape == .guide {
            json.name("name")
            json.string(item.name)
        }
        json.name("line_total")
        json.raw(Decimal.shortest(item.total, digits: currency.digits).utf8)
        json.name("line_tax")
        json.raw(Decimal.shortest(item.tax, digits: currency.digits).utf8)
        json.endObject()
    }

    private func write(_ timestamp: Timestamp, to json: inout JSONWriter) {
        switch dateFormat {
        case .unix: json.integer(timestamp.seconds)
        case .text: json.string(timestamp.monthFirst)
        case .iso: json.timestamp(Timestamp(seconds: timestamp.seconds))
        }
    }
}

extension Timestamp {
    /// PHP's `m/d/Y H:i:s` in UTC.
    fileprivate var monthFirst: String {
        let iso = Array(Timestamp(seconds: seconds).iso8601.utf8)
        let parts: [ArraySlice<UInt8>] = [
            iso[5..<7], [UInt8(ascii: "/")], iso[8..<10], [UInt8(ascii: "/")], iso[0..<4], [UInt8(ascii: " ")], iso[11..<19],
        ]
        return String(decoding: parts.joined(), as: UTF8.self)
    }
}
