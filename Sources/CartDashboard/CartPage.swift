import CartCore
import CartHTTP
import Foundation
import Hummingbird

/// One cart: what it holds, whose it is, what happened to it, and what each dialect says of it.
extension Pages {
    func addCart(to router: Router<CartRequestContext>) { get("/carts/{key}", on: router, cart) }

    @Sendable private func cart(_ user: Operator, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        guard let key = context.cartKey else { throw CartError(.cartNotFound, "No key has this form.") }
        let revision = try await store.revision()
        let record = try await parts.carts.cart(key, in: nil)
        let cart = try record.cart()
        let wording = wording(context)
        let state = record.state(at: clock(context))
        let items = cart.items.filter { $0.kind == .cart }
        let view = CartView(
            live: LiveView(revision: revision), back: LinkView(href: "/carts", label: "Carts"), href: "/carts/\(key.text)",
            key: key.text, customer: cart.shownName, state: StateView(state), total: Wording.money(cart.totals.total, cart.currency),
            lines: Wording.count(items.count, "line"), quantity: Self.pieces(items), sections: sections(cart), totals: totals(cart),
            hasCoupons: !cart.coupons.isEmpty,
            coupons: cart.coupons.map { AdjustmentView(coupon: $0, cart.currency) }, hasFees: !cart.fees.isEmpty,
            fees: cart.fees.map { AdjustmentView(fee: $0, cart.currency) }, contact: CartView.Contact(facts: contact(cart)),
            addresses: [AddressView("Billing address", cart.customer.billing), AddressView("Shipping address", cart.customer.shipping)],
            facts: facts(cart, record, wording), historyHref: user.mayManage ? "/audit?subject=cart:\(key.text)" : nil,
            noHistory: user.mayManage
                ? "The audit trail holds nothing about this cart any more." : "Administrators see here what happened to the cart.",
            history: user.mayManage ? try await history(ofCart: key, in: cart.currency, context) : [],
            documents: try documents(record, context))
        return page("cart", "Cart of \(cart.shownName)", in: .carts, of: user, view)
    }

    private func sections(_ cart: Cart) -> [CartSectionView] {
        CartItem.Kind.allCases.map { kind in
            let items = cart.items.filter { $0.kind == kind }
            let (heading, explanation, nothing) =
                switch kind {
                case .cart: ("To buy", "What the shopper would pay for.", "Nothing to buy.")
                case .wishlist: ("Wish list", "Kept for later.", "Nothing on the wish list.")
                case .removed: ("Removed", "Taken out; the shopper may put it back.", "Nothing was taken out.")
                }
            return CartSectionView(
                id: kind.rawValue, heading: heading, explanation: explanation, count: Wording.number(items.count),
                hasItems: !items.isEmpty, items: items.map { ItemView($0, cart.currency) }, nothing: nothing)
        }
    }

    private func totals(_ cart: Cart) -> [CartTotalView] {
        let totals = cart.totals
        let rows: [(String, Int64)] = [
            ("Subtotal", totals.subtotal), ("Tax on it", totals.subtotalTax), ("Discount", -totals.discount),
            ("Tax on the discount", -totals.discountTax), ("Shipping", totals.shipping), ("Tax on shipping", totals.shippingTax),
            ("Fees", totals.fees), ("Tax on fees", totals.feesTax), ("Tax in all", totals.tax), ("Total", totals.total),
        ]
        return rows.map { CartTotalView(name: $0.0, value: Wording.money($0.1, cart.currency), isFinal: $0.0 == "Total") }
    }

    private func contact(_ cart: Cart) -> [FactView] {
        func known(_ text: String) -> String { text.isEmpty ? "unknown" : text }
        return [
            FactView("Name", known(cart.customer.fullName)), FactView("E-mail", known(cart.customer.email)),
            FactView("Phone", known(cart.customer.phone)),
            FactView("Owner", "\(cart.owner.kind == .guest ? "Guest" : "Customer") \(cart.owner.id)"),
        ]
    }

    private func facts(_ cart: Cart, _ record: CartRecord, _ wording: Wording) -> [FactView] {
        [
            FactView("Store", String(cart.storeID)), FactView("Source", cart.source.isEmpty ? "not given" : cart.source),
            FactView("Created", wording.time(cart.created)), FactView("Changed", wording.time(cart.updated)),
            FactView("Expires", wording.time(cart.expires)), FactView("Order", cart.orderID.map(String.init) ?? "none yet"),
            FactView("Shopper’s address", cart.ipAddress.isEmpty ? "unknown" : cart.ipAddress, isCode: !cart.ipAddress.isEmpty),
            FactView("Currency", cart.currency.code), FactView("Revision", Wording.number(record.revision)),
            FactView("Id", Wording.number(record.id)),
        ]
    }

    private func documents(_ record: CartRecord, _ context: CartRequestContext) throws(CartError) -> [DocumentView] {
        try record.withStoredCart { cart in
            parts.documents.compactMap { form in
                form.make(record, cart, clock(context)).map { path, json in
                    DocumentView(id: form.id, name: form.name, path: path, json: Self.indented(json))
                }
            }
        }
    }

    /// The same JSON on many lines: members in their order, numbers and texts as they are spelt.
    static func indented(_ json: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(json.count * 2)
        var depth = 0
        var (isInText, isEscaped) = (false, false)
        func line() {
            text.append(0x0A)
            text.append(contentsOf: repeatElement(0x20, count: depth * 2))
        }
        for (place, byte) in json.enumerated() {
            if isInText {
                text.append(byte)
                isInText = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            let next = place + 1 < json.count ? json[place + 1] : 0
            switch byte {
            case UInt8(ascii: "\""):
                text.append(byte)
                isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                text.append(byte)
                depth += 1
                if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { line() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                let before = place > 0 ? json[place - 1] : 0
                if before != UInt8(ascii: "{"), before != UInt8(ascii: "[") { line() }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                line()
            case UInt8(ascii: ":"): text.append(contentsOf: ": ".utf8)
            case 0x20, 0x0A, 0x0D, 0x09: break
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
