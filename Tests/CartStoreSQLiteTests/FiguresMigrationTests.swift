import CartCore
import CartTesting
import Foundation
import Testing

@testable import CartStoreSQLite

@Suite("Carts of a file from before there were figures")
struct FiguresMigrationTests {
    private static let day = Timestamp(milliseconds: CartGenerator.base.milliseconds / 900_000 * 900_000) - .days(3)

    private func withOldFile(_ fill: (Connection) throws -> Void, check: (SQLiteStore) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "corral-\(UUID().uuidString).db").path
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        do {
            let connection = try Connection(path: path, access: .write)
            try Migrator(connection: connection, migrations: Array(Schema.migrations.prefix(7))).migrate()
            try fill(connection)
        }
        let store = try SQLiteStore(path: path)
        try await check(store)
        await store.close()
    }

    private func insert(_ cart: Cart, id: Int64, document: [UInt8]? = nil, wasAbandoned: Bool = false, into connection: Connection) throws {
        let columns = CartColumns(cart, wasAbandoned: wasAbandoned)
        let row = try connection.statement("INSERT INTO carts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")
        row.bind(id, at: 1)
        row.bind(columns.key, at: 2)
        let numbers = [
            columns.storeID, columns.ownerID, columns.flags, columns.created, columns.updated, columns.expires, columns.total,
            columns.productsTotal,
        ]
        for (place, number) in numbers.enumerated() { row.bind(number, at: Int32(place + 3)) }
        for (place, text) in [columns.customer, columns.email, columns.source, columns.products].enumerated() {
            row.bind(text, at: Int32(place + 11))
        }
        try row.run()
        let bytes = document ?? cart.document
        let shown = try connection.statement("INSERT INTO cart_documents VALUES (?1, ?1, ?2, ?3)")
        shown.bind(id, at: 1)
        shown.bind(wasAbandoned ? 1 : 0, at: 2)
        shown.bind(bytes, at: 3)
        try shown.run()
    }

    /// Carts that were created on three days.
    private func carts(_ count: Int) -> [Cart] {
        var generator = CartGenerator(seed: 17)
        return (0..<count).map { number in
            var cart = generator.cart()
            cart.created = Self.day + .hours(Int64(number))
            return cart
        }
    }

    private func figures(_ id: Int64, of store: SQLiteStore) throws -> (currency: String, items: Int64) {
        try store.readers.read { connection in
            let select = try connection.statement("SELECT currency, items FROM carts WHERE id = ?1")
            select.bind(id, at: 1)
            defer { select.reset() }
            _ = try select.step()
            return (select.text(0), select.integer(1))
        }
    }

    @Test("have their currency, their items and the day they were created on, as if they were written now")
    func migrated() async throws {
        let carts = carts(60)
        try await withOldFile { connection in
            for (place, cart) in carts.enumerated() {
                try insert(cart, id: Int64(place + 1), wasAbandoned: place % 3 == 0, into: connection)
            }
        } check: { store in
            for (place, cart) in carts.enumerated() {
                let found = try figures(Int64(place + 1), of: store)
                #expect(found.currency == cart.currency.code)
                #expect(found.items == Int64(cart.items.count { $0.kind == .cart }))
            }
            let oracle = InMemoryStore()
            let author = Author.tester(at: CartGenerator.base)
            _ = try await oracle.apply(
                carts.enumerated().map { .save($0.element, wasAbandoned: $0.offset % 3 == 0, replacing: nil) }, by: author)
            let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
            let days = (0..<4 as Range<Int64>).map { Self.day + .days($0) }
            let found = try await store.statistics(at: clock, days: days)
            let expected = try await oracle.statistics(at: clock, days: days)
            #expect(found == expected)
            let created = found.values.flatMap(\.days).map { $0.events[.created, default: 0] }.reduce(0, +)
            #expect(created == 60)
        }
    }

    @Test(
        "are migrated, too, where a document is damaged: they have no currency and no items, and were created",
        arguments: [
            "", "{\"key\":\"a\",\"curr", "\u{1}\u{2}", "{}", "[]", "7", "null", "\"text\"", "{\"currency\":null,\"items\":7}",
            "{\"items\":[\"x\",1,null,[]]}", "{\"items\":{\"kind\":\"cart\"}}",
        ])
    func damaged(document: String) async throws {
        let carts = carts(3)
        try await withOldFile { connection in
            for (place, cart) in carts.enumerated() {
                try insert(cart, id: Int64(place + 1), document: place == 1 ? Array(document.utf8) : nil, into: connection)
            }
        } check: { store in
            let damaged = try figures(2, of: store)
            #expect(damaged.currency.isEmpty)
            #expect(damaged.items == 0)
            let whole = try figures(3, of: store)
            #expect(whole.currency == carts[2].currency.code)
            let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
            let found = try await store.statistics(at: clock, days: [Self.day])
            let created = found.values.flatMap(\.days).map { $0.events[.created, default: 0] }.reduce(0, +)
            #expect(created == 3)
        }
    }

    @Test("have no currency and no items where the document is not even text")
    func noText() async throws {
        let carts = carts(1)
        try await withOldFile { connection in
            try insert(carts[0], id: 1, document: [0x7B, 0xFF, 0xFE, 0x00, 0x7D], into: connection)
        } check: { store in
            let found = try figures(1, of: store)
            #expect(found.currency.isEmpty)
            #expect(found.items == 0)
        }
    }

    @Test("A file without carts is brought up without figures")
    func empty() async throws {
        try await withOldFile { _ in
        } check: { store in
            let found = try await store.statistics(at: LargeStore.clock, days: [Self.day])
            #expect(found.isEmpty)
        }
    }
}
