import CartCore
import CartTesting
import Synchronization

/// A store that lets a test act just before each removal of carts, and says how large the removals were.
final class PausingStore: WholeStoreInFront {
    typealias Act = @Sendable (_ removal: Int) async throws(CartError) -> Void

    let store: InMemoryStore
    private let act: Act
    private let removals = Mutex<[Int]>([])

    /// - Parameter act: is told how many removals there were with the one that follows.
    init(store: InMemoryStore, _ act: @escaping Act = { _ in }) {
        self.store = store
        self.act = act
    }

    /// How many carts each removal was to be of.
    var sizes: [Int] { removals.withLock { $0 } }

    func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? {
        let number = removals.withLock { removals -> Int in
            removals.append(ids.count)
            return removals.count
        }
        try await act(number)
        return try await store.delete(ids, meeting: filter, at: clock, by: author, under: lease)
    }
}
