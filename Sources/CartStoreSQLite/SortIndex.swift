import CartCore

/// The index that keeps carts in the order of one field.
struct SortIndex {
    let field: CartSort.Field

    static let all = CartSort.Field.allCases.map(SortIndex.init)

    /// The number under which `cart_ranks` knows the order.
    var number: Int64 { field.number }

    var column: String { field.rawValue }

    var name: String { "carts_" + column }

    /// A position before every cart.
    var first: CartPosition { field.first }

    /// The columns that make the order total; the id alone is enough for its own.
    var columns: [String] { field == .id ? ["id"] : [column, "owner_id", "id"] }

    /// The columns as a row value, which can be compared with ``bindings(of:)``.
    var row: String { field == .id ? "id" : "(" + columns.joined(separator: ", ") + ")" }

    /// Placeholders for ``bindings(of:)``.
    var placeholders: String { field == .id ? "?" : "(?, ?, ?)" }

    func bindings(of position: CartPosition) -> [Binding] {
        if field == .id { return [.integer(position.id)] }
        let value: Binding =
            switch position.value {
            case .integer(let value): .integer(value)
            case .text(let value): .text(value)
            }
        return [value, .integer(position.ownerID), .integer(position.id)]
    }

    func order(_ direction: CartSort.Direction, prefix: String = "") -> String {
        columns.map { "\(prefix)\($0) \(direction == .ascending ? "ASC" : "DESC")" }.joined(separator: ", ")
    }
}
