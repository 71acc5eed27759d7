import CartCore

extension StoreContract {
    /// The filter's fields that compare one value, each alone.
    static let fieldChecks =
        [
            Check("Carts are found by the kind of their owner.") { trial in
                try await trial.keep(owners())
                try await trial.expectFound(["c1", "c2", "last-customer"], by: "customers") { $0.ownerKind = .customer }
                try await trial.expectFound(["first-guest", "last-guest"], by: "guests") { $0.ownerKind = .guest }
            },
            Check("All carts of one owner are found by the owner's number.") { trial in
                try await trial.keep(owners() + [try Trial.cart("c1-too")])
                try await trial.expectFound(["c1", "c1-too"], by: "owner 1") { $0.ownerID = 1 }
                try await trial.expectFound(["c2"], by: "owner 2") { $0.ownerID = 2 }
                try await trial.expectFound(["last-guest"], by: "the last guest") { $0.ownerID = (1 << 32) - 1 }
                for nobody in [0, 3, -1, 1 << 32, .max] as [Int64] {
                    try await trial.expectFound([], by: "owner \(nobody)") { $0.ownerID = nobody }
                }
            },
            Check("An owner's newest cart with something to buy is found, in one store or in all.") { trial in
                func cart(_ key: String, created: Int64, store: Int64 = 1, owner: Int64 = 7, holds kind: CartItem.Kind? = .cart) throws
                    -> Cart
                {
                    try Trial.cart(key) { cart in
                        cart.owner = try require(Owner(id: owner), "owner")
                        cart.created = Trial.base + TimeSpan(milliseconds: created)
                        cart.storeID = store
                        cart.items = kind.map { [Trial.item(1, $0)] } ?? []
                    }
                }
                try await trial.keep([
                    try cart("newest-empty", created: 9, holds: nil), try cart("newest-wishes", created: 8, holds: .wishlist),
                    try cart("tie-first", created: 5), try cart("tie-last", created: 5), try cart("old", created: 1),
                    try cart("elsewhere", created: 7, store: 2), try cart("oldest-elsewhere", created: 0, store: 3),
                    try cart("of-another", created: 9, owner: 8),
                ])
                let expected: [(owner: Int64, store: Int64?, key: String?)] = [
                    (7, nil, "elsewhere"), (7, 1, "tie-last"), (7, 2, "elsewhere"), (7, 3, "oldest-elsewhere"), (7, 4, nil),
                    (8, nil, "of-another"), (9, nil, nil), (0, nil, nil), (-1, nil, nil), (.max, nil, nil),
                ]
                for (owner, store, key) in expected {
                    let found = try await trial.store.newestCart(of: owner, in: store)
                    try expect(try found?.cart().key.text, is: key, "the newest cart of \(owner) in \(store.map(String.init) ?? "all")")
                }
            },
            Check("Carts are found by store.") { trial in
                try await trial.keep(
                    try [1, 2, 2, Int64(Int32.max)].enumerated().map { place, id in
                        try Trial.cart("k\(place)") { $0.storeID = id }
                    })
                try await trial.expectFound(["k0"], by: "store 1") { $0.storeID = 1 }
                try await trial.expectFound(["k1", "k2"], by: "store 2") { $0.storeID = 2 }
                try await trial.expectFound([], by: "store 3") { $0.storeID = 3 }
            },
            Check("Carts are found by source, compared byte by byte.") { trial in
                let sources = ["cocart", "CoCart", "cocart ", "", "caf\u{E9}", "cafe\u{301}"]
                try await trial.keep(try sources.enumerated().map { place, source in try Trial.cart("k\(place)") { $0.source = source } })
                for (place, source) in sources.enumerated() {
                    try await trial.expectFound(["k\(place)"], by: "source '\(source)'") { $0.source = source }
                }
                for source in ["coc", "cocart%", "COCART"] {
                    try await trial.expectFound([], by: "source '\(source)'") { $0.source = source }
                }
            },
            Check("Carts are found by whether there is a way to reach the person.") { trial in
                let fields: [(String, any WritableKeyPath<Customer, String> & Sendable)] = [
                    ("first", \.firstName), ("last", \.lastName), ("email", \.email), ("phone", \.phone),
                ]
                try await trial.keep(try fields.map { key, path in try Trial.cart(key) { $0.customer[keyPath: path] = "x" } })
                try await trial.keep([try Trial.cart("none"), try Trial.cart("address") { $0.customer.billing.email = "a@b" }])
                try await trial.expectFound(fields.map(\.0), by: "contact") { $0.hasContact = true }
                try await trial.expectFound(["none", "address"], by: "no contact") { $0.hasContact = false }
            },
            Check("The conditions of a filter must hold all together.") { trial in
                try await trial.keep([
                    try Trial.cart("a", first: "Ann"), try Trial.cart("b", first: "Bob"),
                    try Trial.cart("c") { cart in
                        cart.customer.firstName = "Ann"
                        cart.storeID = 2
                    },
                ])
                try await trial.expectFound(["a"], by: "name and store") { filter in
                    filter.name = .either("ann")
                    filter.storeID = 1
                }
                try await trial.expectFound([], by: "name and source") { filter in
                    filter.name = .either("ann")
                    filter.source = "x"
                }
            },
            Check("A filter by totals means the cart's total, in every currency its own minor units.") { trial in
                try await trial.keep(
                    try ([-5, 0, 5] as [Int64]).map { total in
                        try Trial.cart("k\(total + 5)") { cart in
                            cart.totals.total = total
                            cart.totals.subtotal = 5
                            cart.currency = try require(Currency("JPY"), "currency")
                        }
                    })
                try await trial.expectFound(["k10"], by: "total from 5") { $0.total = .init(from: 5) }
            },
            Check("The products' total is compared in hundredths of a major unit, whatever the currency.") { trial in
                try await trial.keep(try productsTotals())
                try await trial.expectFound(["yen", "dollars", "dinars"], by: "500.00") {
                    $0.productsTotal = .init(from: 50_000, to: 50_000)
                }
                try await trial.expectFound(["half"], by: "0.01") { $0.productsTotal = .init(from: 1, to: 1) }
                try await trial.expectFound(["wishes"], by: "0.00") { $0.productsTotal = .init(from: 0, to: 0) }
            },
        ] + boundedFields.map(boundsCheck)

