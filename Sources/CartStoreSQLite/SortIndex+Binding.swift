import CartCore

extension SortIndex {
    /// Placeholders for ``bindings(of:)``.
    var placeholders: String { field == .id ? "?" : "(?, ?, ?)" }

    /// What ``row`` is at a position.
    func bindings(of position: CartPosition) -> [Binding] {
        if field == .id { return [.integer(position.id)] }
        let value: Binding =
            switch position.value {
            case .integer(let value): .integer(value)
            case .text(let value): .text(value)
            }
        return [value, .integer(position.ownerID), .integer(position.id)]
    }
}
