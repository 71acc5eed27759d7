#if Postgres
import CartCore
import CartTesting
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite("The PostgreSQL store keeps to its ports", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct StoreContractTests {
    @Test("holds each promise of the contract", arguments: StoreContract.checks)
    func contract(check: StoreContract.Check) async throws {
        try await withTemporaryStore { store, _ in
            try await check.run(store)
            let wrong = try await store.verify()
            #expect(wrong == [])
        }
    }

    @Test("is equal to the oracle after any sequence of writes and questions", arguments: 1...6, [0, 20_000])
    func comparison(seed: Int, cheapToSort: Int) async throws {
        try await withTemporaryStore(cheapToSort: cheapToSort) { store, _ in
            try await StoreContract.compare(store, seed: UInt64(seed + cheapToSort), steps: 400)
            let wrong = try await store.verify()
            #expect(wrong == [])
        }
    }
}
#endif
