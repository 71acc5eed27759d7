import CartCore
import CartTesting

/// A store that stands in front of another and hands on what it does not do itself.
protocol StoreInFront: CartStore {
    var store: InMemoryStore { get }
}

extension StoreInFront {
    func cart(_ key: CartKey) async throws(CartError) -> CartRecord? { try await store.cart(key) }

    func newestCart(of ownerID: Int64, in storeID: Int64?) async throws(CartError) -> CartRecord? {
        try await store.newestCart(of: ownerID, in: storeID)
    }

    func page(_ query: CartQuery) async throws(CartError) -> CartPage { try await store.page(query) }

    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        try await store.carts(filter, at: clock, after: id, limit: limit)
    }

    func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64] { try await store.ids(filter, at: clock) }

    func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? { try await store.delete(ids, meeting: filter, at: clock, by: author, under: lease) }

    func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        try await store.apply(changes, by: author)
    }

    func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult { try await store.apply(changes, by: author, once: request, answer: answer) }

    func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int? {
        try await store.fill(next, by: author)
    }

    func revision() async throws(CartError) -> Int64 { try await store.revision() }

    func statistics(at clock: StateClock, days: [Timestamp]) async throws(CartError) -> [Int64: CartStatistics] {
        try await store.statistics(at: clock, days: days)
    }

    func forgetEvents(before moment: Timestamp) async throws(CartError) { try await store.forgetEvents(before: moment) }

    var writeCounts: WriteCounts { store.writeCounts }

    func verify() async throws(CartError) -> [String] { try await store.verify() }
    func check() async throws(CartError) { try await store.check() }
    func releaseMemory() { store.releaseMemory() }
    func close() async { await store.close() }
}
