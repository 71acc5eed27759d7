import CartCore

extension StoreContract {
    static let savingChecks = [
        Check("An empty store answers with nothing and no error.") { trial in
            try await trial.store.check()
            try expect(try await trial.load("nothing"), is: nil, "the cart of an unknown key")
            let page = try await trial.page()
            try expect(page.keys, is: [], "carts of an empty store")
            try expect(page.total, is: 0, "total of an empty store")
            try expect(page.next, is: nil, "next of an empty store")
            try expect(try await trial.store.apply([]), is: [], "answers to no changes")
        },
        Check("A new cart is loaded as it was saved, byte for byte.") { trial in
            var generator = CartGenerator(seed: 11)
            for round in 0..<40 {
                let cart = generator.cart()
                let saved = try await trial.keep([cart], wasAbandoned: round % 2 == 0)
                try expect(try await trial.load(cart.key.text), is: saved[0], "the record of \(cart.key)")
            }
            try expect(try await trial.page().total, is: 40, "total")
        },
        Check("The extremes of every field are kept.") { trial in
            let cart = try extremeCart()
            let saved = try await trial.keep([cart])
            try expect(try await trial.load(cart.key.text), is: saved[0], "the extreme cart")
            try expect(try await trial.page(sort: CartSort(.productsTotal)).records, is: saved, "the page of the extreme cart")
        },
        Check("Keys that differ in one letter's case are different carts.") { trial in
            let saved = try await trial.keep([try Trial.cart("Abc"), try Trial.cart("aBC"), try Trial.cart("abc")])
            for (key, record) in zip(["Abc", "aBC", "abc"], saved) {
                try expect(try await trial.load(key), is: record, "the cart under \(key)")
            }
        },
        Check("A cart is replaced by one that names its revision; the id stays and the revision rises.") { trial in
            let old = try await trial.keep([try Trial.cart("a", first: "Old")])[0]
            let cart = try Trial.cart("a", first: "New")
            let result = try await trial.apply(.save(cart, wasAbandoned: true, replacing: old.revision))
            guard case .saved(let id, let revision) = result else { throw ContractViolation("replacing was answered with \(result)") }
            try expect(id, is: old.id, "the id after replacing")
            try expect(revision > old.revision, "the revision \(revision) is not above \(old.revision)")
            let record = CartRecord(id: id, revision: revision, facts: CartFacts(cart, wasAbandoned: true), document: cart.document)
            try expect(try await trial.load("a"), is: record, "the replaced cart")
            try expect(try await trial.page().records, is: [record], "the list after replacing")
            let again = try await trial.apply(.save(cart, wasAbandoned: false, replacing: revision))
            guard case .saved = again else { throw ContractViolation("replacing again was answered with \(again)") }
            try expect(try await trial.load("a")?.wasAbandoned, is: false, "wasAbandoned after it was taken back")
        },
        Check("A new cart under a key that is taken is a conflict, and nothing changes.") { trial in
            let old = try await trial.keep([try Trial.cart("a", first: "Old")])[0]
            let result = try await trial.apply(.save(try Trial.cart("a", first: "New"), wasAbandoned: true, replacing: nil))
            try expect(result, is: .conflict, "a new cart under a taken key")
            try expect(try await trial.load("a"), is: old, "the cart after a conflict")
        },
        Check("Replacing at a stale, a future or a lost revision is a conflict, and nothing changes.") { trial in
            let first = try await trial.keep([try Trial.cart("a")])[0]
            _ = try await trial.apply(.save(try Trial.cart("a", first: "Two"), wasAbandoned: false, replacing: first.revision))
            let standing = try require(try await trial.load("a"), "the replaced cart")
            for revision in [first.revision, standing.revision + 1, 0, -1, .max] {
                let result = try await trial.apply(.save(try Trial.cart("a"), wasAbandoned: false, replacing: revision))
                try expect(result, is: .conflict, "replacing at \(revision) what stands at \(standing.revision)")
            }
            try expect(try await trial.load("a"), is: standing, "the cart after conflicts")
            let lost = try await trial.apply(.save(try Trial.cart("b"), wasAbandoned: false, replacing: first.revision))
            try expect(lost, is: .conflict, "replacing a cart that does not stand")
            try expect(try await trial.load("b"), is: nil, "the cart that did not stand")
        },
        Check("A cart is deleted at any revision or at the one that is named, and only once.") { trial in
            let saved = try await trial.keep([try Trial.cart("a"), try Trial.cart("b")])
            let a = try require(CartKey("a"), "key")
            let b = try require(CartKey("b"), "key")
            try expect(try await trial.apply(.delete(a, revision: saved[1].revision)), is: .conflict, "deleting at another's revision")
            try expect(try await trial.load("a"), is: saved[0], "the cart after a conflict")
            for (key, revision) in [(a, saved[0].revision), (b, nil)] {
                let result = try await trial.apply(.delete(key, revision: revision))
                guard case .deleted(let number) = result else { throw ContractViolation("deleting \(key) was answered with \(result)") }
                try expect(number > saved[1].revision, "the revision \(number) of a deletion is not above the carts'")
                try expect(try await trial.load(key.text), is: nil, "the deleted cart \(key)")
                try expect(try await trial.apply(.delete(key, revision: nil)), is: .notFound, "deleting \(key) again")
                try expect(try await trial.apply(.delete(key, revision: number)), is: .notFound, "deleting \(key) again at a revision")
            }
            try expect(try await trial.page().total, is: 0, "total after deleting all")
        },
    ]

    private static func extremeCart() throws -> Cart {
        let most = Amount.range.upperBound
        return try Trial.cart("A-_z0123456789012345678901234567890123456789".prefix(42).description) { cart in
            cart.storeID = Int64(Int32.max)
            cart.owner = try require(Owner(id: (1 << 32) - 1), "the last guest")
            cart.customer.firstName = String(repeating: "\u{10FFFF}", count: 256)
            cart.customer.lastName = String(repeating: "\u{1}", count: 1024)
            cart.customer.email = String(repeating: "%", count: 1024)
            cart.items = [
                CartItem(
                    key: String(repeating: "~", count: 64), productID: most, variationID: most,
                    quantity: try require(Quantity(1_000_000_000), "the largest quantity"), unitPrice: most, subtotal: -most,
                    subtotalTax: most,
                    tax: -most, total: most)
            ]
            for field in CartTotals.fields { cart.totals[keyPath: field.path] = -most }
            cart.orderID = most
            cart.created = .earliest
            cart.updated = .latest
            cart.expires = .latest
        }
    }
}
