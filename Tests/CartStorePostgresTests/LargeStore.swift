#if Postgres
import CartCore
import CartSamples
import CartTesting
import Synchronization

@testable import CartStorePostgres

/// Runs a test on a store of about 20,000 sample carts.
///
/// A part is filled in, the rest written as a server writes: both make runs, and the second cuts them. Some carts are changed and some
/// deleted after all were written, so that runs have shrunk.
func withLargeStore(_ body: (PostgresStore, PostgresLocation) async throws -> Void) async throws {
    try await withTemporaryStore { store, location in
        let shop = SampleShop(seed: 7, now: LargeStore.clock.now, policy: CartPolicy())
        let filled = Mutex(0)
        _ = try await store.fill {
            let numbers = filled.withLock { filled in
                defer { filled = min(filled + 2500, 7500) }
                return filled..<min(filled + 2500, 7500)
            }
            return numbers.map(shop.cart)
        }
        for start in stride(from: 7500, to: 20_000, by: 2500) {
            _ = try await store.apply(
                (start..<(start + 2500)).map { .save(shop.cart($0), wasAbandoned: $0 % 11 == 0, replacing: nil) })
        }
        var changes: [CartChange] = []
        for number in stride(from: 0, to: 20_000, by: 17) {
            var cart = shop.cart(number)
            guard let revision = try await store.cart(cart.key)?.revision else { continue }
            if number % 2 == 0 {
                changes.append(.delete(cart.key, revision: revision))
            } else {
                cart.items = []
                cart.updated = cart.updated + .minutes(1)
                cart.totals.total = 0
                changes.append(.save(cart, wasAbandoned: false, replacing: revision))
            }
        }
        _ = try await store.apply(changes)
        // Whatever is left to tidy is tidied before the next write begins.
        for _ in 0..<10 { try await store.leave([], as: "wait") }
        try withConnection(to: location) { connection in
            try connection.withTimeout(.seconds(60)) {
                for table in Schema.cartTables { try connection.execute(["VACUUM (ANALYZE) \(table)"]) }
            }
        }
        try await body(store, location)
    }
}

enum LargeStore {
    static let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
}
#endif
