import CartCore

extension StoreContract {
    static let deletingChecks = [
        Check("The ids of a filter are those of all carts that match it, ascending.") { trial in
            var generator = CartGenerator(seed: 21)
            var kept: [CartRecord] = []
            for round in 0..<80 { kept += try await trial.keep([generator.cart()], wasAbandoned: round % 4 == 0) }
            try expect(try await trial.store.ids(CartFilter(), at: Trial.clock), is: kept.map(\.id), "all ids")
            for _ in 0..<150 {
                let query = generator.query(over: kept)
                let expected = try kept.filter { record in
                    query.filter.matches(record, cart: try record.cart(), at: query.clock)
                }
                let found = try await trial.store.ids(query.filter, at: query.clock)
                try expect(found, is: expected.map(\.id), "ids of \(query.filter) at \(query.clock.now.iso8601)")
            }
        },
        Check("Of the carts that are named those are removed that meet the filter, each with its entry; unknown ids are passed over.") {
            trial in
            let kept = try await trial.keep(try eightCarts())
            let before = try await trial.store.revision()
            let author = Author(.service("sweep"), from: NetworkAddress("192.0.2.1"), at: Trial.base + .days(3))
            let named: [Int64] = [kept[6].id, kept[1].id, kept[0].id, kept[2].id, kept[2].id, 4711, 0, -1, .max]
            let removed = try await trial.store.delete(named, meeting: ofStore(1), at: Trial.clock, by: author, under: nil)
            try expect(removed, is: 3, "carts removed")
            try expect(try await trial.store.revision(), is: before + 3, "the revision")
            for key in ["k0", "k2", "k6"] { try expect(try await trial.load(key), is: nil, "the cart \(key)") }
            let entries = try await trial.store.audit(AuditQuery()).entries.filter { $0.action == .cartDelete }
            try expect(entries.map(\.id), is: [before + 3, before + 2, before + 1], "ids of the entries, newest first")
            try expect(entries.map(\.subject).sorted(), is: ["cart:k0", "cart:k2", "cart:k6"], "subjects")
            for entry in entries {
                try expect(entry.at, is: author.now, "at")
                try expect(entry.actor, is: "service:sweep", "actor")
                try expect(entry.address, is: "192.0.2.1", "address")
                let details = String(decoding: entry.details, as: UTF8.self)
                try expect(details.hasPrefix(#"{"before":{"revision":"#) && !details.contains("after"), "the details \(details)")
            }
        },
        Check("Right after carts were removed all lists, counts and walks are without them.") { trial in
            let kept = try await trial.keep(try eightCarts())
            _ = try await trial.store.delete(
                [0, 1, 2].map { kept[$0].id }, meeting: CartFilter(), at: Trial.clock, by: .tester(), under: nil)
            let left = ["k3", "k4", "k5", "k6", "k7"]
            try await trial.expectFound(left, by: "no filter") { _ in }
            try await trial.expectFound(["k4", "k6"], by: "the store") { $0.storeID = 1 }
            try await trial.expectFound(left, by: "contents") { $0.isEmpty = false }
            try await trial.expectFound(left, by: "contact") { $0.hasContact = true }
            try await trial.expectFound(["k4", "k7"], by: "a product") { $0.productIDs = [2] }
            try await trial.expectFound(["k3"], by: "a name") { $0.name = .either("person3") }
            try await trial.expectFound([], by: "the name of one that was removed") { $0.name = .either("person1") }
            for field in CartSort.Field.allCases {
                let page = try await trial.page(sort: CartSort(field), start: .offset(3), limit: 1)
                try expect(page.total, is: 5, "total by \(field)")
                try expect(page.records.count, is: 1, "carts of a page by \(field)")
            }
            let walked = try await trial.store.carts(CartFilter(), at: Trial.clock, after: 0, limit: 100)
            try expect(walked, is: Array(kept[3...]), "carts of a walk")
            try expect(try await trial.store.ids(ofStore(2), at: Trial.clock), is: [3, 5, 7].map { kept[$0].id }, "ids of the other store")
        },
        Check("A cart that was changed since it was looked at stays if it no longer meets the filter.") { trial in
            let kept = try await trial.keep(
                try ["rests", "renewed"].map { key in try Trial.cart(key) { $0.items = [Trial.item(1)] } })
            var filter = CartFilter()
            filter.state = .abandoned
            let clock = StateClock(now: Trial.base + .hours(1), abandonedAfter: .hours(1))
            let ids = try await trial.store.ids(filter, at: clock)
            try expect(ids, is: kept.map(\.id), "ids of abandoned carts")
            let renewed = try Trial.cart("renewed") { cart in
                cart.items = [Trial.item(1)]
                cart.updated = Trial.base + .minutes(30)
            }
            _ = try await trial.apply(.save(renewed, wasAbandoned: false, replacing: kept[1].revision))
            let removed = try await trial.store.delete(ids, meeting: filter, at: clock, by: .tester(at: clock.now), under: nil)
            try expect(removed, is: 1, "carts removed")
            try await trial.expectFound(["renewed"], by: "no filter") { _ in }
        },
        Check("States are those at the moment of the question, not those at the moment of the removal.") { trial in
            let kept = try await trial.keep([try Trial.cart("a")])
            var filter = CartFilter()
            filter.state = .expired
            let author = Author.tester(at: Trial.base + .days(1000))
            for (now, expected) in [(Trial.base + .days(7) - .seconds(1), 0), (Trial.base + .days(7), 1)] {
                let clock = StateClock(now: now, abandonedAfter: .hours(1))
                let removed = try await trial.store.delete([kept[0].id], meeting: filter, at: clock, by: author, under: nil)
                try expect(removed, is: expected, "carts removed at \(now.iso8601)")
            }
        },
        Check("Removing nothing leaves no trace.") { trial in
            let kept = try await trial.keep([try Trial.cart("a"), try Trial.cart("gone")])
            _ = try await trial.apply(.delete(try require(CartKey("gone"), "key"), revision: nil))
            let revision = try await trial.store.revision()
            for (ids, filter) in [([], CartFilter()), ([kept[0].id], ofStore(2)), ([kept[1].id], CartFilter())] as [([Int64], CartFilter)] {
                let removed = try await trial.store.delete(ids, meeting: filter, at: Trial.clock, by: .tester(), under: nil)
                try expect(removed, is: 0, "carts removed of \(ids)")
            }
            try expect(try await trial.store.revision(), is: revision, "the revision")
            try expect(try await trial.store.audit(AuditQuery()).total, is: 3, "entries")
        },
        Check("Five hundred carts are removed in one go.") { trial in
            let kept = try await trial.keep(try (0..<510).map { try Trial.cart("k\($0)", first: "P\($0)") })
            let removed = try await trial.store.delete(
                kept.prefix(500).map(\.id), meeting: CartFilter(), at: Trial.clock, by: .tester(), under: nil)
            try expect(removed, is: 500, "carts removed")
            try await trial.expectFound((500..<510).map { "k\($0)" }, by: "no filter") { _ in }
            try expect(try await trial.store.revision(), is: 1010, "the revision")
        },
        Check("Who removes under a lease takes it or renews it, whether or not there is something to remove.") { trial in
            let kept = try await trial.keep([try Trial.cart("a")])
            let (mine, other) = (lease("me"), lease("other"))
            func delete(_ ids: [Int64], at milliseconds: Int64) async throws -> Int? {
                try await trial.store.delete(
                    ids, meeting: CartFilter(), at: Trial.clock, by: .tester(at: moment(milliseconds)), under: mine)
            }
            try expect(try await delete([kept[0].id], at: 0), is: 1, "carts removed")
            try expect(try await trial.store.take(other, at: moment(29_999)), is: false, "another takes what was taken")
            try expect(try await delete([kept[0].id], at: 20_000), is: 0, "carts removed again")
            try expect(try await trial.store.take(other, at: moment(49_999)), is: false, "another takes what was renewed")
            try expect(try await delete([], at: 30_000), is: 0, "carts removed of none")
            try expect(try await trial.store.take(other, at: moment(59_999)), is: false, "another takes what was renewed again")
            try expect(try await trial.store.take(other, at: moment(60_000)), is: true, "another takes what has run out")
        },
        Check("While another has the lease nothing is removed; when it has run out it is taken over.") { trial in
            let kept = try await trial.keep([try Trial.cart("a"), try Trial.cart("b")])
            let revision = try await trial.store.revision()
            try expect(try await trial.store.take(lease("other"), at: Trial.base), is: true, "taking")
            func delete(_ place: Int, as holder: String, at milliseconds: Int64) async throws -> Int? {
                try await trial.store.delete(
                    [kept[place].id], meeting: CartFilter(), at: Trial.clock, by: .tester(at: moment(milliseconds)), under: lease(holder))
            }
            for milliseconds in [0, 15_000, 29_999] as [Int64] {
                try expect(try await delete(0, as: "me", at: milliseconds), is: nil, "removing after \(milliseconds) ms")
            }
            try await trial.expectFound(["a", "b"], by: "no filter") { _ in }
            try expect(try await trial.store.revision(), is: revision, "the revision")
            try expect(try await trial.store.audit(AuditQuery()).total, is: 2, "entries")
            try expect(try await delete(0, as: "me", at: 30_000), is: 1, "removing when the lease has run out")
            try expect(try await delete(1, as: "other", at: 30_001), is: nil, "removing by the one from before")
            try await trial.expectFound(["b"], by: "no filter") { _ in }
        },
    ]

    /// Those of even numbers are carts of the first store, the others of the second.
    private static func eightCarts() throws -> [Cart] {
        try (0..<8).map { number in
            try Trial.cart("k\(number)") { cart in
                cart.storeID = number % 2 == 0 ? 1 : 2
                cart.customer.firstName = "Person\(number)"
                cart.items = [Trial.item(Int64(number % 3 + 1))]
                cart.totals.total = Int64(number) * 100
            }
        }
    }

    private static func ofStore(_ storeID: Int64) -> CartFilter {
        var filter = CartFilter()
        filter.storeID = storeID
        return filter
    }

    private static func lease(_ holder: String) -> Lease { Lease(name: "sweep", holder: holder, duration: .seconds(30)) }

    private static func moment(_ milliseconds: Int64) -> Timestamp { Trial.base + TimeSpan(milliseconds: milliseconds) }
}
