import CartCore
import CartHTTP

extension CartFilter {
    /// The filter that the parameters of a query spell.
    init(_ check: inout ParameterCheck) {
        self.init()
        state = check.choice("state")
        ownerKind = check.choice("owner_type")
        ownerID = check.integer("owner_id", in: 1...4_294_967_295)
        email = check.condition("email") { $0 }
        name = check.condition("name", NamePart.init)
        productIDs = check.integers("product_ids", in: 1 ... .max) ?? []
        total.from = check.integer("total_min", in: .min ... .max)
        total.to = check.integer("total_max", in: .min ... .max)
        created = check.period("created")
        updated = check.period("updated")
        expires = check.period("expires")
        source = check.condition("source") { $0 }
        storeID = check.integer("store_id", in: 1...2_147_483_647)
        hasContact = check.bool("has_contact")
        isEmpty = check.bool("empty")
    }
}

extension ParameterCheck {
    fileprivate mutating func period(_ name: String) -> CartFilter.Bounds {
        CartFilter.Bounds(
            from: timestamp(name + "_after")?.milliseconds, to: timestamp(name + "_before")?.milliseconds)
    }
}
