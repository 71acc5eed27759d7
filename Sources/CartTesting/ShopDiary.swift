import CartCore

/// A random life of a shop over some days, with a diary of what happened: what a store's figures are compared with.
///
/// The count is plain on purpose and shares no rule with the product: all carts are read before and after each step, and the diary
/// says what the difference means.
struct ShopDiary {
    /// When some days begin in a zone of time.
    struct Calendar: Sendable {
        var name: String
        /// In UTC.
        var days: [String]
    }

    static let calendars = [
        Calendar(
            name: "half an hour off (Kolkata)",
            days: ["2023-11-14T18:30:00Z", "2023-11-15T18:30:00Z", "2023-11-16T18:30:00Z", "2023-11-17T18:30:00Z"]),
        Calendar(
            name: "three quarters of an hour off (Kathmandu)",
            days: ["2023-11-14T18:15:00Z", "2023-11-15T18:15:00Z", "2023-11-16T18:15:00Z", "2023-11-17T18:15:00Z"]),
        Calendar(
            name: "with a day of 25 hours (Berlin)",
            days: ["2023-10-27T22:00:00Z", "2023-10-28T22:00:00Z", "2023-10-29T23:00:00Z", "2023-10-30T23:00:00Z"]),
        Calendar(
            name: "with a day of 23 hours (Berlin)",
            days: ["2023-03-24T23:00:00Z", "2023-03-25T23:00:00Z", "2023-03-26T22:00:00Z", "2023-03-27T22:00:00Z"]),
    ]

    /// A moment near the base at which a quarter of an hour begins.
    static let quarter = Timestamp(milliseconds: CartGenerator.base.milliseconds / 900_000 * 900_000)

    private struct Standing {
        var record: CartRecord
        var cart: Cart

        var holdsItems: Bool { cart.items.contains { $0.kind == .cart } }
    }

    private struct Event {
        var storeID: Int64
        var event: CartEvent
        var at: Timestamp
    }

    private let store: any CartStore
    private let service: CartService
    private let days: [Timestamp]
    private let keys: [CartKey]
    private var generator: CartGenerator
    private var now: Timestamp
    private var events: [Event] = []

    init(store: any CartStore, calendar: Calendar, seed: UInt64) throws {
        self.store = store
        service = CartService(store: store, random: SeededRandom(seed: seed))
        days = try calendar.days.map { try require(Timestamp(iso8601: $0), "the day \($0)") }
        keys = (0..<25).compactMap { CartKey("key-\($0)") }
        generator = CartGenerator(seed: seed)
        now = try require(days.first, "a day") - .hours(14)
    }

    /// Goes on until half a day after the last day began, and looks at the figures now and then.
    mutating func live() async throws {
        let end = try require(days.last, "a day") + .hours(12)
        var step = 0
        while now < end {
            letTimePass()
            try await act()
            step += 1
            if step % 12 == 0 { try await compare() }
        }
        try await compare()
        let kinds = Set(events.map(\.event))
        try expect(kinds.count == CartEvent.allCases.count, "nothing but \(kinds) happened in \(step) steps")
    }

    /// Often to a moment at which a day may begin, or to the millisecond before it.
    private mutating func letTimePass() {
        switch generator.number(1...20) {
        case 1...6: now = roundedUp(now + .minutes(Int64(15 * generator.number(0...8))))
        case 7: now = max(now, roundedUp(now) - TimeSpan(milliseconds: 1))
        case 8...9: now = now + TimeSpan(milliseconds: Int64(generator.number(1...3_000_000)))
        case 10: now = now + .hours(Int64(generator.number(3...7)))
        default: now = now + .minutes(Int64(generator.number(0...20)))
        }
    }

    private func roundedUp(_ moment: Timestamp) -> Timestamp {
        Timestamp(milliseconds: (moment.milliseconds + 899_999) / 900_000 * 900_000)
    }

    private mutating func act() async throws {
        let before = try await standing()
        let author = Author.tester(at: now)
        let one = before.isEmpty ? nil : before[generator.pick(before.keys.sorted())]
        var comesBack = false
        switch generator.number(1...20) {
        case 1...9:
            let key = generator.pick(keys)
            let old = before.values.first { $0.record.keyText == key.text }?.cart
            let written = draft(key, over: old)
            _ = try await service.put(written, under: key, in: nil, by: author)
            comesBack = true
        case 10...11:
            let start = generator.number(0...(keys.count - 3))
            var drafts: [CartDraft] = []
            for key in keys[start..<(start + 3)] { drafts.append(draft(key, over: nil)) }
            for result in try await service.put(drafts, by: author) { _ = try result.get() }
            comesBack = true
        case 12...14:
            guard let one else { return }
            var order = try CartDraft(document: one.record.document, maximumDepth: 512)
            order.orderID = 77
            order.updated = nil
            _ = try await service.put(order, under: one.cart.key, in: nil, by: author)
            comesBack = true
        case 15...16:
            guard let one, one.holdsItems else { return }
            try await service.emptyCarts(of: one.cart.owner.id, in: nil, by: author)
        case 17:
            guard let one else { return }
            try await service.delete(one.cart.key, in: nil, by: author)
        default:
            let filter = someFilter()
            let clock = StateClock(now: now, abandonedAfter: .hours(1))
            let ids = try await store.ids(filter, at: clock)
            let some = Array(ids.suffix(generator.number(0...3)))
            let removed = try await store.delete(some, meeting: filter, at: clock, by: author, under: nil)
            try expect(removed, is: some.count, "carts removed")
        }
        note(before, try await standing(), comesBack: comesBack)
    }

