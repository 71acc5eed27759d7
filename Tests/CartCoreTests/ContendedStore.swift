import CartCore
import CartTesting
import Synchronization

/// A store in which somebody else writes to the carts just before a write, so many times.
final class ContendedStore: StoreInFront {
    let store: InMemoryStore
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
            for case .save(let cart, _, let wasAbandoned, _) in changes {
                let standing = try await store.cart(cart.key)
                _ = try await store.apply([.save(cart, wasAbandoned: wasAbandoned, replacing: standing?.revision)])
            }
        }
        return try await store.apply(changes, by: author)
    }
}

/// A store whose documents cannot be read.
struct DamagedStore: StoreInFront {
    let store: InMemoryStore

    func cart(_ key: CartKey) async throws(CartError) -> CartRecord? {
        var record = try await store.cart(key)
        record?.document.removeLast()
        return record
    }
}
