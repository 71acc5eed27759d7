import CartCore
import CartTesting
import Foundation
import Testing

@testable import CartStoreSQLite

@Suite("Carts of a file from before facts stood beside the documents")
struct DocumentFactsMigrationTests {
    private static let clock = StateClock(now: CartGenerator.base, abandonedAfter: CartGenerator.abandonedAfter)

    /// A cart as the old file holds it.
    private struct Old {
        var cart: Cart
        var id: Int64
        var revision: Int64
        var wasAbandoned: Bool
        var document: [UInt8]

        var facts: CartFacts { CartFacts(cart, wasAbandoned: wasAbandoned) }
        /// At the moment that the tests ask about.
        var state: CartState {
            cart.state(at: CartGenerator.base, wasAbandoned: wasAbandoned, abandonedAfter: CartGenerator.abandonedAfter)
        }
    }

    /// Carts of all states; ids have gaps, and revisions are not in their order.
    private func carts(_ count: Int) -> [Old] {
        var generator = CartGenerator(seed: 31)
        return (1...count).map { number in
            let cart = generator.cart()
            return Old(
                cart: cart, id: Int64(3 * number), revision: Int64(10_000 - number), wasAbandoned: number.isMultiple(of: 3),
                document: cart.document)
        }
    }

    private func withOldFile(_ carts: [Old], check: (SQLiteStore) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "corral-\(UUID().uuidString).db").path
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        do {
            let connection = try Connection(path: path, access: .write)
            try Migrator(connection: connection, migrations: Array(Schema.migrations.prefix(9))).migrate()
            try connection.writing {
                for cart in carts { try insert(cart, into: connection) }
                try connection.execute(
                    """
                    INSERT INTO cart_facets SELECT store_id, flags, count(*) FROM carts GROUP BY 1, 2;
                    UPDATE counters SET value = 10000 WHERE name = 'revision';
                    """)
                for sort in SortIndex.all { try CartRanks(connection: connection).countEverything(in: sort) }
            }
        }
        let store = try SQLiteStore(path: path)
        do {
            try await check(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private func insert(_ old: Old, into connection: Connection) throws {
        func run(_ sql: String, _ values: [Binding]) throws {
            let statement = try connection.statement(sql)
            statement.bind(values)
            try statement.run()
        }
        let columns = CartColumns(old.cart, wasAbandoned: old.wasAbandoned)
        let id = Binding.integer(old.id)
        try run(
            "INSERT INTO carts VALUES (\(repeatElement("?", count: 16).joined(separator: ", ")))",
            [
                id, .text(columns.key), .integer(columns.storeID), .integer(columns.ownerID), .integer(columns.flags),
                .integer(columns.created), .integer(columns.updated), .integer(columns.expires), .integer(columns.total),
                .integer(columns.productsTotal), .text(columns.customer), .text(columns.email), .text(columns.source),
                .text(columns.products), .text(columns.currency), .integer(columns.items),
            ])
        for (product, kinds) in columns.productKinds {
            try run("INSERT INTO cart_products VALUES (?, ?, ?)", [.integer(product), id, .integer(kinds)])
        }
        try run(
            "INSERT INTO cart_search (rowid, name, email, key) VALUES (?, ?, ?, ?)",
            [id, .text(columns.fullName), .text(columns.email), .text(columns.key)])
        let shown = try connection.statement("INSERT INTO cart_documents VALUES (?1, ?2, ?3, ?4)")
        shown.bind(old.id, at: 1)
        shown.bind(old.revision, at: 2)
        shown.bind(old.wasAbandoned ? 1 : 0, at: 3)
        shown.bind(old.document, at: 4)
        try shown.run()
    }

    private func expect(_ record: CartRecord?, is old: Old) {
        #expect(record?.id == old.id)
        #expect(record?.revision == old.revision, "cart \(old.id)")
        #expect(record?.facts == old.facts, "cart \(old.id)")
        #expect(record?.wasAbandoned == old.wasAbandoned, "cart \(old.id)")
        #expect(record?.document == old.document, "cart \(old.id)")
        #expect(record?.state(at: Self.clock) == old.state, "cart \(old.id)")
    }

    @Test("are read by key, by page and one after another with all that is known of them")
    func migrated() async throws {
        let carts = carts(300)
        #expect(Set(carts.map(\.state)) == Set(CartState.allCases))
        try await withOldFile(carts) { store in
            for old in carts {
                let record = try await store.cart(old.cart.key)
                expect(record, is: old)
            }
            let page = try await store.page(CartQuery(clock: Self.clock, limit: 1000))
            let walked = try await store.carts(CartFilter(), at: Self.clock, after: 0, limit: 1000)
            #expect(page.total == 300)
            #expect(page.records.count == 300)
            #expect(walked == page.records)
            for (record, old) in zip(page.records, carts) { expect(record, is: old) }
        }
    }

    @Test("are found by their state, and as the newest of their owner")
    func found() async throws {
        let carts = carts(300)
        try await withOldFile(carts) { store in
            for state in CartState.allCases {
                var filter = CartFilter()
                filter.state = state
                let page = try await store.page(CartQuery(filter: filter, clock: Self.clock, limit: 1000))
                #expect(page.records.map(\.id) == carts.filter { $0.state == state }.map(\.id), "\(state)")
            }
            for ownerID in Set(carts.map(\.cart.owner.id)) {
                let filled = carts.filter { $0.cart.owner.id == ownerID && $0.cart.contents.contains(.cart) }
                let newest = filled.max { ($0.cart.created, $0.id) < ($1.cart.created, $1.id) }
                let record = try await store.newestCart(of: ownerID, in: nil)
                #expect(record?.id == newest?.id)
                #expect(record?.facts == newest?.facts)
            }
        }
    }

    @Test("can be changed and deleted, and the file stays whole")
    func written() async throws {
        let carts = carts(60)
        try await withOldFile(carts) { store in
            for (place, old) in carts.enumerated() {
                var cart = old.cart
                cart.items = place.isMultiple(of: 2) ? [] : [CartItem(key: "i", productID: 4)]
                cart.orderID = place.isMultiple(of: 5) ? 77 : nil
                cart.updated = Self.clock.now
                cart.storeID = 9
                let stale = try await store.apply([.save(cart, wasAbandoned: true, replacing: old.revision - 1)])
                #expect(stale == [.conflict])
                if place.isMultiple(of: 3) {
                    let results = try await store.apply([.delete(cart.key, revision: old.revision)])
                    guard case .deleted(let revision) = results.first else {
                        Issue.record("Cart \(old.id) was not deleted: \(results)")
                        continue
                    }
                    #expect(revision > 10_000)
                    let record = try await store.cart(cart.key)
                    #expect(record == nil)
                } else {
                    let results = try await store.apply([.save(cart, wasAbandoned: true, replacing: old.revision)])
                    guard case .saved(let id, let revision) = results.first else {
                        Issue.record("Cart \(old.id) was not saved: \(results)")
                        continue
                    }
                    #expect(id == old.id && revision > 10_000)
                    let record = try await store.cart(cart.key)
                    #expect(record?.facts == CartFacts(cart, wasAbandoned: true), "cart \(id)")
                    #expect(record?.revision == revision)
                    #expect(record?.document == cart.document)
                }
            }
            let page = try await store.page(CartQuery(clock: Self.clock, limit: 1000))
            #expect(page.total == 40)
            #expect(page.records.count == 40)
            let damage = try await store.verify()
            #expect(damage.isEmpty, "\(damage)")
        }
    }

    @Test("keep their facts where the document is damaged", arguments: ["", "{\"key\":\"a\",\"curr", "\u{1}", "null"])
    func damaged(document: String) async throws {
        var carts = carts(3)
        carts[1].document = Array(document.utf8)
        try await withOldFile(carts) { store in
            for old in carts {
                let record = try await store.cart(old.cart.key)
                expect(record, is: old)
            }
            let found = try await store.cart(carts[1].cart.key)
            let record = try #require(found)
            #expect(throws: CartError.self) { try record.cart() }
        }
    }

    @Test("A file without carts is brought up, and a cart can be written to it")
    func empty() async throws {
        let cart = carts(1)[0].cart
        try await withOldFile([]) { store in
            let page = try await store.page(CartQuery(clock: Self.clock, limit: 10))
            #expect(page.total == 0)
            _ = try await store.apply([.save(cart, wasAbandoned: true, replacing: nil)])
            let record = try await store.cart(cart.key)
            #expect(record?.facts == CartFacts(cart, wasAbandoned: true))
        }
    }
}
