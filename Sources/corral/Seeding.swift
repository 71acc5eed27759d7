import CartCore
import CartSamples

/// Writes sample carts into a store.
struct Seeding {
    /// Carts in one transaction. Neighbours in the many indexes then share the pages that are written.
    private static let batch = 10_000

    let store: any CartStore
    private let shop: SampleShop

    init(store: any CartStore, policy: CartPolicy, seed: UInt64, now: Timestamp) {
        self.store = store
        shop = SampleShop(seed: seed, now: now, policy: policy)
    }

    /// - Parameter count: 0 or more.
    /// - Returns: how many were written; carts that stand already are left as they are.
    func seed(_ count: Int) async throws -> Int {
        let progress = Progress("Seeding", of: count)
        defer { progress.end() }
        var written = 0
        // The next carts are made while the last ones are written.
        var ready = carts(0..<min(Self.batch, count))
        for start in stride(from: 0, to: count, by: Self.batch) {
            let next = min(start + Self.batch, count)
            let changes = ready
            async let results = store.apply(changes)
            ready = carts(next..<min(next + Self.batch, count))
            for case .saved in try await results { written += 1 }
            progress.show(next)
        }
        return written
    }

    private func carts(_ numbers: Range<Int>) -> [CartChange] {
        numbers.map { .save(shop.cart($0), wasAbandoned: false, replacing: nil) }
    }
}
