import CartCore
import CartSamples
import Synchronization

/// Writes sample carts into a store.
struct Seeding {
    /// Carts that are made at once, and written in one transaction where carts stand already.
    private static let batch = 5000

    let store: any CartStore
    private let author: Author
    private let shop: SampleShop

    init(store: any CartStore, policy: CartPolicy, seed: UInt64, now: Timestamp) {
        self.store = store
        author = .atCommandLine(now: now)
        shop = SampleShop(seed: seed, now: now, policy: policy)
    }

    /// - Parameter count: 0 or more.
    /// - Returns: how many were written; carts that stand already are left as they are.
    func seed(_ count: Int) async throws -> Int {
        let progress = Progress("Seeding", of: count)
        defer { progress.end() }
        let shop = shop
        let made = Mutex(0)
        let next = { @Sendable in
            let numbers = made.withLock { made in
                defer { made = min(made + Self.batch, count) }
                return made..<min(made + Self.batch, count)
            }
            progress.show(numbers.lowerBound)
            return numbers.map(shop.cart)
        }
        if let filled = try await store.fill(next, by: author) { return filled }
        var written = 0
        for start in stride(from: 0, to: count, by: Self.batch) {
            let numbers = start..<min(start + Self.batch, count)
            let changes = numbers.map { CartChange.save(shop.cart($0), wasAbandoned: false, replacing: nil) }
            for case .saved in try await store.apply(changes, by: author) { written += 1 }
            progress.show(numbers.upperBound)
        }
        return written
    }
}