    private static func owners() throws -> [Cart] {
        let ids: [(String, Int64)] = [
            ("c1", 1), ("c2", 2), ("last-customer", (1 << 31) - 1), ("first-guest", 1 << 31), ("last-guest", (1 << 32) - 1),
        ]
        return try ids.map { key, id in try Trial.cart(key) { $0.owner = try require(Owner(id: id), "owner \(id)") } }
    }

    private static func productsTotals() throws -> [Cart] {
        let prices: [(key: String, currency: String, price: Int64)] = [
            ("yen", "JPY", 500), ("dollars", "USD", 50_000), ("dinars", "KWD", 500_000), ("half", "KWD", 5), ("wishes", "USD", 0),
        ]
        return try prices.map { entry in
            try Trial.cart(entry.key) { cart in
                cart.currency = try require(Currency(entry.currency), "currency")
                cart.items = [Trial.item(1), Trial.item(2, .wishlist), Trial.item(3, .removed)]
                cart.items[0].unitPrice = entry.price
                cart.items[1].unitPrice = 777
                cart.items[2].unitPrice = 777
            }
        }
    }

    /// A field of the filter with bounds, and how a cart gets a value there.
    private struct BoundedField: Sendable {
        let name: String
        let bounds: any WritableKeyPath<CartFilter, CartFilter.Bounds> & Sendable
        let set: @Sendable (inout Cart, Int64) -> Void
    }

    private static let boundedFields = [
        BoundedField(name: "total", bounds: \.total) { $0.totals.total = $1 },
        BoundedField(name: "products' total", bounds: \.productsTotal) { cart, value in
            cart.items = [Trial.item(1)]
            cart.items[0].unitPrice = value
        },
        BoundedField(name: "time of creation", bounds: \.created) { $0.created = Timestamp(milliseconds: $1) },
        BoundedField(name: "time of change", bounds: \.updated) { $0.updated = Timestamp(milliseconds: $1) },
        BoundedField(name: "time of expiry", bounds: \.expires) { $0.expires = Timestamp(milliseconds: $1) },
    ]

    private static func boundsCheck(_ field: BoundedField) -> Check {
        Check("The bounds of the \(field.name) are inclusive, and each may be open.") { trial in
            let values: [Int64] = [-1000, -1, 0, 1, 1000]
            try await trial.keep(try values.map { value in try Trial.cart("k\(value + 1000)") { field.set(&$0, value) } })
            let bounds: [(from: Int64?, to: Int64?)] = [
                (nil, nil), (0, nil), (nil, 0), (-1, 1), (1, 1), (2, 999), (1, -1), (-1000, 1000), (1001, nil), (nil, -1001), (.min, .max),
                (.max, nil), (nil, .min),
            ]
            for (from, to) in bounds {
                let within = values.filter { $0 >= from ?? .min && $0 <= to ?? .max }
                try await trial.expectFound(within.map { "k\($0 + 1000)" }, by: "\(field.name) \(from ?? .min)…\(to ?? .max)") {
                    $0[keyPath: field.bounds] = .init(from: from, to: to)
                }
            }
        }
    }
}
