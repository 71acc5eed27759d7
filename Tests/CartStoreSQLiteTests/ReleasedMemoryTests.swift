import CartCore
import CartSamples
import CartTesting
import Testing

@testable import CartStoreSQLite

@Suite("Memory that is given back")
struct ReleasedMemoryTests {
    @Test("takes the idle connections with it, and reads and writes go on")
    func goesOn() async throws {
        try await withTemporaryStore { store, _ in
            let shop = SampleShop(seed: 1, now: LargeStore.clock.now, policy: CartPolicy())
            for number in 0..<5 {
                let cart = shop.cart(number)
                _ = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)])
                #expect(try await store.cart(cart.key) != nil)
                #expect(store.readers.idleCount > 0)
                store.releaseMemory()
                #expect(store.readers.idleCount == 0)
            }
            #expect(try await store.page(CartQuery(clock: LargeStore.clock, limit: 10)).total == 5)
        }
    }
}
