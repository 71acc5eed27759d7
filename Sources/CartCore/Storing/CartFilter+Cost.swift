/// What a filter costs a store that has indexes.
extension CartFilter {
    /// Whether the filter has a condition by which an index finds few carts, whatever the others say.
    package var isSelective: Bool {
        ownerID != nil || email != nil || emailPart != nil || name != nil || search != nil || !productIDs.isEmpty
    }

    /// False if the filter lets every cart through, true if it asks for carts with items to buy and nothing else: the two lists whose
    /// pages the runs of an order can find. nil for all others.
    package var isAboutContentsAlone: Bool? {
        var rest = self
        rest.productKinds = CartFilter().productKinds
        if rest == CartFilter() { return false }
        if rest.isEmpty == false { rest.isEmpty = nil } else if rest.holdsAny == .cart { rest.holdsAny = [] } else { return nil }
        return rest == CartFilter() ? true : nil
    }

    /// The bounds of one field, if the filter asks for nothing else but perhaps for carts with items to buy: what runs can count.
    package var soleRange: (field: CartSort.Field, bounds: Bounds, filledOnly: Bool)? {
        let fields: [(CartSort.Field, WritableKeyPath<CartFilter, Bounds>)] = [
            (.created, \.created), (.updated, \.updated), (.expires, \.expires), (.total, \.total), (.productsTotal, \.productsTotal),
        ]
        guard let (field, bounds) = fields.first(where: { self[keyPath: $1] != Bounds() }) else { return nil }
        var rest = self
        rest[keyPath: bounds] = Bounds()
        return rest.isAboutContentsAlone.map { (field, self[keyPath: bounds], $0) }
    }
}
