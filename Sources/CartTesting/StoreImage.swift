import CartCore

/// What a store answers to everybody who asks, in all its parts.
struct StoreImage {
    private var carts: [CartRecord]
    /// For each order: the carts of the list with and without a condition, by their ids.
    private var lists: [[Int64]] = []
    private var found: [[Int64]] = []
    private var users: [User]
    private var keys: [KeyAndUser]
    private var usage: [KeyUsageReport] = []
    private var trail: [AuditEntry]
    private var figures: [Int64: CartStatistics]
    private var sessions: [Session?] = []
    private var answers: [[UInt8]?] = []
    private var notes: [[UInt8]?] = []
    private var revisions: [Int64]

    init(_ store: some Store) async throws {
        carts = []
        while true {
            let next = try await store.carts(CartFilter(), at: Trial.clock, after: carts.last?.id ?? 0, limit: 9)
            if next.isEmpty { break }
            carts += next
        }
        for field in CartSort.Field.allCases {
            for filled in [nil, false] as [Bool?] {
                var filter = CartFilter()
                filter.isEmpty = filled
                let query = CartQuery(filter: filter, clock: Trial.clock, sort: CartSort(field), limit: 1000)
                lists.append(try await store.page(query).records.map(\.id))
            }
        }
        for text in ["ñandú", "z", "an", "\u{1F600}ñ", "example"] {
            var filter = CartFilter()
            filter.search = text
            found.append(try await store.page(CartQuery(filter: filter, clock: Trial.clock, limit: 1000)).records.map(\.id))
            filter = CartFilter()
            filter.name = .either(text)
            found.append(try await store.page(CartQuery(filter: filter, clock: Trial.clock, limit: 1000)).records.map(\.id))
        }
        for product in 1...5 as ClosedRange<Int64> {
            var filter = CartFilter()
            filter.productIDs = [product]
            found.append(try await store.page(CartQuery(filter: filter, clock: Trial.clock, limit: 1000)).records.map(\.id))
        }
        users = try await store.users()
        keys = try await store.keys()
        for entry in keys { usage.append(try await store.usage(ofKey: entry.key.id)) }
        trail = try await store.entries(after: 0, limit: 10_000)
        let now = StateClock(now: Trial.base + .days(3), abandonedAfter: .hours(1))
        figures = try await store.statistics(at: now, days: (0..<5).map { Trial.base.startOfQuarter - .days(1) + .days($0) })
        for number in 0...6 {
            sessions.append(try await store.session(Array(repeating: UInt8(number), count: 32), at: Trial.base)?.session)
        }
        for name in ["answered", "empty", "long", "meanwhile", "never"] {
            answers.append(try await store.answer(to: CopySample.request(name)))
        }
        for name in ["sweep", "nul\0", "meanwhile", "copy"] { notes.append(try await store.note(name)) }
        revisions = [try await store.revision(), try await store.credentialsRevision()]
    }

    /// Finds it wrong unless both answer in the same way.
    func expectSame(as other: StoreImage) throws {
        try expect(carts, is: other.carts, "carts")
        try expect(lists, is: other.lists, "lists")
        try expect(found, is: other.found, "carts that are found")
        try expect(users, is: other.users, "users")
        try expect(keys, is: other.keys, "keys")
        try expect(usage, is: other.usage, "the use of keys")
        try expect(trail, is: other.trail, "the audit trail")
        try expect(figures, is: other.figures, "statistics")
        try expect(sessions, is: other.sessions, "sessions")
        try expect(answers, is: other.answers, "kept answers")
        try expect(notes, is: other.notes, "notes")
        try expect(revisions, is: other.revisions, "revisions")
    }
}

extension Timestamp {
    fileprivate var startOfQuarter: Timestamp { Timestamp(milliseconds: milliseconds - milliseconds % CartEvent.quarter) }
}
