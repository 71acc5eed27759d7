#if Postgres
import CartCore

extension SortIndex {
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
}
#endif
