/// The orders of the lists as stores keep them, cut into runs of neighbouring carts that know how many they are.
extension CartSort.Field {
    /// The number under which stores know the order; never changed, since databases hold it.
    package var number: Int64 {
        switch self {
        case .id: 0
        case .created: 1
        case .updated: 2
        case .expires: 3
        case .total: 4
        case .productsTotal: 5
        case .customer: 6
        }
    }

    /// A position before every cart; of the column's own kind, since a number is not compared with names.
    package var first: CartPosition {
        CartPosition(value: self == .customer ? .text("") : .integer(.min), ownerID: 0, id: 0)
    }
}

extension CartPosition {
    /// The order in which stores keep positions of one order.
    package func isLess(than other: CartPosition) -> Bool {
        switch (value, other.value) {
        case (.integer(let a), .integer(let b)) where a != b: a < b
        case (.text(let a), .text(let b)) where !a.utf8.elementsEqual(b.utf8): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.integer, .text): true
        case (.text, .integer): false
        default: (ownerID, id) < (other.ownerID, other.id)
        }
    }
}
