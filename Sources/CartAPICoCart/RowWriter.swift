import CartCore

/// Writes the row of the list: the union of the rows that the plugin's documentation of three generations shows.
struct RowWriter {
    private let dateFormat: CoCartAPI.DateFormat
    /// What links begin with, as JSON.
    private let link: [UInt8]

    /// - Parameter baseURL: what links begin with.
    init(dateFormat: CoCartAPI.DateFormat, baseURL: String) {
        self.dateFormat = dateFormat
        link = JSONWriter.escaped("\(baseURL)\(CoCartAPI.root)/cocart/v2/session/")
    }

    func write(_ cart: StoredCart, id: Int64, to json: inout JSONWriter) {
        let digits = cart.currency.digits
        json.beginObject()
        json.name("cart_id")
        json.quotedInteger(id)
        json.name("cart_key")
        json.raw(cart.key)
        json.name("session_key")
        json.raw(cart.key)
        json.name("customers_name")
        json.words(cart.customer.firstName, cart.customer.lastName)
        json.name("customers_email")
        json.raw(cart.customer.email)
        json.name("customer")
        write(cart.customer, to: &json)
        json.name("cart")
        json.beginObject()
        for item in cart.items where item.kind == .cart {
            json.name(item.key)
            write(item, as: .reference, digits: digits, to: &json)
        }
        json.endObject()
        json.name("cart_items")
        json.beginArray()
        for item in cart.items where item.kind == .cart {
            write(item, as: .guide, digits: digits, to: &json)
        }
        json.endArray()
        json.name("cart_totals")
        cart.totals.write(to: &json) { $1.quotedDecimal($0.integer, digits: digits) }
        json.name("cart_created")
        write(cart.created, to: &json)
        json.name("cart_expiry")
        write(cart.expires, to: &json)
        json.name("session_expiry")
        json.prefix(19, of: cart.expires)
        json.name("cart_source")
        json.raw(cart.source)
        json.name("link")
        json.text(link, cart.key)
        json.endObject()
    }

    /// The three fields that every document shows, and the other billing fields that are known.
    private func write(_ customer: StoredCart.Customer, to json: inout JSONWriter) {
        let billing = customer.billing
        json.beginObject()
        json.name("billing_email")
        json.raw(billing.email.isEmpty ? customer.email : billing.email)
        json.name("billing_first_name")
        json.raw(billing.firstName.isEmpty ? customer.firstName : billing.firstName)
        json.name("billing_last_name")
        json.raw(billing.lastName.isEmpty ? customer.lastName : billing.lastName)
        json.known("billing_company", billing.company)
        json.known("billing_country", billing.country)
        json.known("billing_address_1", billing.address1)
        json.known("billing_address_2", billing.address2)
        json.known("billing_city", billing.city)
        json.known("billing_state", billing.state)
        json.known("billing_postcode", billing.postcode)
        json.known("billing_phone", billing.phone.isEmpty ? customer.phone : billing.phone)
        json.endObject()
    }

    /// The two shapes of an item: the reference's under `key`, and the guide's under `item_key` with its name.
    private enum ItemShape {
        case reference, guide
    }

    private func write(_ item: StoredCart.Item, as shape: ItemShape, digits: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.name(shape == .guide ? "item_key" : "key" as StaticString)
        json.raw(item.key)
        json.name("product_id")
        json.raw(item.productID)
        json.name("variation_id")
        json.raw(item.variationID)
        json.name("quantity")
        json.raw(item.quantity)
        if shape == .guide {
            json.name("name")
            json.raw(item.name)
        }
        json.name("line_total")
        json.shortestDecimal(item.total.integer, digits: digits)
        json.name("line_tax")
        json.shortestDecimal(item.tax.integer, digits: digits)
        json.endObject()
    }

    private func write(_ time: JSONSlice, to json: inout JSONWriter) {
        switch dateFormat {
        case .unix: json.integer(time.timestamp.seconds)
        case .text: json.string(time.timestamp.monthFirst)
        case .iso: json.timestamp(Timestamp(seconds: time.timestamp.seconds))
        }
    }
}

extension JSONWriter {
    /// Writes a member if its text is not empty.
    fileprivate mutating func known(_ name: StaticString, _ text: JSONSlice) {
        guard !text.isEmpty else { return }
        self.name(name)
        raw(text)
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
