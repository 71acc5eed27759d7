/// The index that keeps carts in the order of one field.
package struct SortIndex {
    package let field: CartSort.Field

    package static let all = CartSort.Field.allCases.map(SortIndex.init)

    package init(field: CartSort.Field) { self.field = field }

    /// The number under which stores know the order.
    package var number: Int64 { field.number }

    /// A position before every cart.
    package var first: CartPosition { field.first }

    package var column: String { field.rawValue }

    package var name: String { "carts_" + column }

    /// The columns that make the order total; the id alone is enough for its own.
    package var columns: [String] { field == .id ? ["id"] : [column, "owner_id", "id"] }

    /// The columns as a row value, which can be compared with what they are at a position.
    package var row: String { field == .id ? "id" : "(" + columns.joined(separator: ", ") + ")" }

    package func order(_ direction: CartSort.Direction, prefix: String = "") -> String {
        columns.map { "\(prefix)\($0) \(direction == .ascending ? "ASC" : "DESC")" }.joined(separator: ", ")
    }
}
