import CartCore

extension StoreContract {
    static let pageChecks = [
        Check("Pages by number cover a list exactly once, in every order.") { trial in
            let count = try await keepMany(trial)
            try await inEveryOrder { sort in
                let whole = try await trial.page(sort: sort)
                try expect(whole.records.count, is: count, "carts in one page by \(sort)")
                for limit in [1, 7, 10, 100] {
                    var seen: [CartRecord] = []
                    for offset in stride(from: 0, to: count, by: limit) {
                        let page = try await trial.page(sort: sort, start: .offset(offset), limit: limit)
                        try expect(page.records.count, is: min(limit, count - offset), "carts of the page from \(offset), \(limit) a page")
                        try expect(page.total, is: count, "total of the page from \(offset)")
                        try expect((page.next == nil) == (offset + limit >= count), "next of the page from \(offset), \(limit) a page")
                        seen += page.records
                    }
                    try expect(seen, is: whole.records, "carts of all pages of \(limit) by \(sort)")
                }
            }
        },
        Check("Pages that begin after a position cover a list exactly once, in every order.") { trial in
            let count = try await keepMany(trial)
            try await inEveryOrder { sort in
                let whole = try await trial.page(sort: sort).records
                for limit in [1, 7, 10, 100] {
                    let seen = try await walk(CartFilter(), sort, limit: limit, trial) { page in
                        try expect(page.total, is: count, "total of a page after a position")
                    }
                    try expect(seen, is: whole, "carts of a walk of \(limit) a page by \(sort)")
                }
            }
        },
        Check("The position of a page's last cart is where the next page begins; after the last page there is none.") { trial in
            _ = try await keepMany(trial)
            try await inEveryOrder { sort in
                let page = try await trial.page(sort: sort, limit: 5)
                let last = try require(page.records.last, "the last cart")
                try expect(page.next, is: last.position(in: sort.field, of: try last.cart()), "next by \(sort)")
                let exact = try await trial.page(sort: sort, limit: page.total)
                try expect(exact.next, is: nil, "next of a page that holds the whole list by \(sort)")
            }
        },
        Check("A walk goes on when the cart at its position was deleted or moved, and sees every other cart once.") { trial in
            _ = try await keepMany(trial)
            try await inEveryOrder { sort in
                let whole = try await trial.page(sort: sort).records
                let first = try await trial.page(sort: sort, limit: 3)
                let gone = try require(first.records.last, "the last cart of the first page")
                _ = try await trial.apply(.delete(try gone.cart().key, revision: nil))
                let next = try require(first.next, "the next position")
                let rest = try await trial.page(sort: sort, start: .after(next))
                try expect(rest.records, is: Array(whole.dropFirst(3)), "carts after a deleted one by \(sort)")
                try expect(rest.total, is: whole.count - 1, "total after a deletion")
            }
        },
        Check("A position at which no cart ever stood begins a page at the first cart behind it.") { trial in
            try await trial.keep(try [10, 20, 30].map { total in try Trial.cart("k\(total)") { $0.totals.total = total } })
            for (value, expected) in [(Int64.min, ["k10", "k20", "k30"]), (15, ["k20", "k30"]), (30, []), (.max, [])] {
                let position = CartPosition(value: .integer(value), ownerID: 2, id: 0)
                let page = try await trial.page(sort: CartSort(.total), start: .after(position))
                try expect(page.keys, is: expected, "carts after \(value), ascending")
                try expect(page.total, is: 3, "total after \(value)")
            }
            let position = CartPosition(value: .integer(20), ownerID: 0, id: 0)
            let page = try await trial.page(sort: CartSort(.total, .descending), start: .after(position))
            try expect(page.keys, is: ["k10"], "carts after 20, descending")
        },
        Check("Past the end there are no carts, and the total is still right.") { trial in
            try await trial.keep(try ["a", "b", "c"].map { try Trial.cart($0) })
            for offset in [3, 4, 1000, .max] {
                let page = try await trial.page(start: .offset(offset), limit: 2)
                try expect(page.keys, is: [], "carts from \(offset)")
                try expect(page.total, is: 3, "total of the page from \(offset)")
                try expect(page.next, is: nil, "next of the page from \(offset)")
            }
        },
        Check("Totals count the carts that meet the filter, not those of the page or of the store.") { trial in
            try await trial.keep(try (0..<30).map { place in try Trial.cart("k\(place)") { $0.storeID = place % 3 == 0 ? 2 : 1 } })
            var filter = CartFilter()
            filter.storeID = 2
            for start in [CartQuery.Start.offset(0), .offset(8), .after(CartPosition(value: .integer(1), ownerID: 1, id: 1))] {
                let page = try await trial.page(filter, start: start, limit: 4)
                try expect(page.total, is: 10, "total of store 2 from \(start)")
            }
            _ = try await trial.apply(.delete(try require(CartKey("k0"), "key"), revision: nil))
            try expect(try await trial.page(filter, limit: 1).total, is: 9, "total of store 2 after a deletion")
        },
        Check("A page holds up to a thousand carts.") { trial in
            try await trial.keep(try (0..<1001).map { try Trial.cart("k\($0)") })
            let page = try await trial.page(limit: 1000)
            try expect(page.records.count, is: 1000, "carts of the page")
            try expect(page.total, is: 1001, "total")
            let rest = try await trial.page(start: .after(try require(page.next, "the next position")), limit: 1000)
            try expect(rest.keys, is: ["k1000"], "carts of the second page")
        },
    ]

    /// Keeps carts with many ties and some that were replaced.
    ///
    /// - Returns: how many.
    private static func keepMany(_ trial: Trial) async throws -> Int {
        var generator = CartGenerator(seed: 3)
        let records = try await trial.keep((0..<53).map { _ in generator.cart() })
        for record in records.prefix(20) {
            _ = try await trial.apply(.save(generator.cart(key: try record.cart().key), wasAbandoned: false, replacing: record.revision))
        }
        return records.count
    }

    private static func inEveryOrder(_ body: (CartSort) async throws -> Void) async throws {
        for field in CartSort.Field.allCases {
            for direction in CartSort.Direction.allCases { try await body(CartSort(field, direction)) }
        }
    }

    /// All carts of a list, page by page; throws if the walk does not end.
    private static func walk(
        _ filter: CartFilter, _ sort: CartSort, limit: Int, _ trial: Trial, _ look: (CartPage) throws -> Void
    ) async throws -> [CartRecord] {
        var seen: [CartRecord] = []
        var start = CartQuery.Start.offset(0)
        for _ in 0...1000 {
            let page = try await trial.page(filter, sort: sort, start: start, limit: limit)
            try look(page)
            seen += page.records
            guard let next = page.next else { return seen }
            start = .after(next)
        }
        throw ContractViolation("A walk by \(sort) with \(limit) a page did not end after a thousand pages.")
    }
}
