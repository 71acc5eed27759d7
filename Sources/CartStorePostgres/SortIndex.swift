#if Postgres
import CartCore

/// The index that keeps carts in the order of one field.
struct SortIndex {
    let field: CartSort.Field

    static let all = CartSort.Field.allCases.map(SortIndex.init)

    /// The number under which `cart_ranks` knows the order.
    var number: Int64 { field.number }

    var column: String { field.rawValue }

    var name: String { "carts_" + column }

    /// The columns that make the order total; the id alone is enough for its own.
    var columns: [String] { field == .id ? ["id"] : [column, "owner_id", "id"] }

    /// The columns as a row value, which can be compared with ``values(of:)``.
    var row: String { field == .id ? "id" : "(" + columns.joined(separator: ", ") + ")" }

    /// What ``row`` is at a position.
    func values(of position: CartPosition) -> [Value] {
        if field == .id { return [.integer(position.id)] }
        let (value, name) = rank(of: position)
        return [field == .customer ? .text(name) : .integer(value), .integer(position.ownerID), .integer(position.id)]
    }

    /// The columns `value` and `name` of `cart_ranks` for a position, of which the order uses one.
    func rank(of position: CartPosition) -> (value: Int64, name: String) {
        switch position.value {
        case .integer(let value): (field == .customer ? 0 : value, "")
        // Nothing that is kept holds U+0000, so whatever stands behind it decides nothing.
        case .text(let name): (0, field == .customer ? String(name.prefix { $0 != "\0" }) : "")
        }
    }

    /// The place of a row of `cart_ranks`.
    func position(value: Int64, name: String, ownerID: Int64, id: Int64) -> CartPosition {
        CartPosition(value: field == .customer ? .text(name) : .integer(value), ownerID: ownerID, id: id)
    }

    func order(_ direction: CartSort.Direction) -> String {
        columns.map { "\($0) \(direction == .ascending ? "ASC" : "DESC")" }.joined(separator: ", ")
    }
}
#endif
