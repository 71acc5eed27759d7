import CartCore
import CartTesting
import Synchronization

/// A store in which somebody else writes to the carts just before a write, so many times.
final class ContendedStore: CartStore {
    private let store: InMemoryStore
    private let times: Mutex<Int>

    init(store: InMemoryStore, times: Int) {
        self.store = store
        self.times = Mutex(times)
    }

    func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        let isContended = times.withLock { times in
            defer { times = max(0, times - 1) }
            return times > 0
        }
        if isContended {
            for case .save(let cart, let wasAbandoned, _) in changes {
                let standing = try await store.cart(cart.key)
                _ = try await store.apply([.save(cart, wasAbandoned: wasAbandoned, replacing: standing?.revision)])
            }
        }
        return try await store.apply(changes, by: author)
    }

    func cart(_ key: CartKey) async throws(CartError) -> CartRecord? { try await store.cart(key) }
    func page(_ query: CartQuery) async throws(CartError) -> CartPage { try await store.page(query) }
    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        try await store.carts(filter, at: clock, after: id, limit: limit)
    }

    func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult { try await store.apply(changes, by: author, once: request, answer: answer) }

    var writeCounts: WriteCounts { store.writeCounts }

    func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int? {
        try await store.fill(next, by: author)
    }

    func verify() async throws(CartError) -> [String] { try await store.verify() }
    func check() async throws(CartError) { try await store.check() }
    func close() async { await store.close() }
}

/// A store whose documents cannot be read.
struct DamagedStore: CartStore {
    let store: InMemoryStore

    func cart(_ key: CartKey) async throws(CartError) -> CartRecord? {
        var record = try await store.cart(key)
        record?.document.removeLast()
        return record
    }

    func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        try await store.apply(changes, by: author)
    }
    func page(_ query: CartQuery) async throws(CartError) -> CartPage { try await store.page(query) }
    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        try await store.carts(filter, at: clock, after: id, limit: limit)
    }

    func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult { try await store.apply(changes, by: author, once: request, answer: answer) }

    var writeCounts: WriteCounts { store.writeCounts }

    func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int? {
        try await store.fill(next, by: author)
    }

    func verify() async throws(CartError) -> [String] { try await store.verify() }
    func check() async throws(CartError) { try await store.check() }
    func close() async { await store.close() }
}
