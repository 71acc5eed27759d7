import CartCore

extension StoreContract {
    /// Puts a random sequence of writes and questions to a store and to one that is known to be right, and compares every answer.
    ///
    /// Both must be empty, and choose ids and revisions alike: from one counter that begins at 1, see ``InMemoryStore``.
    ///
    /// - Parameters:
    ///   - store: the store on trial.
    ///   - oracle: the store that is right.
    ///   - seed: equal seeds put equal sequences.
    ///   - steps: how many writes and questions; about half are writes of up to four changes.
    /// - Throws: ``ContractViolation`` that says the seed, the step and the difference; what a store threw.
    public static func compare(
        _ store: any CartStore, with oracle: any CartStore = InMemoryStore(), seed: UInt64, steps: Int
    ) async throws {
        var comparison = Comparison(store: store, oracle: oracle, seed: seed, room: max(20, steps / 4))
        for step in 1...max(steps, 1) { try await comparison.step(step) }
        try await comparison.compareAll()
    }
}

private struct Comparison {
    let store: any CartStore
    let oracle: any CartStore
    let seed: UInt64
    let keys: [CartKey]
    var generator: CartGenerator
    /// Carts that stood at some time, most of them at a revision that is stale by now.
    var known: [CartRecord] = []
    var now = 0
    private static let author = Author.tester(at: CartGenerator.base)

    init(store: any CartStore, oracle: any CartStore, seed: UInt64, room: Int) {
        self.store = store
        self.oracle = oracle
        self.seed = seed
        generator = CartGenerator(seed: seed)
        // So few keys that writes meet standing carts, and carts deleted before.
        keys = (0..<room).compactMap { CartKey($0 % 2 == 0 ? "key-\($0)" : "KEY_\($0)") }
    }

    mutating func step(_ number: Int) async throws {
        now = number
        switch generator.number(1...11) {
        case 1...5:
            var changes: [CartChange] = []
            for _ in 1...generator.number(1...4) { changes.append(try await change()) }
            try await compare(changes)
        case 6...8: try await compare(generator.query(over: known))
        case 9: try await compareWalk()
        case 10: try await compareRemoval()
        default: try await compare(generator.pick(keys))
        }
    }

    /// A write that is right in most cases; else it names a revision that is stale or made up, or none where one is needed.
    private mutating func change() async throws -> CartChange {
        let key = generator.pick(keys)
        let standing = try await oracle.cart(key)
        let revision: Int64? =
            switch generator.number(1...10) {
            case 1: nil
            case 2: Int64(generator.number(0...now * 3))
            case 3: known.isEmpty ? nil : generator.pick(known).revision
            default: standing?.revision
            }
        if generator.chance(20) { return .delete(key, revision: generator.chance(50) ? nil : revision) }
        return .save(generator.cart(key: key), wasAbandoned: generator.chance(30), replacing: revision)
    }

    private mutating func compare(_ changes: [CartChange]) async throws {
        let expected = try await oracle.apply(changes, by: Self.author)
        let found = try await store.apply(changes, by: Self.author)
        for (place, change) in changes.enumerated() {
            let answer = found.indices.contains(place) ? "\(found[place])" : "no answer"
            guard answer == "\(expected[place])" else {
                throw difference("change \(place + 1) of \(changes.count), \(change)", "\(expected[place])", answer)
            }
        }
        for change in changes {
            let key = change.key
            if let record = try await oracle.cart(key) {
                known.append(record)
                if known.count > 400 { known.removeFirst(200) }
            }
            try await compare(key)
        }
    }

    private func compare(_ key: CartKey) async throws {
        let expected = try await oracle.cart(key)
        let found = try await store.cart(key)
        guard found == expected else {
            throw difference("the cart under \(key)", expected.map(\.text) ?? "none", found.map(\.text) ?? "none")
        }
    }

