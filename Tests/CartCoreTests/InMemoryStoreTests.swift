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

    @Test("The comparison notices a store that is wrong in a small thing", arguments: FaultyStore.Fault.allCases)
    func noticesFaults(fault: FaultyStore.Fault) async throws {
        let violation = await #expect(throws: ContractViolation.self) {
            for seed in 1...4 as ClosedRange<UInt64> {
                try await StoreContract.compare(FaultyStore(fault: fault), seed: seed, steps: 400)
            }
        }
        #expect(violation?.description.contains("Seed") == true)
        #expect(violation?.description.contains("step") == true)
    }

    @Test("The checks notice a store that is careless in one thing", arguments: CarelessStore.Fault.allCases)
    func noticesCarelessness(fault: CarelessStore.Fault) async throws {
        var violations = 0
        // From the end: the checks that take longest stand in front.
        for check in StoreContract.checks.reversed() where violations == 0 {
            do {
                try await check.run(CarelessStore(fault: fault))
            } catch is ContractViolation {
                violations += 1
            }
        }
        #expect(violations > 0)
    }

    @Test("Random questions find some of the carts, and not always none or all")
    func questionsAreUseful() async throws {
        let store = InMemoryStore()
        var generator = CartGenerator(seed: 8)
        _ = try await store.apply((0..<100).map { _ in .save(generator.cart(), wasAbandoned: false, replacing: nil) })
        let records = try await store.page(CartQuery(clock: StateClock(now: .latest, abandonedAfter: .hours(1)), limit: 100)).records
        var some = 0
        for _ in 0..<1000 {
            let page = try await store.page(generator.query(over: records))
            if page.total > 0, page.total < 100 { some += 1 }
        }
        #expect(some > 300)
    }

    @Test("Drafts of the generator are accepted and come back from their carts' documents")
    func draftsAreAccepted() async throws {
        var generator = CartGenerator(seed: 12)
        let service = CartService(store: InMemoryStore(), random: SeededRandom())
        for result in try await service.put((0..<200).map { _ in generator.draft() }, at: CartGenerator.base) {
            let saved = try result.get()
            #expect(try saved.record.cart() == saved.cart)
        }
    }

    @Test("Equal seeds give equal bytes and carts")
    func seeds() {
        #expect(SeededRandom(seed: 5).bytes(64) == SeededRandom(seed: 5).bytes(64))
        #expect(SeededRandom(seed: 5).bytes(64) != SeededRandom(seed: 6).bytes(64))
        #expect(SeededRandom().bytes(0).isEmpty)
        // The first output of SplitMix64 for seed 0, from the published reference.
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        var one = CartGenerator(seed: 3)
        var two = CartGenerator(seed: 3)
        for _ in 0..<20 { #expect(one.cart() == two.cart()) }
    }
}
