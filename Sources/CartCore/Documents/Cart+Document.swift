/// Writing the cart document.
extension Cart {
    /// The cart document in one line of UTF-8, without the fields `id`, `revision` and `state` that answers add.
    ///
    /// Reading it back with ``CartDraft/init(document:maximumDepth:)`` and completing the draft gives an equal cart.
    public var document: [UInt8] {
        var json = JSONWriter(capacity: 512 + items.count * 512)
        json.beginObject()
        json.name("key")
        json.string(key.text)
        json.name("store_id")
        json.integer(storeID)
        json.name("owner")
        json.beginObject()
        json.name("type")
        json.string(owner.kind.rawValue)
        json.name("id")
        json.quotedInteger(owner.id)
        json.endObject()
        json.name("customer")
        customer.write(to: &json)
        json.name("currency")
        json.string(currency.code)
        json.name("items")
        json.beginArray()
        for item in items { item.write(to: &json) }
        json.endArray()
        json.name("coupons")
        json.beginArray()
        for coupon in coupons { coupon.write(to: &json) }
        json.endArray()
        json.name("fees")
        json.beginArray()
        for fee in fees { fee.write(to: &json) }
        json.endArray()
        json.name("totals")
        totals.write(to: &json)
        json.name("source")
        json.string(source)
        json.name("ip_address")
        json.string(ipAddress)
        json.name("order_id")
        if let orderID { json.integer(orderID) } else { json.null() }
        json.name("created")
        json.timestamp(created)
        json.name("updated")
        json.timestamp(updated)
        json.name("expires")
        json.timestamp(expires)
        json.endObject()
        return json.bytes
    }

    /// Reads a document that ``document`` wrote.
    ///
    /// - Throws: ``CartError`` if the bytes are not a whole cart, as after damage to the store.
    public init(storedDocument: [UInt8]) throws(CartError) {
        let draft = try CartDraft(document: storedDocument, maximumDepth: 512)
        guard let key = draft.key, draft.owner != nil, draft.created != nil, draft.updated != nil, draft.expires != nil else {
            throw .invalid("", "is not a whole cart")
        }
        self = try draft.completed(
            key: key, replacing: nil, policy: CartPolicy(), now: .earliest, random: NoRandomSource())
    }
}

/// A stored document has every key that is otherwise made at random.
private struct NoRandomSource: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
}

extension Customer {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("first_name")
        json.string(firstName)
        json.name("last_name")
        json.string(lastName)
        json.name("email")
        json.string(email)
        json.name("phone")
        json.string(phone)
        json.name("billing")
        billing.write(to: &json)
        json.name("shipping")
        shipping.write(to: &json)
        json.name("profile")
        json.object(profile)
        json.endObject()
    }
}

extension Address {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        for (name, path) in Self.fields where !self[keyPath: path].isEmpty {
            json.name(name)
            json.string(self[keyPath: path])
        }
        json.endObject()
    }
}

extension CartItem {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("key")
        json.string(key)
        json.name("kind")
        json.string(kind.rawValue)
        json.name("product_id")
        json.integer(productID)
        json.name("variation_id")
        json.integer(variationID)
        json.name("name")
        json.string(name)
        json.name("sku")
        json.string(sku)
        json.name("quantity")
        json.raw(quantity.decimal.utf8)
        json.name("unit_price")
        json.integer(unitPrice)
        json.name("subtotal")
        json.integer(subtotal)
        json.name("subtotal_tax")
        json.integer(subtotalTax)
        json.name("tax")
        json.integer(tax)
        json.name("total")
        json.integer(total)
        json.name("variation")
        json.object(variation)
        json.name("extra")
        json.object(extra)
        json.name("product")
        product.write(to: &json)
        json.endObject()
    }
}

extension ProductDetails {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        let texts: [(StaticString, String?)] = [("title", title), ("slug", slug), ("type", type), ("image", image), ("weight", weight)]
        for case (let name, let text?) in texts {
            json.name(name)
            json.string(text)
        }
        if let dimensions {
            json.name("dimensions")
            json.object(dimensions)
        }
        if let minQuantity {
            json.name("min_quantity")
            json.raw(minQuantity.decimal.utf8)
        }
        if let maxQuantity {
            json.name("max_quantity")
            json.raw(maxQuantity.decimal.utf8)
        }
        if let backorders {
            json.name("backorders")
            json.string(backorders)
        }
        json.endObject()
    }
}

extension Coupon {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("code")
        json.string(code)
        json.name("label")
        json.string(label)
        json.name("discount")
        json.integer(discount)
        json.name("discount_tax")
        json.integer(discountTax)
        json.endObject()
    }
}

extension Fee {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("id")
        json.string(id)
        json.name("name")
        json.string(name)
        json.name("amount")
        json.integer(amount)
        json.name("tax")
        json.integer(tax)
        json.endObject()
    }
}

extension CartTotals {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        for (name, path) in Self.fields {
            json.name(name)
            json.integer(self[keyPath: path])
        }
        json.endObject()
    }
}
