import CartCore

extension StoreContract {
    static let walkingChecks = [
        Check("A walk by ids gives every cart once, in the order of ids, whatever the size of its steps.") { trial in
            let carts = try (0..<23).map { try Trial.cart("k\($0)") }
            let kept = try await trial.keep(carts)
            for limit in [1, 5, 22, 23, 1000] {
                try expect(try await walk(trial, limit: limit), is: kept, "carts in steps of \(limit)")
            }
        },
        Check("A walk by ids gives the carts that meet the filter alone.") { trial in
            let carts = try (0..<40).map { number in
                try Trial.cart("k\(number)") { cart in
                    cart.customer.email = number % 3 == 0 ? "a@example.com" : ""
                    cart.orderID = number % 4 == 0 ? 7 : nil
                    cart.items = [Trial.item(Int64(number % 5 + 1))]
                }
            }
            let kept = try await trial.keep(carts)
            let questions: [(CartFilter, (Int) -> Bool)] = [
                (filter { $0.email = "A@example.com" }, { $0 % 3 == 0 }),
                (filter { $0.state = .converted }, { $0 % 4 == 0 }),
                (filter { $0.productIDs = [2] }, { $0 % 5 == 1 }),
                (filter { $0.created.to = 0 }, { _ in false }),
            ]
            for (filter, isExpected) in questions {
                let expected = kept.enumerated().filter { isExpected($0.offset) }.map(\.element)
                try expect(try await walk(trial, filter, limit: 3), is: expected, "carts of a walk")
            }
        },
        Check("A walk by ids goes on when the cart it stood at is gone, and meets carts that were made meanwhile at its end.") { trial in
            let kept = try await trial.keep(try (0..<9).map { try Trial.cart("k\($0)") })
            let first = try await trial.store.carts(CartFilter(), at: Trial.clock, after: 0, limit: 4)
            _ = try await trial.apply(.delete(try require(CartKey("k3"), "key"), revision: nil))
            let new = try await trial.keep([try Trial.cart("new")])
            let rest = try await walk(trial, after: try require(first.last, "the last cart").id, limit: 4)
            try expect(rest, is: Array(kept[4...]) + new, "the rest of the walk")
        },
    ]

    private static func filter(_ set: (inout CartFilter) -> Void) -> CartFilter {
        var filter = CartFilter()
        set(&filter)
        return filter
    }

    private static func walk(_ trial: Trial, _ filter: CartFilter = CartFilter(), after id: Int64 = 0, limit: Int) async throws
        -> [CartRecord]
    {
        var seen: [CartRecord] = []
        while true {
            let next = try await trial.store.carts(filter, at: Trial.clock, after: seen.last?.id ?? id, limit: limit)
            if next.isEmpty { return seen }
            try expect(next.count <= limit, "\(next.count) carts in a step of \(limit)")
            seen += next
        }
    }
}
