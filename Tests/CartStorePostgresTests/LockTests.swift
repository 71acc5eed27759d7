#if Postgres
import CartCore
import CartTesting
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite("A table that somebody has locked", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct LockTests {
    private static let callers = 30
    private let quick: Duration = .seconds(1)

    /// Calls the store from many tasks while another connection holds a lock; each must be told in time that it is held.
    private func expectRefusals(
        under lock: String, _ call: @escaping @Sendable (PostgresStore, Cart) async throws(CartError) -> Void
    ) async throws {
        try await withTemporaryDatabase { location in
            let store = try PostgresStore(location, cheapToSort: PageReader.standardCheapToSort, timeout: quick)
            var generator = CartGenerator(seed: 11)
            let carts = (0..<Self.callers).map { _ in generator.cart() }
            let holder = try Connection(location)
            try holder.execute(["BEGIN", lock])
            let begun = ContinuousClock.now
            await withTaskGroup { group in
                for cart in carts {
                    group.addTask {
                        let error = await #expect(throws: CartError.self) { try await call(store, cart) }
                        #expect(
                            ["The database did not answer in time.", "The database is locked by another process."].contains(error?.reason))
                    }
                }
            }
            // Not each of them after the one before it.
            #expect(ContinuousClock.now - begun < quick * 6)
            holder.rollBack()
            holder.close()
            try await call(store, carts[0])
            await store.close()
        }
    }

    @Test("refuses all reads of single carts together")
    func reads() async throws {
        try await expectRefusals(under: "LOCK TABLE cart_documents IN ACCESS EXCLUSIVE MODE") { store, cart throws(CartError) in
            _ = try await store.cart(cart.key)
        }
    }

    @Test("refuses all writes together")
    func writes() async throws {
        try await expectRefusals(under: "SELECT value FROM counters WHERE name = 'revision' FOR UPDATE") { store, cart throws(CartError) in
            _ = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester())
        }
    }
}
#endif
