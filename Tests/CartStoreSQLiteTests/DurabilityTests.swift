import CartCore
import CartTesting
import Foundation
import Testing

@testable import CartStoreSQLite

@Suite("What was answered is on disk")
struct DurabilityTests {
    @Test("the connection that writes syncs the log at every commit")
    func synchronousIsFull() async throws {
        try await withTemporaryStore { store, _ in
            // Asked inside the writer itself: a setting of another connection would prove nothing. 2 is FULL.
            let modes = try await store.writer.write { transaction in
                let connection = transaction.connection
                return [try connection.integer("PRAGMA synchronous"), try connection.integer("PRAGMA wal_autocheckpoint")]
            }
            #expect(modes == [2, 0])
            #expect(try store.readers.read { try $0.text("PRAGMA journal_mode") } == "wal")
        }
    }

    @Test("a store that is opened again has every cart and goes on with its numbers")
    func reopening() async throws {
        try await withTemporaryStore { store, path in
            var generator = CartGenerator(seed: 1)
            let cart = generator.cart()
            let first = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)])
            let again = try SQLiteStore(path: path)
            #expect(try await again.cart(cart.key)?.document == cart.document)
            let second = try await again.apply([.delete(cart.key, revision: nil)])
            #expect(first == [.saved(id: 1, revision: 1)])
            #expect(second == [.deleted(revision: 2)])
            await again.close()
        }
    }

    @Test("many writes at once share transactions, and each is answered by what it did")
    func groupCommit() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 2)
            let carts = (0..<500).map { _ in generator.cart() }
            let answers = try await withThrowingTaskGroup(of: (Int, CartChangeResult).self) { group in
                for (place, cart) in carts.enumerated() {
                    group.addTask { (place, try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)])[0]) }
                }
                return try await group.reduce(into: [Int: CartChangeResult]()) { $0[$1.0] = $1.1 }
            }
            var revisions = Set<Int64>()
            for (place, cart) in carts.enumerated() {
                guard case .saved(let id, let revision) = answers[place] else {
                    Issue.record("cart \(place) was answered with \(String(describing: answers[place]))")
                    continue
                }
                revisions.insert(revision)
                let record = try #require(try await store.cart(cart.key))
                #expect(record.id == id && record.revision == revision && record.document == cart.document)
            }
            #expect(revisions == Set(1...500))
        }
    }

    @Test("a change that fails does not take the others of its group with it")
    func failureInGroup() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 3)
            let carts = (0..<50).map { _ in generator.cart() }
            await withTaskGroup(of: Void.self) { group in
                for cart in carts {
                    group.addTask { _ = try? await store.apply([.save(cart, wasAbandoned: false, replacing: nil)]) }
                }
                for _ in 0..<20 {
                    group.addTask {
                        await #expect(throws: CartError.self) {
                            _ = try await store.writer.write { transaction in
                                try transaction.connection.execute("INSERT INTO no_such_table VALUES (1)")
                            }
                        }
                    }
                }
            }
            for cart in carts {
                let record = try await store.cart(cart.key)
                #expect(record != nil)
            }
        }
    }

    @Test("two processes' worth of stores write one file without losing anything")
    func twoStores() async throws {
        try await withTemporaryStore { store, path in
            let other = try SQLiteStore(path: path)
            var generator = CartGenerator(seed: 4)
            let carts = (0..<200).map { _ in generator.cart() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, cart) in carts.enumerated() {
                    let target = place % 2 == 0 ? store : other
                    group.addTask { _ = try await target.apply([.save(cart, wasAbandoned: false, replacing: nil)]) }
                }
                try await group.waitForAll()
            }
            let page = try await store.page(
                CartQuery(clock: StateClock(now: CartGenerator.base, abandonedAfter: .hours(1)), limit: 1000))
            #expect(page.total == 200)
            #expect(Set(page.records.map(\.revision)) == Set(1...200))
            await other.close()
        }
    }

    @Test("its files can be read by their owner alone")
    func privateFiles() async throws {
        try await withTemporaryStore { _, path in
            for file in [path, path + "-wal", path + "-shm"] {
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(file)")
            }
        }
    }

    @Test("a closed store refuses writes and says so")
    func closed() async throws {
        try await withTemporaryStore { store, _ in
            await store.close()
            var generator = CartGenerator(seed: 5)
            let cart = generator.cart()
            await #expect(throws: CartError.self) { try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)]) }
        }
    }
}