    private func compare(_ query: CartQuery) async throws {
        let expected = try await oracle.page(query)
        let found = try await store.page(query)
        if found.total != expected.total { throw difference("the total of \(query)", "\(expected.total)", "\(found.total)") }
        for place in 0..<max(expected.records.count, found.records.count) {
            let right = expected.records.indices.contains(place) ? expected.records[place] : nil
            let other = found.records.indices.contains(place) ? found.records[place] : nil
            guard right == other else {
                throw difference(
                    "cart \(place + 1) of the page \(query)", right.map(\.text) ?? "none", other.map(\.text) ?? "none",
                    more: "ids expected: \(expected.records.map(\.id))\n   ids found: \(found.records.map(\.id))")
            }
        }
        guard found.next == expected.next else {
            throw difference("next of \(query)", "\(expected.next.debugText)", "\(found.next.debugText)")
        }
    }

    /// One step of a walk by ids.
    private mutating func compareWalk() async throws {
        let query = generator.query(over: known)
        let id = Int64(generator.number(0...now))
        let expected = try await oracle.carts(query.filter, at: query.clock, after: id, limit: query.limit)
        let found = try await store.carts(query.filter, at: query.clock, after: id, limit: query.limit)
        guard found == expected else {
            throw difference("the walk after \(id) of \(query)", "\(expected.map(\.id))", "\(found.map(\.id))")
        }
    }

    /// The ids that a filter finds, a removal of a few of them and of others, and the figures afterwards.
    private mutating func compareRemoval() async throws {
        let query = generator.query(over: known)
        let expected = try await oracle.ids(query.filter, at: query.clock)
        let found = try await store.ids(query.filter, at: query.clock)
        guard found == expected else { throw difference("the ids of \(query)", "\(expected)", "\(found)") }
        var named = Array(expected.suffix(2))
        for _ in 0..<3 where !known.isEmpty { named.append(generator.pick(known).id) }
        let right = try await oracle.delete(named, meeting: query.filter, at: query.clock, by: Self.author, under: nil)
        let removed = try await store.delete(named, meeting: query.filter, at: query.clock, by: Self.author, under: nil)
        guard removed == right else {
            throw difference("the removal of \(named) by \(query)", right.map(String.init) ?? "none", removed.map(String.init) ?? "none")
        }
        let (last, other) = (try await oracle.revision(), try await store.revision())
        guard last == other else { throw difference("the revision after a removal", "\(last)", "\(other)") }
        try await compareFigures(at: query.clock)
    }

    private func compareFigures(at clock: StateClock) async throws {
        let first = ShopDiary.quarter - .hours(6)
        let days = (0..<6 as Range<Int64>).map { first + .hours(2 * $0) }
        let none = CartStatistics(days: days)
        // A store without carts and without events on these days may be left out.
        let expected = try await oracle.statistics(at: clock, days: days).filter { $0.value != none }
        let found = try await store.statistics(at: clock, days: days).filter { $0.value != none }
        guard found == expected else { throw difference("the figures at \(clock)", "\(expected)", "\(found)") }
    }

    /// Walks through everything in every order.
    mutating func compareAll() async throws {
        for key in keys { try await compare(key) }
        try await compareFigures(at: StateClock(now: CartGenerator.base + .hours(6), abandonedAfter: CartGenerator.abandonedAfter))
        for field in CartSort.Field.allCases {
            for direction in CartSort.Direction.allCases {
                var start = CartQuery.Start.offset(0)
                for _ in 0...keys.count {
                    let clock = StateClock(now: CartGenerator.base, abandonedAfter: CartGenerator.abandonedAfter)
                    let query = CartQuery(clock: clock, sort: CartSort(field, direction), start: start, limit: 20)
                    try await compare(query)
                    guard let next = try await oracle.page(query).next else { break }
                    start = .after(next)
                }
            }
        }
    }

    private func difference(_ what: String, _ expected: String, _ found: String, more: String = "") -> ContractViolation {
        ContractViolation(
            """
            The store differs from the oracle. Seed \(seed), step \(now): \(what)
               expected: \(expected)
                  found: \(found)
               \(more)
            """)
    }
}

extension CartChange {
    fileprivate var key: CartKey {
        switch self {
        case .save(let cart, _, _, _): cart.key
        case .delete(let key, _): key
        }
    }
}

extension CartPosition? {
    fileprivate var debugText: String { map { "\($0)" } ?? "none" }
}
