import CartCore

/// One cart.
struct CartView: View {
    struct Contact: View {
        var facts: [FactView]
    }

    var live: LiveView
    var back: LinkView
    var href: String
    var key: String
    var customer: String
    var state: StateView
    var total: String
    var lines: String
    var quantity: String
    var sections: [CartSectionView]
    var totals: [CartTotalView]
    var hasCoupons: Bool
    var coupons: [AdjustmentView]
    var hasFees: Bool
    var fees: [AdjustmentView]
    var contact: Contact
    var addresses: [AddressView]
    var facts: [FactView]
    var historyHref: String?
    var noHistory: String
    var history: [HistoryView]
    var documents: [DocumentView]
}

/// The items of one kind.
struct CartSectionView: View {
    var id: String
    var heading: String
    var explanation: String
    var count: String
    var hasItems: Bool
    var items: [ItemView]
    var nothing: String
}

struct ItemView: View {
    struct Attribute: View {
        var name: String
        var value: String
    }

    var product: String
    var attributes: [Attribute]
    var sku: String?
    var productID: String
    var variationID: String?
    var amount: String
    var unitPrice: String
    var subtotal: String
    var tax: String
    var lineTotal: String

    init(_ item: CartItem, _ currency: Currency) {
        product = item.name.isEmpty ? "Product \(item.productID)" : item.name
        attributes = item.variation.texts.map { Attribute(name: Self.label(of: $0.name), value: $0.value) }
        sku = item.sku.isEmpty ? nil : item.sku
        productID = String(item.productID)
        variationID = item.variationID == 0 ? nil : String(item.variationID)
        amount = item.quantity.decimal
        unitPrice = Wording.money(item.unitPrice, currency)
        subtotal = Wording.money(item.subtotal, currency)
        tax = Wording.money(item.tax, currency)
        lineTotal = Wording.money(item.total, currency)
    }

    /// WooCommerce's `attribute_pa_colour` as people say it.
    private static func label(of name: String) -> String {
        let words = name.trimmingPrefix("attribute_").trimmingPrefix("pa_").replacing("_", with: " ").replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

struct CartTotalView: View {
    var name: String
    var value: String
    var isFinal: Bool
}

/// A coupon or a fee.
struct AdjustmentView: View {
    var code: String?
    var label: String
    var name: String
    var value: String
    var withTax: String?

    init(coupon: Coupon, _ currency: Currency) {
        code = coupon.code
        label = coupon.label
        name = coupon.code
        value = Wording.money(-coupon.discount, currency)
        withTax = coupon.discountTax == 0 ? nil : Wording.money(-coupon.discountTax, currency) + " tax"
    }

    init(fee: Fee, _ currency: Currency) {
        label = fee.name
        name = fee.name.isEmpty ? fee.id : fee.name
        value = Wording.money(fee.amount, currency)
        withTax = fee.tax == 0 ? nil : Wording.money(fee.tax, currency) + " tax"
    }
}

struct AddressView: View {
    var heading: String
    var isUnknown: Bool
    var addressLines: [String]

    init(_ heading: String, _ address: Address) {
        self.heading = heading
        let lines = [
            [address.firstName, address.lastName], [address.company], [address.address1], [address.address2],
            [address.postcode, address.city], [address.state], [address.country], [address.phone], [address.email],
        ]
        addressLines = lines.map { $0.filter { !$0.isEmpty }.joined(separator: " ") }.filter { !$0.isEmpty }
        isUnknown = addressLines.isEmpty
    }
}

/// A cart as a dialect sends it.
struct DocumentView: View {
    var id: String
    var name: String
    var path: String
    var json: String
}
