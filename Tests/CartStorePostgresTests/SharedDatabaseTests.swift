#if Postgres
import CartCore
import CartTesting
import Synchronization
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite("Several servers on one database", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct SharedDatabaseTests {
    /// Runs a test on two stores that share a database.
    private func withTwoStores(_ body: (PostgresStore, PostgresStore) async throws -> Void) async throws {
        try await withTemporaryStore { store, location in
            let other = try PostgresStore(location)
            do {
                try await body(store, other)
                let wrong = try await store.verify()
                #expect(wrong == [])
                await other.close()
            } catch {
                await other.close()
                throw error
            }
        }
    }

    @Test("many writes at once lose nothing, share transactions, and each is answered by what it did")
    func writes() async throws {
        try await withTwoStores { store, other in
            var generator = CartGenerator(seed: 4)
            let carts = (0..<400).map { _ in generator.cart() }
            let answers = try await withThrowingTaskGroup(of: (Int, CartChangeResult).self) { group in
                for (place, cart) in carts.enumerated() {
                    let target = place % 2 == 0 ? store : other
                    group.addTask {
                        (place, try await target.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester())[0])
                    }
                }
                return try await group.reduce(into: [Int: CartChangeResult]()) { $0[$1.0] = $1.1 }
            }
            var revisions: Set<Int64> = []
            for (place, cart) in carts.enumerated() {
                guard case .saved(let id, let revision) = answers[place] else {
                    Issue.record("cart \(place) was answered with \(String(describing: answers[place]))")
                    continue
                }
                revisions.insert(revision)
                let record = try #require(try await (place % 2 == 0 ? other : store).cart(cart.key))
                #expect(record.id == id && record.revision == revision && record.document == cart.document)
            }
            #expect(revisions == Set(1...400))
            let counts = [store, other].map(\.writeCounts)
            #expect(counts.reduce(0) { $0 + $1.writes } == 400)
            #expect(counts.reduce(0) { $0 + $1.commits } < 200)
        }
    }

    @Test("whoever follows the feed misses nothing, whichever process writes")
    func feed() async throws {
        try await withTwoStores { store, other in
            let isDone = Mutex(false)
            async let seen: [Int64] = {
                var seen: [Int64] = []
                while true {
                    let wasDone = isDone.withLock { $0 }
                    let entries = try await store.entries(after: seen.last ?? 0, limit: 7)
                    seen += entries.map(\.id)
                    if entries.isEmpty, wasDone { return seen }
                }
            }()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (writer, target) in [store, other, store, other].enumerated() {
                    group.addTask {
                        var generator = CartGenerator(seed: UInt64(writer))
                        for _ in 0..<60 {
                            _ = try await target.apply([.save(generator.cart(), wasAbandoned: false, replacing: nil)], by: .tester())
                        }
                    }
                }
                try await group.waitForAll()
            }
            isDone.withLock { $0 = true }
            let ids = try await seen
            let revision = try await other.revision()
            #expect(ids == Array(1...revision))
        }
    }

    @Test("a request that is sent to both at once is done once, and both give the same answer")
    func once() async throws {
        try await withTwoStores { store, other in
            for round in 0..<10 {
                let request = IdempotentRequest(
                    name: "r\(round)", caller: Self.caller, method: "PUT", path: "/a", body: [], now: CartGenerator.base)
                let results = try await withThrowingTaskGroup(of: OnceResult.self) { group in
                    for number in 0..<20 {
                        let target = number % 2 == 0 ? store : other
                        group.addTask {
                            var generator = CartGenerator(seed: UInt64(round * 100 + number))
                            let change = CartChange.save(generator.cart(), wasAbandoned: false, replacing: nil)
                            return try await target.apply([change], by: .tester(), once: request) { _ in [UInt8(number)] }
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let done = results.filter { if case .done = $0 { true } else { false } }
                #expect(done.count == 1)
                #expect(Set(results.filter { if case .repeated = $0 { true } else { false } }).count == 1)
            }
            let revision = try await store.revision()
            #expect(revision == 10)
        }
    }

    private static let caller = Caller(
        credential: .consumerKey(id: 1),
        user: User(id: 1, name: "u", email: "u@example.com", role: .shopManager, password: .nobody, created: CartGenerator.base),
        permission: .readWrite)

    @Test("of two that take a lease at once one has it, and only who has it removes carts under it")
    func leases() async throws {
        try await withTwoStores { store, other in
            for round in 0..<10 as Range<Int64> {
                let now = CartGenerator.base + .hours(round)
                let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for (name, target) in [("a", store), ("b", other)] {
                        group.addTask { try await target.take(Lease(name: "sweep", holder: name, duration: .minutes(1)), at: now) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(taken.count { $0 } == 1)
            }
            let now = CartGenerator.base + .days(1)
            #expect(try await store.take(Lease(name: "sweep", holder: "a", duration: .minutes(1)), at: now))
            let author = Author(.service("sweep"), at: now)
            let clock = StateClock(now: now, abandonedAfter: .hours(1))
            let refused = try await other.delete(
                [1], meeting: CartFilter(), at: clock, by: author, under: Lease(name: "sweep", holder: "b", duration: .minutes(1)))
            #expect(refused == nil)
        }
    }

    @Test("a key that one revokes is revoked for the other at once, and its counter has risen")
    func keys() async throws {
        try await withTwoStores { store, other in
            let author = Author.tester(at: CartGenerator.base)
            let user = try await store.insert(
                User(id: 0, name: "ann", email: "ann@example.com", role: .shopManager, password: .nobody, created: CartGenerator.base),
                by: author)
            let pair = ConsumerKeyPair(random: SeededRandom())
            let key = try await store.insert(
                ConsumerKey(.pair(pair), userID: user.id, description: "d\0e\u{1}", permission: .read, created: CartGenerator.base),
                by: author)
            let before = try await other.credentialsRevision()
            #expect(try await other.key(lookupHash: key.keyHash)?.key == key)
            _ = try await store.changeKey(id: key.id, .revoke, by: author)
            #expect(try await other.credentialsRevision() == before + 1)
            #expect(try await other.key(lookupHash: key.keyHash)?.key.revoked == CartGenerator.base)
            let use = KeyUsage(
                keyID: key.id, requests: [KeyUsage.Count(day: 5, kind: .read): 2], lastAccess: CartGenerator.base)
            try await store.add([use])
            try await other.add([use, use])
            #expect(try await store.usage(ofKey: key.id).requests == [KeyUsage.Count(day: 5, kind: .read): 6])
            #expect(try await store.key(id: key.id)?.key.requests == 6)
        }
    }
}
#endif
