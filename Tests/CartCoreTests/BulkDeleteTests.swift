import CartCore
import CartTesting
import Synchronization
import Testing

@Suite("Removing all carts that a filter finds")
struct BulkDeleteTests {
    private let shop = SweptShop()

    private var stateClock: StateClock { StateClock(now: shop.clock.now, abandonedAfter: .hours(1)) }

    private func bulk(_ filter: CartFilter = CartFilter(), in front: (any CartStore)? = nil) -> BulkDelete {
        BulkDelete(filter, in: front ?? shop.store, at: stateClock)
    }

    private static func filter(_ set: (inout CartFilter) -> Void) -> CartFilter {
        var filter = CartFilter()
        set(&filter)
        return filter
    }

    private static let filters: [CartFilter] = [
        CartFilter(), filter { $0.state = .active }, filter { $0.state = .expired }, filter { $0.ownerKind = .guest },
        filter { $0.ownerID = 7 }, filter { $0.email = "a" }, filter { $0.email = "" }, filter { $0.emailPart = "a" },
        filter { $0.search = "a" }, filter { $0.name = .either("a") }, filter { $0.name = .both(first: "a", last: "b") },
        filter { $0.name = .both(first: "b", last: "a") }, filter { $0.name = .both(first: "a", last: "") },
        filter { $0.productIDs = [1] }, filter { $0.productIDs = [1, 2] }, filter { $0.productIDs = [12] },
        filter { $0.productKinds = .wishlist }, filter { $0.holdsAny = .cart }, filter { $0.isEmpty = true },
        filter { $0.isEmpty = false }, filter { $0.holdsNothing = true }, filter { $0.holdsNothing = false },
        filter { $0.total.from = 7 }, filter { $0.total.to = 7 }, filter { $0.productsTotal.from = 7 },
        filter { $0.productsTotal.to = 7 }, filter { $0.created.from = 7 }, filter { $0.created.to = 7 },
        filter { $0.updated.from = 7 }, filter { $0.updated.to = 7 }, filter { $0.expires.from = 7 }, filter { $0.expires.to = 7 },
        filter { $0.source = "a" }, filter { $0.source = "" }, filter { $0.source = "a\",null" }, filter { $0.storeID = 7 },
        filter { $0.hasContact = true }, filter { $0.hasContact = false },
        filter { filter in
            filter.email = "a"
            filter.emailPart = "b"
        },
        filter { filter in
            filter.email = "b"
            filter.emailPart = "a"
        },
    ]

    @Test("A confirmation is another for each condition and each number, and the same for the same")
    func confirmations() {
        var confirmations: Set<String> = []
        for filter in Self.filters {
            for count in [0, 1, 1000] { confirmations.insert(bulk(filter).confirmation(count: count)) }
        }
        #expect(confirmations.count == 3 * Self.filters.count)
        let one = Self.filter { $0.productIDs = [1, 2, 3] }
        let same = Self.filter { $0.productIDs = [3, 2, 1] }
        #expect(bulk(one).confirmation(count: 5) == bulk(same).confirmation(count: 5))
    }

    @Test("A confirmation allows its number to its own filter, and nothing to another", arguments: [0, 1, 12_345_678])
    func counts(count: Int) {
        for filter in Self.filters {
            let confirmation = bulk(filter).confirmation(count: count)
            #expect(bulk(filter).count(confirmedBy: confirmation) == count)
            for other in Self.filters where other != filter {
                #expect(bulk(other).count(confirmedBy: confirmation) == nil, "\(other)")
            }
        }
    }

    @Test("A text of another form confirms nothing")
    func malformed() {
        let bulk = bulk()
        let fingerprint = bulk.confirmation(count: 3).dropFirst(2)
        for text in [
            "", "-", "3", "3-", "-\(fingerprint)", "x-\(fingerprint)", "3-\(fingerprint)-", "3--\(fingerprint)", "-3-\(fingerprint)",
            "3-\(fingerprint)0", "3-\(fingerprint.dropLast())", " 3-\(fingerprint)", "3-\(fingerprint) ", "3.0-\(fingerprint)",
            "99999999999999999999-\(fingerprint)", "３-\(fingerprint)", "3_\(fingerprint)", "\(fingerprint)-3",
        ] {
            #expect(bulk.count(confirmedBy: text) == nil, "'\(text)'")
        }
    }

