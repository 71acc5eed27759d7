import CartCore
import CartTesting
import Testing

@testable import CartStoreSQLite

@Suite("A store that cannot write")
struct FaultTests {
    /// What makes writing fail, and what ends it.
    enum Fault: String, CaseIterable, Sendable {
        case full = "PRAGMA max_page_count = 1"
        case readOnly = "PRAGMA query_only = 1"

        var end: String {
            switch self {
            case .full: "PRAGMA max_page_count = 1000000"
            case .readOnly: "PRAGMA query_only = 0"
            }
        }

        var reason: String {
            switch self {
            case .full: "The database or its disk is full."
            case .readOnly: "The database cannot be written to."
            }
        }
    }

    @Test(
        "says so with a time to try again, goes on reading, keeps all it acknowledged and nothing else, and writes again by itself",
        arguments: Fault.allCases)
    func fails(fault: Fault) async throws {
        try await withTemporaryStore { store, path in
            // What is set of it holds for the writer alone; while nothing is written, nobody else uses it.
            let connection = try await store.writer.write { $0.connection }
            var generator = CartGenerator(seed: 3)
            let first = generator.cart()
            #expect(try await store.apply([.save(first, wasAbandoned: false, replacing: nil)]) == [.saved(id: 1, revision: 1)])
            // max_page_count cannot be less than the pages there are: the file is full from now on.
            _ = try connection.texts(fault.rawValue)
            var refused: [CartKey] = []
            var acknowledged: [CartKey] = [first.key]
            for _ in 0..<300 {
                let cart = generator.cart()
                do throws(CartError) {
                    _ = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)])
                    acknowledged.append(cart.key)
                } catch {
                    #expect(error.code == .unavailable)
                    #expect(error.reason == fault.reason)
                    #expect(error.retryAfter != nil)
                    refused.append(cart.key)
                }
            }
            #expect(refused.count > 100)
            let carts = acknowledged.count
            let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
            #expect(try await store.page(CartQuery(clock: clock, limit: 1)).total == carts)
            #expect(try await store.audit(AuditQuery()).total == carts)
            for key in refused { #expect(try await store.cart(key) == nil) }

            _ = try connection.texts(fault.end)
            let last = generator.cart()
            let saved = try await store.apply([.save(last, wasAbandoned: false, replacing: nil)])
            // No number was taken by what was not done.
            #expect(saved == [.saved(id: Int64(carts) + 1, revision: Int64(carts) + 1)])
            let again = try SQLiteStore(path: path)
            for key in acknowledged { #expect(try await again.cart(key) != nil) }
            #expect(try await again.verify().isEmpty)
            await again.close()
        }
    }

    @Test("one of many writes that cannot be done does not take the others with it")
    func oneOfMany() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 4)
            let carts = (0..<200).map { _ in generator.cart() }
            let results = await withTaskGroup(of: (Int, Bool).self) { group in
                for (place, cart) in carts.enumerated() {
                    group.addTask {
                        do {
                            if place % 10 == 3 {
                                try await store.writer.write { _ in throw SQLiteError(code: 10, message: "as if the disk failed") }
                            } else {
                                _ = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)])
                            }
                            return (place, true)
                        } catch {
                            return (place, false)
                        }
                    }
                }
                return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
            }
            for (place, cart) in carts.enumerated() {
                #expect(results[place] == (place % 10 != 3))
                let stands = try await store.cart(cart.key) != nil
                #expect(stands == (place % 10 != 3))
            }
        }
    }

    @Test("carts that are gone leave nothing behind in the counts")
    func counts() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 6)
            var revision: Int64?
            var cart = generator.cart()
            for storeID in 1...50 as ClosedRange<Int64> {
                cart.storeID = storeID
                guard case .saved(_, let new) = try await store.apply([.save(cart, wasAbandoned: false, replacing: revision)])[0] else {
                    return
                }
                revision = new
            }
            _ = try await store.apply([.delete(cart.key, revision: nil)])
            #expect(try store.readers.read { try $0.integer("SELECT count(*) FROM cart_facets") } == 0)
        }
    }

    @Test("a damaged page is found, and named with what to do")
    func damaged() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 5)
            for _ in 0..<50 { _ = try await store.apply([.save(generator.cart(), wasAbandoned: false, replacing: nil)]) }
            #expect(try await store.verify().isEmpty)
            try await store.writer.write { try $0.connection.execute("DELETE FROM cart_documents WHERE id = 7") }
            #expect(try await store.verify().count == 1)
        }
    }
}
