import CartCore

/// Writes a stored cart as the plugin shows one: amounts are strings of minor units.
struct StoredCartWriter {
    /// Whether items show their picture.
    let showsImages: Bool

    func write(_ cart: StoredCart, to json: inout JSONWriter) {
        json.beginObject()
        json.name("cart_key")
        json.raw(cart.key)
        json.name("customer")
        json.beginObject()
        json.name("billing_address")
        writeBilling(of: cart.customer, to: &json)
        json.name("shipping_address")
        write(cart.customer.shipping, to: &json)
        json.endObject()
        json.name("items")
        writeItems(of: cart, to: &json)
        json.name("item_count")
        json.shortestDecimal(cart.items.reduce(0) { $0 + ($1.kind == .cart ? $1.millionths : 0) }, digits: 6)
        json.name("items_weight")
        json.string(Self.weight(of: cart.items))
        json.name("coupons")
        json.beginArray()
        for coupon in cart.coupons {
            json.beginObject()
            json.name("coupon")
            json.raw(coupon.code)
            json.name("label")
            json.raw(coupon.label)
            json.name("saving")
            json.quoted(coupon.discount)
            json.endObject()
        }
        json.endArray()
        json.name("fees")
        json.beginObject()
        for fee in cart.fees {
            json.name(fee.id)
            json.beginObject()
            json.name("name")
            json.raw(fee.name)
            json.name("fee")
            json.quoted(fee.amount)
            json.endObject()
        }
        json.endObject()
        json.name("totals")
        cart.totals.write(to: &json) { $1.quoted($0) }
        json.name("needs_payment")
        json.bool(cart.totals.total.integer > 0)
        json.name("removed_items")
        json.beginObject()
        for item in cart.items where item.kind == .removed { write(item, to: &json) }
        json.endObject()
        json.endObject()
    }

    /// The items to be bought as an object: item key → item.
    func writeItems(of cart: StoredCart, to json: inout JSONWriter) {
        json.beginObject()
        for item in cart.items where item.kind == .cart { write(item, to: &json) }
        json.endObject()
    }

    /// The customer's name, e-mail and phone stand in where the address has none.
    private func writeBilling(of customer: StoredCart.Customer, to json: inout JSONWriter) {
        let address = customer.billing
        json.beginObject()
        json.name("billing_first_name")
        json.raw(address.firstName.isEmpty ? customer.firstName : address.firstName)
        json.name("billing_last_name")
        json.raw(address.lastName.isEmpty ? customer.lastName : address.lastName)
        json.name("billing_company")
        json.raw(address.company)
        json.name("billing_country")
        json.raw(address.country)
        json.name("billing_address_1")
        json.raw(address.address1)
        json.name("billing_address_2")
        json.raw(address.address2)
        json.name("billing_city")
        json.raw(address.city)
        json.name("billing_state")
        json.raw(address.state)
        json.name("billing_postcode")
        json.raw(address.postcode)
        json.name("billing_phone")
        json.raw(address.phone.isEmpty ? customer.phone : address.phone)
        json.name("billing_email")
        json.raw(address.email.isEmpty ? customer.email : address.email)
        json.endObject()
    }

    private func write(_ shipping: StoredCart.Address, to json: inout JSONWriter) {
        json.beginObject()
        json.name("shipping_first_name")
        json.raw(shipping.firstName)
        json.name("shipping_last_name")
        json.raw(shipping.lastName)
        json.name("shipping_company")
        json.raw(shipping.company)
        json.name("shipping_country")
        json.raw(shipping.country)
        json.name("shipping_address_1")
        json.raw(shipping.address1)
        json.name("shipping_address_2")
        json.raw(shipping.address2)
        json.name("shipping_city")
        json.raw(shipping.city)
        json.name("shipping_state")
        json.raw(shipping.state)
        json.name("shipping_postcode")
        json.raw(shipping.postcode)
        json.endObject()
    }

    /// One member: item key → item. The plugin gives removed items a plain quantity.
    private func write(_ item: StoredCart.Item, to json: inout JSONWriter) {
        let product = item.product
        json.name(item.key)
        json.beginObject()
        json.name("item_key")
        json.raw(item.key)
        json.name("id")
        json.raw(item.variationID == "0" ? item.productID : item.variationID)
        json.name("name")
        json.raw(item.name)
        json.name("title")
        json.raw(product.title ?? item.name)
        json.name("price")
        json.quoted(item.unitPrice)
        json.name("quantity")
        if item.kind == .removed {
            json.raw(item.quantity)
        } else {
            json.beginObject()
            json.name("value")
            json.raw(item.quantity)
            json.name("min_purchase")
            json.raw(product.minQuantity ?? JSONSlice("1"))
            json.name("max_purchase")
            json.raw(product.maxQuantity ?? JSONSlice("-1"))
            json.endObject()
        }
        json.name("totals")
        json.beginObject()
        json.name("subtotal")
        json.quoted(item.subtotal)
        json.name("subtotal_tax")
        json.quoted(item.subtotalTax)
        json.name("total")
        json.quoted(item.total)
        json.name("tax")
        json.quoted(item.tax)
        json.endObject()
        json.name("slug")
        json.raw(product.slug ?? .emptyText)
        json.name("meta")
        json.beginObject()
        json.name("product_type")
        json.raw(product.type ?? JSONSlice("\"simple\""))
        json.name("sku")
        json.raw(item.sku)
        json.name("dimensions")
        json.raw(product.dimensions ?? .emptyObject)
        json.name("weight")
        json.raw(product.weight ?? JSONSlice("\"0.0\""))
        json.name("variation")
        json.raw(item.variation)
        json.endObject()
        json.name("backorders")
        json.raw(product.backorders ?? .emptyText)
        json.name("cart_item_data")
        json.raw(item.extra)
        json.name("featured_image")
        json.raw(showsImages ? product.image ?? .emptyText : .emptyText)
        json.endObject()
    }

    /// Weight times quantity, summed over what is to be bought; what is no number weighs nothing.
    private static func weight(of items: [StoredCart.Item]) -> String {
        var sum: Int128 = 0
        for item in items where item.kind == .cart {
            guard let weight = item.product.weight.flatMap({ Decimal.scaled($0.text, by: 6) }) else { continue }
            sum += Int128(weight) * Int128(item.millionths) / 1_000_000
        }
        return Decimal.shortest(Int64(clamping: sum), digits: 6)
    }
}

extension StoredCart.Totals {
    /// Writes the ten totals under the plugin's names, in its order.
    func write(to json: inout JSONWriter, _ write: (JSONSlice, inout JSONWriter) -> Void) {
        json.beginObject()
        json.name("subtotal")
        write(subtotal, &json)
        json.name("subtotal_tax")
        write(subtotalTax, &json)
        json.name("fee_total")
        write(fees, &json)
        json.name("fee_tax")
        write(feesTax, &json)
        json.name("discount_total")
        write(discount, &json)
        json.name("discount_tax")
        write(discountTax, &json)
        json.name("shipping_total")
        write(shipping, &json)
        json.name("shipping_tax")
        write(shippingTax, &json)
        json.name("total")
        write(total, &json)
        json.name("total_tax")
        write(tax, &json)
        json.endObject()
    }
}