    @Test("More carts than were confirmed are refused with an error that names both numbers, and nothing is removed")
    func moreThanConfirmed() async throws {
        try await shop.keepDue(12)
        let front = PausingStore(store: shop.store)
        let bulk = bulk(in: front)
        let count = try await bulk.count()
        #expect(count == 12)
        let error = await #expect(throws: CartError.self) { _ = try await bulk.run(confirmed: 11, by: shop.author) }
        #expect(error?.code == .unconfirmed)
        #expect(error?.reason.contains("12") == true)
        #expect(error?.reason.contains("11") == true)
        #expect(front.sizes.isEmpty)
        let left = try await shop.count()
        #expect(left == 12)
    }

    @Test("As many as were confirmed, or fewer, are removed, and nothing that the filter does not find", arguments: [12, 13, 1000])
    func confirmed(confirmed: Int) async throws {
        try await shop.keepDue(12)
        try await shop.keep("guest", owner: Owner.firstGuest, expires: .latest)
        let removed = try await bulk(Self.filter { $0.ownerKind = .customer }).run(confirmed: confirmed, by: shop.author)
        #expect(removed == 12)
        let left = try await shop.keys()
        #expect(left == ["guest"])
        let entries = try await shop.removals()
        #expect(entries.count == 12)
        #expect(entries.allSatisfy { $0.actor == "service:sweep" })
    }

    @Test("Where there is nothing to remove, nothing is removed")
    func nothing() async throws {
        let removed = try await bulk().run(confirmed: 0, by: shop.author)
        #expect(removed == 0)
    }

    @Test("Many carts are removed in batches of five hundred, each told of")
    func batches() async throws {
        try await shop.keepDue(1200)
        let front = PausingStore(store: shop.store)
        let told = Mutex<[Int]>([])
        let removed = try await bulk(in: front).run(
            confirmed: 1200, by: shop.author, progress: { removed in told.withLock { $0.append(removed) } })
        #expect(removed == 1200)
        #expect(front.sizes == [500, 500, 200])
        let progress = told.withLock { $0 }
        #expect(progress == [500, 1000, 1200])
        let left = try await shop.count()
        #expect(left == 0)
    }

    @Test("A cart that changes before its turn comes stays, and so does one that is made meanwhile")
    func changedMeanwhile() async throws {
        for key in ["a", "b", "c"] { try await shop.keep(key, expires: .latest) }
        let front = PausingStore(store: shop.store) { [shop] (_) throws(CartError) in
            guard let key = CartKey("b"), let other = CartKey("d"), let record = try await shop.store.cart(key) else { return }
            var cart = try record.cart()
            cart.items = []
            _ = try await shop.store.apply([.save(cart, wasAbandoned: false, replacing: record.revision)])
            cart = try record.cart()
            cart.key = other
            _ = try await shop.store.apply([.save(cart, wasAbandoned: false, replacing: nil)])
        }
        let removed = try await bulk(Self.filter { $0.isEmpty = false }, in: front).run(confirmed: 3, by: shop.author)
        #expect(removed == 2)
        let left = try await shop.keys()
        #expect(left == ["b", "d"])
    }

    @Test("What was removed before the store failed stays removed, and the error is told")
    func failing() async throws {
        try await shop.keepDue(600)
        let front = PausingStore(store: shop.store) { (removal) throws(CartError) in
            if removal == 2 { throw CartError(.unavailable, "The disk reports an error.", retryAfter: 5) }
        }
        let error = await #expect(throws: CartError.self) { _ = try await bulk(in: front).run(confirmed: 600, by: shop.author) }
        #expect(error?.code == .unavailable)
        let left = try await shop.count()
        #expect(left == 100)
    }
}
