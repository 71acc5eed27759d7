import CartCore
import CartTesting

/// A store that differs from the right one in one thing.
struct FaultyStore: StoreInFront {
    enum Fault: String, CaseIterable, Sendable {
        case ignoresCase, forgetsSource, miscountsTotal, givesNextAtEnd, breaksTies, forgetsAbandoned, usesIDsAgain, ignoresRevision,
            walksFromTheStart, deletesWithoutLooking, forgetsEvents, overlooksIDs
    }

    let fault: Fault
    let store = InMemoryStore()

    init(fault: Fault) { self.fault = fault }

    func page(_ query: CartQuery) async throws(CartError) -> CartPage {
        var query = query
        if fault == .ignoresCase { query.filter.search = query.filter.search?.lowercased() }
        if fault == .forgetsSource { query.filter.source = nil }
        var page = try await store.page(query)
        if fault == .miscountsTotal, page.total > page.records.count, case .after = query.start { page.total -= 1 }
        if fault == .givesNextAtEnd, page.next == nil, let last = page.records.last, page.records.count == query.limit,
            let cart = try? last.cart()
        {
            page.next = last.position(in: query.sort.field, of: cart)
        }
        if fault == .breaksTies, query.sort.field != .id, query.sort.direction == .descending {
            let positions = page.records.map { record in (try? record.cart()).map { record.position(in: query.sort.field, of: $0) } }
            for place in page.records.indices.dropFirst()
            where positions[place]?.value == positions[place - 1]?.value && positions[place]?.ownerID == positions[place - 1]?.ownerID {
                page.records.swapAt(place, place - 1)
                break
            }
        }
        return page
    }

    func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        var results: [CartChangeResult] = []
        for change in changes {
            var change = change
            if case .save(let cart, _, _, let revision) = change {
                if fault == .forgetsAbandoned { change = .save(cart, wasAbandoned: false, replacing: revision) }
                if fault == .ignoresRevision, revision != nil, let standing = try await store.cart(cart.key) {
                    change = .save(cart, wasAbandoned: false, replacing: standing.revision)
                }
            }
            var answer = try await store.apply([change], by: author)
            if fault == .usesIDsAgain, case .deleted(let revision) = answer[0] { answer = [.deleted(revision: revision - 1)] }
            results += answer
        }
        if fault == .forgetsEvents { try await store.forgetEvents(before: .latest) }
        return results
    }

    func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? {
        let filter = fault == .deletesWithoutLooking ? CartFilter() : filter
        return try await store.delete(ids, meeting: filter, at: clock, by: author, under: lease)
    }

    func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64] {
        let ids = try await store.ids(filter, at: clock)
        return fault == .overlooksIDs ? ids.filter { $0 % 7 != 0 } : ids
    }

    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        try await store.carts(filter, at: clock, after: fault == .walksFromTheStart ? 0 : id, limit: limit)
    }
}
