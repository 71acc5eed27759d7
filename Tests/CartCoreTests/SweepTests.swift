import CartCore
import CartTesting
import Testing

@Suite("Which carts the clean-up removes")
struct SweepTests {
    private let shop = SweptShop()

    @Test("A cart goes when it has been expired for exactly as long as its group is kept, and not a millisecond before")
    func boundaries() async throws {
        let policy = SweepPolicy(keepGuest: .days(1), keepCustomer: .days(10), keepEmpty: .hours(2))
        let groups: [(name: String, owner: Int64, kinds: [CartItem.Kind], keep: TimeSpan)] = [
            ("guest", Owner.firstGuest, [.cart], .days(1)), ("customer", 7, [.cart], .days(10)),
            ("empty-guest", Owner.firstGuest, [], .hours(2)), ("empty-customer", 7, [], .hours(2)),
            ("wish-guest", Owner.firstGuest, [.wishlist], .days(1)), ("wish-customer", 7, [.wishlist], .days(10)),
            ("removed-guest", Owner.firstGuest, [.removed], .days(1)),
        ]
        for (name, owner, kinds, keep) in groups {
            let due = shop.clock.now - keep
            try await shop.keep("\(name)-before", owner: owner, kinds: kinds, expires: due - TimeSpan(milliseconds: 1))
            try await shop.keep("\(name)-at", owner: owner, kinds: kinds, expires: due)
            try await shop.keep("\(name)-after", owner: owner, kinds: kinds, expires: due + TimeSpan(milliseconds: 1))
            try await shop.keep("\(name)-alive", owner: owner, kinds: kinds, expires: .latest)
        }
        let report = try #require(try await shop.sweep(policy))
        #expect(report.outcome == .done)
        #expect(report.due == 2 * groups.count)
        #expect(report.total == 4 * groups.count)
        #expect(report.removed == 2 * groups.count)
        #expect(report.backlog == 0)
        let left = try await shop.keys()
        let expected = groups.flatMap { ["\($0.name)-after", "\($0.name)-alive"] }.sorted()
        #expect(left == expected)
    }

    @Test("An empty cart has its own time, also when that is the longer one")
    func emptyIsKeptLonger() async throws {
        try await shop.keep("empty", owner: Owner.firstGuest, kinds: [], expires: shop.clock.now - .days(2))
        try await shop.keep("filled", owner: Owner.firstGuest, kinds: [.cart], expires: shop.clock.now - .days(2))
        _ = try await shop.sweep(SweepPolicy(keepGuest: .days(1), keepCustomer: .days(1), keepEmpty: .days(3)))
        let left = try await shop.keys()
        #expect(left == ["empty"])
    }

    @Test("A group without a time is kept for ever, and the others are not", arguments: SweepPolicy.Group.allCases)
    func forEver(group: SweepPolicy.Group) async throws {
        let day = TimeSpan.days(1)
        let policy = SweepPolicy(
            keepGuest: group == .guest ? nil : day, keepCustomer: group == .customer ? nil : day, keepEmpty: group == .empty ? nil : day)
        try await shop.keep("guest", owner: Owner.firstGuest, kinds: [.cart], expires: .earliest)
        try await shop.keep("customer", owner: 1, kinds: [.cart], expires: .earliest)
        try await shop.keep("empty", owner: 1, kinds: [], expires: .earliest)
        let report = try #require(try await shop.sweep(policy))
        #expect(report.due == 2)
        #expect(report.removed == 2)
        let left = try await shop.keys()
        #expect(left == [group.rawValue])
    }

    @Test("Where nothing is due nothing happens to the carts, and the report says so")
    func nothingDue() async throws {
        try await shop.keep("a", expires: shop.clock.now - .days(36))
        let revision = try await shop.store.revision()
        let report = try #require(try await shop.sweep())
        #expect(report.outcome == .done)
        #expect(report.due == 0 && report.total == 1 && report.removed == 0)
        #expect(try await shop.store.revision() == revision)
    }

    @Test("How many are due is known by group, without removing any")
    func backlog() async throws {
        let long = shop.clock.now - .days(100)
        for number in 0..<2 { try await shop.keep("g\(number)", owner: Owner.firstGuest, expires: long) }
        for number in 0..<3 { try await shop.keep("c\(number)", expires: long) }
        try await shop.keep("e", kinds: [], expires: long)
        try await shop.keep("alive", expires: .latest)
        let all = try await shop.sweeper().backlog(at: shop.clock.now)
        #expect(all == [.guest: 2, .customer: 3, .empty: 1])
        let total = try await shop.sweeper().total()
        #expect(total == 7)
        let some = try await shop.sweeper(SweepPolicy(keepGuest: nil)).backlog(at: shop.clock.now)
        #expect(some == [.customer: 3, .empty: 1])
    }

