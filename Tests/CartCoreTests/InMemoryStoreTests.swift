import CartCore
import CartTesting
import Testing

@Suite("The store in memory")
struct InMemoryStoreTests {
    @Test("It keeps every promise of the ports", arguments: StoreContract.checks)
    func contract(check: StoreContract.Check) async throws {
        try await check.run(InMemoryStore())
    }

    @Test("Two stores that are put the same random writes and questions stay equal", arguments: [1, 2] as [UInt64])
    func comparison(seed: UInt64) async throws {
        try await StoreContract.compare(InMemoryStore(), seed: seed, steps: 300)
    }
}
