extension CartFilter {
    /// Conditions in SQL on the column `flags`, without parameters, that must all hold; see ``CartFlag``.
    package var flagConditions: [String] {
        var conditions: [String] = []
        func add(_ flags: Int64, areSet: Bool) { conditions.append("flags & \(flags) \(areSet ? "<>" : "=") 0") }
        if let ownerKind { add(CartFlag.guest, areSet: ownerKind == .guest) }
        if let hasContact { add(CartFlag.contact, areSet: hasContact) }
        if let isEmpty { add(CartFlag.holdsCart, areSet: !isEmpty) }
        if let holdsNothing { add(CartFlag.holdsAnything, areSet: !holdsNothing) }
        if !holdsAny.isEmpty { add(Int64(holdsAny.rawValue), areSet: true) }
        return conditions
    }
}