    @Test("A cart that is renewed between the look and the removal stays, and no entry tells of it")
    func renewed() async throws {
        for key in ["a", "b", "c"] { try await shop.keep(key, expires: shop.clock.now - .days(100)) }
        let front = PausingStore(store: shop.store) { [shop] (_) throws(CartError) in
            guard let key = CartKey("b"), let record = try await shop.store.cart(key) else { return }
            var cart = try record.cart()
            cart.expires = shop.clock.now + .days(7)
            _ = try await shop.store.apply([.save(cart, wasAbandoned: false, replacing: record.revision)])
        }
        let report = try #require(try await shop.sweep(over: front))
        #expect(report.outcome == .done)
        #expect(report.due == 3)
        #expect(report.removed == 2)
        #expect(report.backlog == 1)
        let left = try await shop.keys()
        #expect(left == ["b"])
        let removed = try await shop.removals().map(\.subject).sorted()
        #expect(removed == ["cart:a", "cart:c"])
    }

    @Test("The audit trail names who swept, from where, and when each batch was removed")
    func author() async throws {
        try await shop.keep("a", expires: shop.clock.now - .days(100))
        let address = try #require(NetworkAddress("192.0.2.1"))
        let author = Author(.user(id: 3), from: address, at: shop.clock.now)
        shop.clock.advance(by: .seconds(5))
        _ = try await shop.sweeper().run(by: author)
        let entry = try #require(try await shop.removals().first)
        #expect(entry.actor == "user:3")
        #expect(entry.address == "192.0.2.1")
        #expect(entry.at == author.now + .seconds(5))
    }

    @Test("What is due is asked at the moment of the author, not at that of the process")
    func moment() async throws {
        try await shop.keep("a", expires: shop.clock.now - .days(37) + .seconds(1))
        let author = Author(.service("sweep"), at: shop.clock.now)
        shop.clock.advance(by: .days(1))
        let report = try #require(try await shop.sweeper().run(by: author))
        #expect(report.due == 0)
        #expect(report.started == author.now)
        let left = try await shop.keys()
        #expect(left == ["a"])
    }
}

/// Carts, a clock, and what sweeps them.
struct SweptShop: Sendable {
    let store = InMemoryStore()
    let clock = ManualClock()

    var author: Author { Author(.service("sweep"), at: clock.now) }

    func sweeper(_ policy: SweepPolicy = SweepPolicy(), over front: (any Store)? = nil, seed: UInt64 = 1) -> Sweeper {
        Sweeper(store: front ?? store, policy: policy, abandonedAfter: .hours(1), clock: clock, random: SeededRandom(seed: seed))
    }

    func sweep(_ policy: SweepPolicy = SweepPolicy(), over front: (any Store)? = nil) async throws -> SweepReport? {
        try await sweeper(policy, over: front).run(by: author)
    }

    func keep(_ key: String, owner: Int64 = 1, kinds: [CartItem.Kind] = [.cart], expires: Timestamp) async throws {
        try await keep([key], owner: owner, kinds: kinds, expires: expires)
    }

    func keep(_ keys: [String], owner: Int64 = 1, kinds: [CartItem.Kind] = [.cart], expires: Timestamp) async throws {
        let owner = try #require(Owner(id: owner))
        var changes: [CartChange] = []
        for key in keys {
            let key = try #require(CartKey(key))
            let cart = Cart(
                key: key, owner: owner,
                items: kinds.enumerated().map { CartItem(key: "i\($0.offset)", kind: $0.element, productID: 1) },
                created: .earliest, updated: .earliest, expires: expires)
            changes.append(.save(cart, wasAbandoned: false, replacing: nil))
        }
        _ = try await store.apply(changes)
    }

    /// Keeps so many carts of customers that are long due.
    func keepDue(_ count: Int) async throws {
        try await keep((0..<count).map { "due-\($0)" }, expires: clock.now - .days(100))
    }

    /// The keys of all carts, sorted; at most a thousand.
    func keys() async throws -> [String] {
        let page = try await store.page(CartQuery(clock: StateClock(now: clock.now, abandonedAfter: .hours(1)), limit: 1000))
        return try page.records.map { try $0.cart().key.text }.sorted()
    }

    func count() async throws -> Int {
        try await store.page(CartQuery(clock: StateClock(now: clock.now, abandonedAfter: .hours(1)), limit: 1)).total
    }

    /// The entries about carts that were removed, in order.
    func removals() async throws -> [AuditEntry] {
        try await store.entries(after: 0, limit: 100_000).filter { $0.action == .cartDelete }
    }
}
