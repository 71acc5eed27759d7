extension CartFilter {
    /// Whether a cart meets every condition: the meaning of the filter, which each store must keep to.
    public func matches(_ record: CartRecord, cart: Cart, at clock: StateClock) -> Bool {
        let customer = cart.customer
        if let state, record.state(at: clock) != state { return false }
        if let ownerKind, cart.owner.kind != ownerKind { return false }
        if let ownerID, cart.owner.id != ownerID { return false }
        if let email, Folding.fold(customer.email) != Folding.fold(email) { return false }
        if let emailPart, !Folding.fold(customer.email).holds(Folding.fold(emailPart)) { return false }
        if let name, !name.matches(customer) { return false }
        if let search {
            let needle = Folding.fold(search)
            guard
                Folding.fold(customer.fullName).holds(needle) || Folding.fold(customer.email).holds(needle)
                    || cart.key.text.holds(search)
            else { return false }
        }
        for product in productIDs
        where !cart.items.contains(where: { $0.productID == product && productKinds.contains(CartContents(kind: $0.kind)) }) {
            return false
        }
        if !holdsAny.isEmpty, cart.contents.isDisjoint(with: holdsAny) { return false }
        if let isEmpty, cart.contents.contains(.cart) == isEmpty { return false }
        if let holdsNothing, cart.contents.isEmpty != holdsNothing { return false }
        if let source, Array(cart.source.utf8) != Array(source.utf8) { return false }
        if let storeID, cart.storeID != storeID { return false }
        if let hasContact, customer.hasContact != hasContact { return false }
        return total.contains(cart.totals.total) && productsTotal.contains(cart.productsTotal)
            && created.contains(cart.created.milliseconds) && updated.contains(cart.updated.milliseconds)
            && expires.contains(cart.expires.milliseconds)
    }
}

extension CartFilter.NamePart {
    func matches(_ customer: Customer) -> Bool {
        let first = Folding.fold(customer.firstName)
        let last = Folding.fold(customer.lastName)
        switch self {
        case .either(let part): return first.holds(Folding.fold(part)) || last.holds(Folding.fold(part))
        case .both(let firstPart, let lastPart): return first.holds(Folding.fold(firstPart)) && last.holds(Folding.fold(lastPart))
        }
    }
}

extension String {
    /// Whether the bytes of `part` stand somewhere in the text; always true for an empty part.
    fileprivate func holds(_ part: String) -> Bool {
        let text = Array(utf8)
        let part = Array(part.utf8)
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
