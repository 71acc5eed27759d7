import CartCore
import CartTesting
import Testing

@Suite("What can be done with carts")
struct CartServiceTests {
    private let store = InMemoryStore()
    private let clock = ManualClock()
    private let service: CartService

    init() {
        service = CartService(store: store, random: SeededRandom())
    }

    private func key(_ text: String = "a") throws -> CartKey { try #require(CartKey(text)) }

    private func draft(_ change: (inout CartDraft) -> Void = { _ in }) -> CartDraft {
        var draft = CartDraft()
        draft.items = [CartDraft.Item(productID: 1)]
        change(&draft)
        return draft
    }

    @Test("A new cart is filled in, kept and loaded")
    func putNew() async throws {
        let saved = try await service.put(draft(), under: try key(), in: nil, at: clock.now)
        #expect(saved.isNew)
        #expect(saved.cart.key.text == "a")
        #expect(saved.cart.created == clock.now && saved.cart.updated == clock.now)
        #expect(!saved.record.wasAbandoned)
        #expect(try await service.cart(try key(), in: nil) == saved.record)
        #expect(try saved.record.cart() == saved.cart)
    }

    @Test("A guest's cart lives two days and a customer's seven after each change, or as long as the shop says")
    func expiry() async throws {
        let guest = try await service.put(draft(), under: try key("g"), in: nil, at: clock.now)
        #expect(guest.cart.expires == clock.now + .days(2))
        let owner = try #require(Owner(id: 5))
        let customer = try await service.put(draft { $0.owner = owner }, under: try key("c"), in: nil, at: clock.now)
        #expect(customer.cart.expires == clock.now + .days(7))
        clock.advance(by: .hours(30))
        let renewed = try await service.put(draft(), under: try key("g"), in: nil, at: clock.now)
        #expect(renewed.cart.expires == clock.now + .days(2))
        let named = try await service.put(draft { $0.expires = .latest }, under: try key("n"), in: nil, at: clock.now)
        #expect(named.cart.expires == .latest)
        let policy = CartPolicy(guestLifetime: .hours(1), customerLifetime: .hours(2))
        let other = CartService(store: store, policy: policy, random: SeededRandom(seed: 7))
        #expect(try await other.put(draft(), under: try key("p"), in: nil, at: clock.now).cart.expires == clock.now + .hours(1))
        #expect(
            try await other.put(draft { $0.owner = owner }, under: try key("q"), in: nil, at: clock.now).cart.expires == clock.now
                + .hours(2))
    }

    @Test("A replaced cart keeps its id, its owner and its time of creation, and nothing else")
    func replace() async throws {
        let first = try await service.put(draft { $0.customer.firstName = "Ann" }, under: try key(), in: nil, at: clock.now)
        clock.advance(by: .minutes(5))
        let second = try await service.put(draft(), under: try key(), in: nil, at: clock.now)
        #expect(!second.isNew)
        #expect(second.record.id == first.record.id)
        #expect(second.record.revision > first.record.revision)
        #expect(second.cart.created == first.cart.created)
        #expect(second.cart.owner == first.cart.owner)
        #expect(second.cart.updated == clock.now)
        #expect(second.cart.customer.firstName.isEmpty)
    }

    @Test("A cart that would be too large with all that is filled in is refused, and nothing is kept")
    func tooLarge() async throws {
        var policy = CartPolicy()
        policy.largestDocument = 400
        let small = CartService(store: store, policy: policy, random: SeededRandom())
        let error = await #expect(throws: CartError.self) { try await small.put(draft(), under: try key(), in: nil, at: clock.now) }
        #expect(error?.code == .tooLarge)
        #expect(try await store.cart(try key()) == nil)
    }

    @Test("All carts of an owner are emptied, however many, past those that are damaged")
    func emptying() async throws {
        let owner = try #require(Owner(id: 9))
        for number in 0..<250 {
            _ = try await service.put(draft { $0.owner = owner }, under: try key("k\(number)"), in: nil, at: clock.now)
        }
        let wish = try await service.put(
            draft {
                $0.owner = owner
                $0.items[0].kind = .wishlist
                $0.items.append(CartDraft.Item(productID: 2))
            }, under: try key("wish"), in: nil, at: clock.now)
        clock.advance(by: .hours(5))
        try await service.emptyCarts(of: 9, in: nil, at: clock.now)
        let left = try await store.carts(CartFilter(), at: service.stateClock(at: clock.now), after: 0, limit: 1000)
        #expect(left.map(\.id) == [wish.record.id])
        #expect(try left.first?.cart().items.map(\.productID) == [1])
        #expect(left.first?.wasAbandoned == false)
        let again = await #expect(throws: CartError.self) { try await service.emptyCarts(of: 9, in: nil, at: clock.now) }
        #expect(again?.code == .cartNotFound)
    }

