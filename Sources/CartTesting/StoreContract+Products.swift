import CartCore

extension StoreContract {
    static let productChecks = [
        Check("A filter may name any number of products, of which a cart must hold all.") { trial in
            for count in [7, 8, 9, 200, 1000] {
                let items = (1...count).map { Trial.item(Int64($0)) }
                try await trial.keep([
                    try Trial.cart("all\(count)") { $0.items = items },
                    try Trial.cart("but\(count)") { $0.items = Array(items.dropFirst()) },
                ])
            }
            for (count, keys) in [
                (7, ["all7", "all8", "all9", "all200", "all1000"]), (9, ["all9", "all200", "all1000"]), (1000, ["all1000"]), (3000, []),
            ] {
                try await trial.expectFound(keys, by: "\(count) products") { $0.productIDs = Set((1...count).map(Int64.init)) }
            }
        },
        Check("Carts are found by products that they hold all of.") { trial in
            try await trial.keep(try shelves())
            try await trial.expectFound(["one", "both", "twice"], by: "product 1") { $0.productIDs = [1] }
            try await trial.expectFound(["two", "both"], by: "product 2") { $0.productIDs = [2] }
            try await trial.expectFound(["both"], by: "products 1 and 2") { $0.productIDs = [1, 2] }
            try await trial.expectFound([], by: "products 1, 2 and 3") { $0.productIDs = [1, 2, 3] }
            try await trial.expectFound([], by: "product 11") { $0.productIDs = [11] }
            try await trial.expectFound(["large"], by: "the largest product") { $0.productIDs = [Amount.range.upperBound] }
        },
        Check("Products are looked for among the kinds of items that are named, and each in any of them.") { trial in
            try await trial.keep(try shelves())
            try await trial.expectFound(["mixed"], by: "product 5 among wishes") { filter in
                filter.productIDs = [5]
                filter.productKinds = .wishlist
            }
            try await trial.expectFound([], by: "product 5 to buy") { $0.productIDs = [5] }
            try await trial.expectFound(["mixed"], by: "products 4, 5 and 6 anywhere") { filter in
                filter.productIDs = [4, 5, 6]
                filter.productKinds = [.cart, .wishlist, .removed]
            }
            try await trial.expectFound([], by: "products 4, 5 and 6 without the removed") { filter in
                filter.productIDs = [4, 5, 6]
                filter.productKinds = [.cart, .wishlist]
            }
            try await trial.expectFound([], by: "product 1 nowhere") { filter in
                filter.productIDs = [1]
                filter.productKinds = []
            }
        },
        Check("Carts are found by the kinds of items that they hold any of.") { trial in
            try await trial.keep(try shelves())
            try await trial.expectFound(["mixed", "wish"], by: "wishes") { $0.holdsAny = .wishlist }
            try await trial.expectFound(["mixed", "taken-out"], by: "removed items") { $0.holdsAny = .removed }
            try await trial.expectFound(["mixed", "wish", "taken-out"], by: "wishes or removed items") {
                $0.holdsAny = [.wishlist, .removed]
            }
            try await trial.expectFound(["one", "two", "both", "twice", "large", "mixed"], by: "items to buy") { $0.holdsAny = .cart }
        },
        Check("A cart without items to buy is empty, whatever else it holds.") { trial in
            try await trial.keep(try shelves())
            try await trial.expectFound(["nothing", "wish", "taken-out"], by: "empty") { $0.isEmpty = true }
            try await trial.expectFound(["one", "two", "both", "twice", "large", "mixed"], by: "not empty") { $0.isEmpty = false }
        },
        Check("A replaced cart is found by what it holds now, and a deleted one by nothing.") { trial in
            let saved = try await trial.keep([
                try Trial.cart("a") { cart in
                    cart.items = [Trial.item(1), Trial.item(2, .wishlist)]
                    cart.customer.firstName = "Before"
                    cart.customer.email = "before@example.com"
                }
            ])[0]
            let after = try Trial.cart("a") { cart in
                cart.items = [Trial.item(3)]
                cart.customer.firstName = "After"
                cart.customer.email = "after@example.com"
            }
            _ = try await trial.apply(.save(after, wasAbandoned: false, replacing: saved.revision))
            try await expectOnly(["a"], by: 3, "After", "after@example.com", trial)
            try await expectOnly([], by: 1, "Before", "before@example.com", trial)
            try await trial.expectFound([], by: "wishes") { $0.holdsAny = .wishlist }
            _ = try await trial.apply(.delete(after.key, revision: nil))
            try await expectOnly([], by: 3, "After", "after@example.com", trial)
            try await trial.keep([try Trial.cart("a")])
            try await expectOnly([], by: 3, "After", "after@example.com", trial)
        },
    ]

    private static func expectOnly(_ keys: [String], by product: Int64, _ name: String, _ email: String, _ trial: Trial) async throws {
        try await trial.expectFound(keys, by: "product \(product)") { $0.productIDs = [product] }
        try await trial.expectFound(keys, by: "name \(name)") { $0.name = .either(name) }
        try await trial.expectFound(keys, by: "a part of the name \(name)") { $0.name = .either(String(name.prefix(2))) }
        try await trial.expectFound(keys, by: "address \(email)") { $0.email = email }
        try await trial.expectFound(keys, by: "a part of the address \(email)") { $0.emailPart = String(email.prefix(4)) }
        try await trial.expectFound(keys, by: "search of \(name)") { $0.search = name }
    }

    private static func shelves() throws -> [Cart] {
        let items: [(String, [CartItem])] = [
            ("nothing", []), ("one", [Trial.item(1)]), ("two", [Trial.item(2)]), ("both", [Trial.item(1), Trial.item(2)]),
            ("twice", [Trial.item(1), Trial.item(1, key: "again")]), ("large", [Trial.item(Amount.range.upperBound)]),
            ("mixed", [Trial.item(4), Trial.item(5, .wishlist), Trial.item(6, .removed)]),
            ("wish", [Trial.item(7, .wishlist)]), ("taken-out", [Trial.item(8, .removed)]),
        ]
        return try items.map { key, items in try Trial.cart(key) { $0.items = items } }
    }
}
