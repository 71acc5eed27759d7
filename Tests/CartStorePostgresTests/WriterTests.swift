#if Postgres
import CartCore
import CartTesting
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite("The thread that writes", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct WriterTests {
    @Test("a change that fails does not take the others of its group with it")
    func failureInGroup() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 3)
            let carts = (0..<50).map { _ in generator.cart() }
            await withTaskGroup(of: Void.self) { group in
                for cart in carts {
                    group.addTask { _ = try? await store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester()) }
                }
                for number in 0..<20 {
                    group.addTask {
                        await #expect(throws: CartError.self) {
                            try await store.writer.write { transaction in
                                if number % 2 == 0 { throw CartError.invalid("a", "is wrong") }
                                try transaction.send("INSERT INTO no_such_table VALUES (1)")
                            }
                        }
                    }
                }
            }
            for cart in carts {
                let record = try await store.cart(cart.key)
                #expect(record?.document == cart.document)
            }
            let wrong = try await store.verify()
            #expect(wrong == [])
        }
    }

    @Test("a lost connection is replaced without a request noticing, and a closed store refuses writes and says so")
    func lostConnection() async throws {
        try await withTemporaryStore { store, location in
            var generator = CartGenerator(seed: 5)
            for round in 0..<5 {
                let carts = (0..<5).map { _ in generator.cart() }
                for cart in carts {
                    let results = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester())
                    guard case .saved = results.first else {
                        Issue.record("round \(round): \(results)")
                        continue
                    }
                }
                try withConnection(to: location) { connection in
                    _ = try connection.query(
                        """
                        SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
            }
            let revision = try await store.revision()
            #expect(revision == 25)
            await store.close()
            let cart = generator.cart()
            let error = await #expect(throws: CartError.self) {
                try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester())
            }
            #expect(error?.reason == "The store is closed.")
        }
    }

    @Test("a transaction that the database asks to repeat is repeated")
    func retries() async throws {
        try await withTemporaryStore { store, _ in
            let tries = Counter()
            let value = try await store.writer.write { transaction in
                if tries.next() < 3 { throw PostgresError(sqlState: "40001", message: "") }
                try transaction.send("SELECT 1")
                return 7
            }
            #expect(value == 7)
            #expect(tries.next() == 4)
            let error = await #expect(throws: CartError.self) {
                try await store.writer.write { _ in throw PostgresError(sqlState: "40P01", message: "") }
            }
            #expect(error?.retryAfter == 1)
        }
    }

    @Test("a store that can only be read is not ready, and says so when it is written to")
    func readOnly() async throws {
        try await withTemporaryStore { store, location in
            try await store.check()
            try withConnection(to: location) { connection in
                let name = try connection.query("SELECT current_database()::text").text(0, 0)
                try connection.execute(["ALTER DATABASE \(name) SET default_transaction_read_only = on"])
                _ = try connection.query(
                    """
                    SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """)
            }
            await #expect(throws: CartError.self) { try await store.check() }
            await #expect(throws: CartError.self) { try await store.leave([1], as: "n") }
        }
    }

    private final class Counter: @unchecked Sendable {
        private var value = 0
        func next() -> Int {
            value += 1
            return value
        }
    }
}

@Suite("Texts that PostgreSQL cannot hold")
struct StorableTextTests {
    @Test("come back as they were, and different ones stay different")
    func roundTrip() {
        let texts = ["", "a", "\0", "\u{1}", "\0\u{1}", "\u{1}0", "\u{1}1", "a\0b", "é\0", "00", "\u{1}\0\0"]
        #expect(Set(texts.map(StorableText.encode)).count == texts.count)
        for text in texts {
            let encoded = StorableText.encode(text)
            #expect(!encoded.utf8.contains(0))
            #expect(Array(StorableText.decode(encoded).utf8) == Array(text.utf8))
        }
        #expect(StorableText.beginning(of: "aé", bytes: 2) == "a")
        #expect(StorableText.beginning(of: "aé", bytes: 3) == "aé")
    }
}

@Suite("Carts with odd texts", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct OddTextTests {
    @Test("are kept, sorted and found, whatever they hold and however long they are")
    func odd() async throws {
        try await withTemporaryStore { store, _ in
            var generator = CartGenerator(seed: 9)
            var carts: [Cart] = []
            let long = String((0..<1024).map { _ in Character(Unicode.Scalar(UInt8.random(in: 97...122))) })
            for number in 0..<4 {
                var cart = generator.cart()
                cart.source = ["\0", "\u{1}", "\u{1}0", long][number]
                cart.customer.lastName = number < 2 ? long : "short"
                cart.customer.firstName = String(repeating: "ΐ", count: 512) + "\(number)"
                cart.customer.email = number < 2 ? long + "@\(number)" : "\(number)"
                carts.append(cart)
            }
            let results = try await store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) }, by: .tester())
            #expect(results.count == 4)
            let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
            func found(_ set: (inout CartFilter) -> Void) async throws -> Int {
                var filter = CartFilter()
                set(&filter)
                let query = CartQuery(filter: filter, clock: clock, sort: CartSort(.customer), limit: 10)
                let page = try await store.page(query)
                return page.records.count
            }
            for cart in carts {
                let (first, last) = (cart.customer.firstName, cart.customer.lastName)
                let counts = [
                    try await found { $0.source = cart.source }, try await found { $0.email = cart.customer.email },
                    try await found { $0.name = .both(first: first, last: last) },
                ]
                #expect(counts == [1, 1, 1])
                #expect(try await store.cart(cart.key)?.document == cart.document)
            }
            let none = [try await found { $0.source = "\0\0" }, try await found { $0.search = "a\0b" }]
            #expect(none == [0, 0])
            let forged = CartPosition(value: .text("\0"), ownerID: 0, id: 0)
            let page = try await store.page(
                CartQuery(clock: clock, sort: CartSort(.customer), start: .after(forged), limit: 10))
            #expect(page.records.count == 4)
            var filter = AuditFilter()
            filter.actor = "\0"
            #expect(try await store.audit(AuditQuery(filter: filter)).total == 0)
            let wrong = try await store.verify()
            #expect(wrong == [])
        }
    }
}
#endif
