/// Carts as a table for spreadsheets: RFC 4180, with a line of names, UTF-8.
///
/// A text that a spreadsheet would take for a formula, since it begins with `=`, `+`, `-`, `@`, a tab or a carriage return, gets an
/// apostrophe in front.
enum CartCSV {
    /// The first line.
    static let header = Array(
        """
        key,state,store_id,owner_type,owner_id,first_name,last_name,email,phone,items,quantity,products,currency,subtotal,total,source,\
        order_id,created,updated,expires\r\n
        """.utf8)

    /// The line of one cart. Amounts are in major units with the currency's digits.
    static func line(_ cart: Cart, state: CartState) -> [UInt8] {
        let items = cart.items.filter { $0.kind == .cart }
        var line = Line()
        line.text(cart.key.text)
        line.text(state.rawValue)
        line.plain(String(cart.storeID))
        line.text(cart.owner.kind.rawValue)
        line.plain(String(cart.owner.id))
        line.text(cart.customer.firstName)
        line.text(cart.customer.lastName)
        line.text(cart.customer.email)
        line.text(cart.customer.phone)
        line.plain(String(items.count))
        line.plain(Decimal.shortest(items.reduce(0) { $0 + $1.quantity.millionths }, digits: 6))
        line.text(items.map(\.name).joined(separator: "; "))
        line.text(cart.currency.code)
        line.plain(cart.currency.decimal(cart.totals.subtotal))
        line.plain(cart.currency.decimal(cart.totals.total))
        line.text(cart.source)
        line.plain(cart.orderID.map(String.init) ?? "")
        line.plain(cart.created.iso8601)
        line.plain(cart.updated.iso8601)
        line.plain(cart.expires.iso8601)
        line.bytes.append(contentsOf: [0x0D, 0x0A])
        return line.bytes
    }

    private struct Line {
        var bytes: [UInt8] = []

        /// A number or a time, which needs no care.
        mutating func plain(_ value: String) {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: value.utf8)
        }

        /// A text of any kind.
        mutating func text(_ value: String) {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            if let first = value.utf8.first, "=+-@\t\r".utf8.contains(first) { bytes.append(UInt8(ascii: "'")) }
            for byte in value.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
