import CartCore

extension CartPosition {
    /// Whether the cart at this position stands before the one at `other` in a list of the given order: by value, then by the
    /// owner's number, then by the cart's id; in the order of ids by that alone. Text is compared by its bytes in UTF-8.
    ///
    /// Both positions must be of the order's field; of different kinds of values, the integer counts as the smaller.
    public func precedes(_ other: CartPosition, in sort: CartSort) -> Bool {
        switch sort.direction {
        case .ascending: isLess(than: other, by: sort.field)
        case .descending: other.isLess(than: self, by: sort.field)
        }
    }

    private func isLess(than other: CartPosition, by field: CartSort.Field) -> Bool {
        if field == .id { return id < other.id }
        if value.isLess(than: other.value) { return true }
        if other.value.isLess(than: value) { return false }
        return (ownerID, id) < (other.ownerID, other.id)
    }
}

extension CartPosition.Value {
    fileprivate func isLess(than other: CartPosition.Value) -> Bool {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): a < b
        case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.integer, .text): true
        case (.text, .integer): false
        }
    }
}