    @Test("A caller who may see one store learns nothing of the others' carts by a condition")
    func hiddenCart() async throws {
        _ = try await service.put(draft { $0.storeID = 1 }, under: try key(), in: nil, at: clock.now)
        for precondition in [CartService.Precondition.none, .absent, .revision(1)] {
            let hidden = await #expect(throws: CartError.self) { try await service.delete(try key(), if: precondition, in: 2) }
            let missing = await #expect(throws: CartError.self) { try await service.delete(try key("b"), if: precondition, in: 2) }
            #expect(hidden?.code == missing?.code && hidden?.reason == missing?.reason, "\(precondition)")
            #expect(hidden?.hiddenReason != nil && missing?.hiddenReason == nil, "\(precondition)")
        }
    }

    @Test("A key in the draft must be the key of the path")
    func keyMismatch() async throws {
        let key = try key()
        let other = try self.key("b")
        let error = await #expect(throws: CartError.self) {
            try await service.put(draft { $0.key = other }, under: key, in: nil, at: clock.now)
        }
        #expect(error?.code == .invalid)
        #expect(error?.fields.map(\.name) == ["key"])
        #expect(try await service.put(draft { $0.key = key }, under: key, in: nil, at: clock.now).isNew)
    }

    @Test("A cart that must be absent is written once")
    func preconditionAbsent() async throws {
        let key = try key()
        let first = try await service.put(draft(), under: key, if: .absent, in: nil, at: clock.now)
        let error = await #expect(throws: CartError.self) {
            try await service.put(draft(), under: key, if: .absent, in: nil, at: clock.now)
        }
        #expect(error?.code == .conflict)
        #expect(try await service.cart(key, in: nil) == first.record)
    }

    @Test("A cart that must be at a revision is written and deleted there and nowhere else")
    func preconditionRevision() async throws {
        let key = try key()
        let first = try await service.put(draft(), under: key, in: nil, at: clock.now)
        let second = try await service.put(draft(), under: key, if: .revision(first.record.revision), in: nil, at: clock.now)
        for revision in [first.record.revision, second.record.revision + 1] {
            let write = await #expect(throws: CartError.self) {
                try await service.put(draft(), under: key, if: .revision(revision), in: nil, at: clock.now)
            }
            #expect(write?.code == .conflict)
            let deletion = await #expect(throws: CartError.self) { try await service.delete(key, if: .revision(revision), in: nil) }
            #expect(deletion?.code == .conflict)
        }
        let lost = try self.key("lost")
        let error = await #expect(throws: CartError.self) {
            try await service.put(draft(), under: lost, if: .revision(1), in: nil, at: clock.now)
        }
        #expect(error?.code == .conflict)
        #expect(try await service.cart(key, in: nil) == second.record)
        try await service.delete(key, if: .revision(second.record.revision), in: nil)
        let gone = await #expect(throws: CartError.self) { try await service.cart(key, in: nil) }
        #expect(gone?.code == .cartNotFound)
        let again = await #expect(throws: CartError.self) { try await service.delete(key, in: nil) }
        #expect(again?.code == .cartNotFound)
    }

    @Test("A cart that was abandoned is recovered by the next change, and stays marked")
    func recovered() async throws {
        let key = try key()
        _ = try await service.put(draft(), under: key, in: nil, at: clock.now)
        clock.advance(by: .minutes(59))
        let early = try await service.put(draft(), under: key, in: nil, at: clock.now)
        #expect(!early.record.wasAbandoned)
        clock.advance(by: .hours(1))
        #expect(early.cart.state(at: clock.now, wasAbandoned: false, abandonedAfter: .hours(1)) == .abandoned)
        let back = try await service.put(draft(), under: key, in: nil, at: clock.now)
        #expect(back.record.wasAbandoned)
        let state = back.cart.state(at: clock.now, wasAbandoned: back.record.wasAbandoned, abandonedAfter: service.policy.abandonedAfter)
        #expect(state == .recovered)
        clock.advance(by: .minutes(1))
        #expect(try await service.put(draft(), under: key, in: nil, at: clock.now).record.wasAbandoned)
        var filter = CartFilter()
        filter.state = .recovered
        let page = try await store.page(CartQuery(filter: filter, clock: service.stateClock(at: clock.now), limit: 10))
        #expect(page.total == 1)
        // A new cart under the same key begins anew.
        try await service.delete(key, in: nil)
        #expect(try await !service.put(draft(), under: key, in: nil, at: clock.now).record.wasAbandoned)
    }

    @Test("Sixteen writes to one cart at once are all done, one after the other")
    func concurrentPuts() async throws {
        let key = try key()
        let service = service
        let draft = draft()
        let saved = try await withThrowingTaskGroup(of: CartService.Saved.self) { group in
            for _ in 0..<16 { group.addTask { try await service.put(draft, under: key, in: nil, at: clock.now) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(saved.map(\.record.revision)) == Set(1...16))
        #expect(saved.count { $0.isNew } == 1)
        #expect(Set(saved.map(\.record.id)).count == 1)
        #expect(Set(saved.map(\.cart.owner)).count == 1)
    }

    @Test("A write that another came before reads the cart again; with a precondition it is refused")
    func conflictIsRetried() async throws {
        let key = try key()
        let first = try await service.put(draft(), under: key, in: nil, at: clock.now)
        let contended = ContendedStore(store: store, times: 3)
        let others = CartService(store: contended, random: SeededRandom(seed: 3))
        let saved = try await others.put(draft { $0.source = "mine" }, under: key, in: nil, at: clock.now)
        #expect(saved.record.revision == first.record.revision + 4)
        #expect(try await service.cart(key, in: nil).cart().source == "mine")
        let again = CartService(store: ContendedStore(store: store, times: 1), random: SeededRandom(seed: 3))
        let error = await #expect(throws: CartError.self) {
            try await again.put(draft(), under: key, if: .revision(saved.record.revision), in: nil, at: clock.now)
        }
        #expect(error?.code == .conflict)
    }

    @Test("A write that never gets its turn says that it may be tried again")
    func contentionEnds() async throws {
        let key = try key()
        _ = try await service.put(draft(), under: key, in: nil, at: clock.now)
        let others = CartService(store: ContendedStore(store: store, times: .max), random: SeededRandom(seed: 3))
        let error = await #expect(throws: CartError.self) { try await others.put(draft(), under: key, in: nil, at: clock.now) }
        #expect(error?.code == .unavailable)
        #expect(error?.retryAfter != nil)
    }

    @Test("Of many carts each is answered in its place: new, replaced, invalid, and the last of equal keys stays")
    func batch() async throws {
        let a = try key("a")
        let b = try key("b")
        let standing = try await service.put(draft(), under: b, in: nil, at: clock.now)
        let tooMuch = draft { draft in
            draft.key = try? key("bad")
            draft.items[0].unitPrice = Amount.range.upperBound
            draft.items[0].quantity = Quantity(2) ?? .one
        }
        let results = try await service.put(
            [
                draft { draft in
                    draft.key = a
                    draft.source = "first"
                },
                tooMuch, draft { $0.key = b },
                draft { draft in
                    draft.key = a
                    draft.source = "last"
                },
                draft(),
            ], at: clock.now)
        #expect(results.count == 5)
        #expect(try results[0].get().isNew)
        #expect(throws: CartError.self) { try results[1].get() }
        #expect(try !results[2].get().isNew && results[2].get().record.id == standing.record.id)
        #expect(try !results[3].get().isNew)
        #expect(try results[4].get().isNew && results[4].get().cart.key.text.utf8.count == 32)
        #expect(try await service.cart(a, in: nil).cart().source == "last")
        #expect(try await store.page(CartQuery(clock: service.stateClock(at: clock.now), limit: 10)).total == 3)
        #expect(try await service.put([], at: clock.now).isEmpty)
    }

    @Test("Many carts that others write to at the same time are all written")
    func batchUnderContention() async throws {
        let keys = try ["a", "b", "c"].map { try key($0) }
        for key in keys { _ = try await service.put(draft(), under: key, in: nil, at: clock.now) }
        let others = CartService(store: ContendedStore(store: store, times: 2), random: SeededRandom(seed: 3))
        let results = try await others.put(keys.map { key in draft { $0.key = key } }, at: clock.now)
        #expect(try results.allSatisfy { try !$0.get().isNew })
        #expect(try results.map { try $0.get().cart.key } == keys)
    }

    @Test("A damaged cart can be replaced and deleted")
    func damaged() async throws {
        let key = try key()
        let damaged = DamagedStore(store: store)
        _ = try await service.put(draft(), under: key, in: nil, at: clock.now)
        let others = CartService(store: damaged, random: SeededRandom(seed: 3))
        let saved = try await others.put(draft { $0.source = "mended" }, under: key, in: nil, at: clock.now)
        #expect(!saved.isNew)
        #expect(try await service.cart(key, in: nil).cart().source == "mended")
        try await others.delete(key, in: nil)
    }
}
