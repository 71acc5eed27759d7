#if Postgres
import CartCore
import CartSamples
import CartTesting

@testable import CartStorePostgres

/// Runs a test on a store of about 20,000 sample carts.
func withLargeStore(_ body: (PostgresStore, PostgresLocation) async throws -> Void) async throws {
    try await withTemporaryStore { store, location in
        let shop = SampleShop(seed: 7, now: LargeStore.clock.now, policy: CartPolicy())
        try await store.fillLarge(with: shop.cart)
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
