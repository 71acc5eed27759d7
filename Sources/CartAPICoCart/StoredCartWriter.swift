import CartCore

/// Writes a stored cart as the plugin shows one: amounts are strings of minor units.
struct StoredCartWriter {
    /// Whether items show their picture.
    let showsImages: Bool

    /// The ten totals under the plugin's names, in its order.
    static let totals: [(name: StaticString, path: any KeyPath<CartTotals, Int64> & Sendable)] = [
        ("subtotal", \.subtotal), ("subtotal_tax", \.subtotalTax), ("fee_total", \.fees), ("fee_tax", \.feesTax),
        ("discount_total", \.discount), ("discount_tax", \.discountTax), ("shipping_total", \.shipping),
        ("shipping_tax", \.shippingTax), ("total", \.total), ("total_tax", \.tax),
    ]

    func write(_ cart: Cart, to json: inout JSONWriter) {
        json.beginObject()
        json.name("cart_key")
        json.string(cart.key.text)
        json.name("customer")
        json.beginObject()
        json.name("billing_address")
        write(cart.customer.billing, of: cart.customer, prefix: "billing_", to: &json)
        json.name("shipping_address")
        write(cart.customer.shipping, of: nil, prefix: "shipping_", to: &json)
        json.endObject()
        json.name("items")
        writeItems(of: cart, to: &json)
        let items = cart.items.filter { $0.kind == .cart }
        json.name("item_count")
        json.raw(Decimal.shortest(items.reduce(0) { $0 + $1.quantity.millionths }, digits: 6).utf8)
        json.name("items_weight")
        json.string(Self.weight(of: items))
        json.name("coupons")
        json.beginArray()
        for coupon in cart.coupons {
            json.beginObject()
            json.name("coupon")
            json.string(coupon.code)
            json.name("label")
            json.string(coupon.label)
            json.name("saving")
            json.quotedInteger(coupon.discount)
            json.endObject()
        }
        json.endArray()
        json.name("fees")
        json.beginObject()
        for fee in cart.fees {
            json.name(fee.id)
            json.beginObject()
            json.name("name")
            json.string(fee.name)
            json.name("fee")
            json.quotedInteger(fee.amount)
            json.endObject()
        }
        json.endObject()
        json.name("totals")
        json.beginObject()
        for (name, path) in Self.totals {
            json.name(name)
            json.quotedInteger(cart.totals[keyPath: path])
        }
        json.endObject()
        json.name("needs_payment")
        json.bool(cart.totals.total > 0)
        json.name("removed_items")
        json.beginObject()
        for item in cart.items where item.kind == .removed { write(item, to: &json) }
        json.endObject()
        json.endObject()
    }

    /// The items to be bought as an object: item key → item.
    func writeItems(of cart: Cart, to json: inout JSONWriter) {
        json.beginObject()
        for item in cart.items where item.kind == .cart { write(item, to: &json) }
        json.endObject()
    }

    /// - Parameter customer: whose name, e-mail and phone stand in where the address has none.
    private func write(_ address: Address, of customer: Customer?, prefix: String, to json: inout JSONWriter) {
        json.beginObject()
        for (name, path) in Address.fields where customer != nil || !["phone", "email"].contains(name) {
            var value = address[keyPath: path]
            if value.isEmpty, let customer {
                switch name {
                case "first_name": value = customer.firstName
                case "last_name": value = customer.lastName
                case "phone": value = customer.phone
                case "email": value = customer.email
                default: break
                }
            }
            json.name(prefix + name)
            json.string(value)
        }
        json.endObject()
    }

    /// One member: item key → item. The plugin gives removed items a plain quantity.
    private func write(_ item: CartItem, to json: inout JSONWriter) {
        let product = item.product
        json.name(item.key)
        json.beginObject()
        json.name("item_key")
        json.string(item.key)
        json.name("id")
        json.integer(item.variationID == 0 ? item.productID : item.variationID)
        json.name("name")
        json.string(item.name)
        json.name("title")
        json.string(product.title ?? item.name)
        json.name("price")
        json.quotedInteger(item.unitPrice)
        json.name("quantity")
        if item.kind == .removed {
            json.raw(item.quantity.decimal.utf8)
        } else {
            json.beginObject()
            json.name("value")
            json.raw(item.quantity.decimal.utf8)
            json.name("min_purchase")
            json.raw((product.minQuantity ?? .one).decimal.utf8)
            json.name("max_purchase")
            json.raw((product.maxQuantity?.decimal ?? "-1").utf8)
            json.endObject()
        }
        json.name("totals")
        json.beginObject()
        json.name("subtotal")
        json.quotedInteger(item.subtotal)
        json.name("subtotal_tax")
        json.quotedInteger(item.subtotalTax)
        json.name("total")
        json.quotedInteger(item.total)
        json.name("tax")
        json.quotedInteger(item.tax)
        json.endObject()
        json.name("slug")
        json.string(product.slug ?? "")
        json.name("meta")
        json.beginObject()
        json.name("product_type")
        json.string(product.type ?? "simple")
        json.name("sku")
        json.string(item.sku)
        json.name("dimensions")
        json.object(product.dimensions ?? .empty)
        json.name("weight")
        json.string(product.weight ?? "0.0")
        json.name("variation")
        json.object(item.variation)
        json.endObject()
        json.name("backorders")
        json.string(product.backorders ?? "")
        json.name("cart_item_data")
        json.object(item.extra)
        json.name("featured_image")
        json.string(showsImages ? product.image ?? "" : "")
        json.endObject()
    }

    /// Weight times quantity, summed; what is no number weighs nothing.
    private static func weight(of items: [CartItem]) -> String {
        let sum = items.reduce(into: Int128(0)) { sum, item in
            guard let weight = item.product.weight.flatMap({ Decimal.scaled($0, by: 6) }) else { return }
            sum += Int128(weight) * Int128(item.quantity.millionths) / 1_000_000
        }
        return Decimal.shortest(Int64(clamping: sum), digits: 6)
    }
}