    private mutating func draft(_ key: CartKey, over old: Cart?) -> CartDraft {
        var draft = generator.draft(key: key)
        draft.orderID = generator.chance(5) ? 7 : nil
        draft.created = generator.chance(20) ? now - .minutes(Int64(generator.number(-60...3000))) : nil
        switch generator.number(1...10) {
        case 1...2: draft.updated = old?.updated
        case 3: draft.updated = now - .minutes(Int64(generator.number(0...300)))
        case 4: draft.updated = now + .minutes(Int64(generator.number(0...120)))
        default: draft.updated = nil
        }
        draft.expires = generator.chance(25) ? now + .minutes(Int64(generator.number(-30...240))) : nil
        return draft
    }

    private mutating func someFilter() -> CartFilter {
        var filter = CartFilter()
        switch generator.number(1...4) {
        case 1: filter.state = generator.pick(CartState.allCases)
        case 2: filter.storeID = Int64(generator.number(1...3))
        case 3: filter.updated.to = (now - .hours(2)).milliseconds
        default: filter = generator.filter()
        }
        return filter
    }

    private func standing() async throws -> [Int64: Standing] {
        let clock = StateClock(now: now, abandonedAfter: .hours(1))
        var found: [Int64: Standing] = [:]
        var last: Int64 = 0
        while true {
            let records = try await store.carts(CartFilter(), at: clock, after: last, limit: 100)
            guard let newest = records.last else { return found }
            for record in records { found[record.id] = Standing(record: record, cart: try record.cart()) }
            last = newest.id
        }
    }

    /// Writes down what a step did.
    ///
    /// - Parameter comesBack: whether it was the shopper who changed carts.
    private mutating func note(_ before: [Int64: Standing], _ after: [Int64: Standing], comesBack: Bool) {
        for (id, new) in after where before[id] == nil {
            events.append(Event(storeID: new.cart.storeID, event: .created, at: min(new.cart.created, now)))
        }
        for (id, old) in before {
            let new = after[id]
            if new?.record.revision == old.record.revision { continue }
            // It rested until it was removed, or until what is now called its last change.
            var end = now
            if let new { end = min(new.cart.updated, now) }
            guard let moment = abandonment(of: old, by: end) else { continue }
            events.append(Event(storeID: old.cart.storeID, event: .abandoned, at: moment))
            if new != nil, comesBack { events.append(Event(storeID: old.cart.storeID, event: .recovered, at: end)) }
        }
    }

    /// When a cart had rested for an hour with something to buy in it, no order made of it, and before it expired.
    private func abandonment(of standing: Standing, by end: Timestamp) -> Timestamp? {
        let moment = Timestamp(milliseconds: standing.cart.updated.milliseconds + 3_600_000)
        guard standing.holdsItems, standing.cart.orderID == nil, moment < standing.cart.expires, moment <= end else { return nil }
        return moment
    }
}

extension ShopDiary {
    private func compare() async throws {
        let clock = StateClock(now: now, abandonedAfter: .hours(1))
        let found = try await store.statistics(at: clock, days: days)
        let expected = try await count()
        let none = CartStatistics(days: days)
        for storeID in Set(found.keys).union(expected.keys).sorted() {
            let (right, given) = (expected[storeID] ?? none, found[storeID] ?? none)
            let place = "of store \(storeID) at \(now.iso8601)"
            for state in CartState.allCases { try expect(given.states[state], is: right.states[state], "\(state) carts \(place)") }
            for (day, other) in zip(right.days, given.days) {
                try expect(other.events, is: day.events, "events of the day from \(day.start.iso8601) \(place)")
            }
            try expect(given, is: right, "figures \(place)")
            let ordered = right.abandonedProducts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            try expect(
                given.topProducts(3).map { "\($0.product) in \($0.carts)" }, is: ordered.prefix(3).map { "\($0.key) in \($0.value)" },
                "products in the most abandoned carts \(place)")
        }
    }

    /// The figures by looking at each cart and at each line of the diary.
    private func count() async throws -> [Int64: CartStatistics] {
        let none = CartStatistics(days: days)
        var stores: [Int64: CartStatistics] = [:]
        func happened(_ event: CartEvent, _ moment: Timestamp, in storeID: Int64) {
            for place in days.indices where days[place] <= moment && (place + 1 == days.count || moment < days[place + 1]) {
                stores[storeID, default: none].days[place].events[event, default: 0] += 1
            }
        }
        for standing in try await standing().values {
            let cart = standing.cart
            let toBuy = cart.items.filter { $0.kind == .cart }
            let rests = cart.updated.milliseconds + 3_600_000 <= now.milliseconds
            let state: CartState
            if cart.orderID != nil {
                state = .converted
            } else if cart.expires <= now {
                state = .expired
            } else if !toBuy.isEmpty, rests {
                state = .abandoned
            } else {
                state = standing.record.wasAbandoned ? .recovered : .active
            }
            var figures = stores[cart.storeID] ?? none
            figures.states[state]?.carts += 1
            figures.states[state]?.withItems += toBuy.isEmpty ? 0 : 1
            figures.states[state]?.items += Int64(toBuy.count)
            figures.states[state]?.currencies[cart.currency.code, default: 0] += 1
            figures.states[state]?.value[cart.currency.code, default: 0] += cart.totals.total
            if state == .abandoned {
                for product in Set(toBuy.map(\.productID)) { figures.abandonedProducts[product, default: 0] += 1 }
            }
            stores[cart.storeID] = figures
            if let moment = abandonment(of: standing, by: now) { happened(.abandoned, moment, in: cart.storeID) }
        }
        for event in events { happened(event.event, event.at, in: event.storeID) }
        return stores
    }
}
