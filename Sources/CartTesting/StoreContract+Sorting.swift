import CartCore

extension StoreContract {
    static let sortingChecks =
        [
            Check("Names are sorted by the last and then the first name, in the order of their folded bytes, the nameless first.") {
                trial in
                let names: [(key: String, first: String, last: String)] = [
                    ("nameless", "", ""), ("only-a", "A", ""), ("only-b", "b", ""), ("doe", "", "Doe"), ("doe-ann", "ann", "DOE"),
                    ("doe-john", "John", "doe"), ("doering", "A", "Doering"), ("strasse-1", "A", "STRASSE"), ("strasse-2", "b", "Straße"),
                    ("zz", "", "zz"), ("e-acute", "", "É"), ("olga", "", "ольга"), ("han", "", "美"), ("outer", "", "\u{10400}"),
                ]
                try await trial.keep(try names.reversed().map { try Trial.cart($0.key, first: $0.first, last: $0.last) })
                try await expectOrder(names.map(\.key), by: .customer, trial)
            },
            Check("Ids order carts as they were created, also after they were replaced.") { trial in
                let saved = try await trial.keep(try ["a", "b", "c"].map { try Trial.cart($0) })
                _ = try await trial.apply(.save(try Trial.cart("a", first: "New"), wasAbandoned: false, replacing: saved[0].revision))
                try await expectOrder(["a", "b", "c"], by: .id, trial)
            },
        ] + CartSort.Field.allCases.filter { $0 != .id }.map(tiesCheck)

    /// The values rise with the place; the first three are equal, so that owner and id decide.
    private static func tiesCheck(_ field: CartSort.Field) -> Check {
        Check("In an order by \(field.rawValue), ties are broken by the owner's number and then by the id, in the same direction.") {
            trial in
            let rows: [(key: String, value: Int, owner: Int64)] = [
                ("tie-2a", 1, 2), ("top", 3, 1), ("tie-guest", 1, 1 << 31), ("tie-2b", 1, 2), ("low", 0, 9), ("tie-1", 1, 1), ("mid", 2, 3),
            ]
            try await trial.keep(
                try rows.map { row in
                    try Trial.cart(row.key) { cart in
                        cart.owner = try require(Owner(id: row.owner), "owner")
                        set(field, of: &cart, to: row.value)
                    }
                })
            try await expectOrder(["low", "tie-1", "tie-2a", "tie-2b", "tie-guest", "mid", "top"], by: field, trial)
        }
    }

    private static func set(_ field: CartSort.Field, of cart: inout Cart, to value: Int) {
        let time = Trial.base + TimeSpan(milliseconds: Int64(value))
        switch field {
        case .id: break
        case .created: cart.created = time
        case .updated: cart.updated = time
        case .expires: cart.expires = time
        case .total: cart.totals.total = Int64(value) - 1
        case .productsTotal:
            cart.items = [Trial.item(1)]
            cart.items[0].unitPrice = Int64(value) - 1
        case .customer: cart.customer.lastName = ["", "Ann", "bob", "Ça"][value]
        }
    }

    private static func expectOrder(_ keys: [String], by field: CartSort.Field, _ trial: Trial) async throws {
        let rising = try await trial.page(sort: CartSort(field, .ascending))
        try expect(rising.keys, is: keys, "carts by \(field.rawValue), ascending")
        let falling = try await trial.page(sort: CartSort(field, .descending))
        try expect(falling.keys, is: keys.reversed(), "carts by \(field.rawValue), descending")
    }
}
