#if Postgres
import CartCore
import CartTesting
import Foundation
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite(
    "A database is brought to the present schema, or refused with the reason",
    .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct MigrationTests {
    @Test("a database is made once, and opened again with what it holds")
    func again() async throws {
        try await withTemporaryStore { store, location in
            var generator = CartGenerator(seed: 1)
            let cart = generator.cart()
            let first = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester())
            let other = try PostgresStore(location, creating: false)
            #expect(try await other.cart(cart.key)?.document == cart.document)
            let second = try await other.apply([.delete(cart.key, revision: nil)], by: .tester())
            #expect(first == [.saved(id: 1, revision: 1)])
            #expect(second == [.deleted(revision: 2)])
            await other.close()
        }
    }

    @Test("an earlier schema gets the steps that are missing, in their order, and nothing else")
    func older() async throws {
        try await withTemporaryDatabase { location in
            try withConnection(to: location) { connection in
                try Migrator(connection: connection, migrations: Array(Schema.migrations.prefix(2))).migrate()
                let count = try connection.integer("SELECT count(*) FROM migrations")
                #expect(count == 2)
                try connection.execute(["UPDATE counters SET value = 7 WHERE name = 'revision'"])
            }
            let store = try PostgresStore(location)
            #expect(try await store.revision() == 7)
            #expect(try await store.users() == [])
            await store.close()
            let count = try withConnection(to: location) { try $0.integer("SELECT count(*) FROM migrations") }
            #expect(count == Int64(Schema.migrations.count))
        }
    }

    @Test("of several processes that start at once on an empty database each finds it made")
    func atOnce() async throws {
        try await withTemporaryDatabase { location in
            let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
                for _ in 0..<4 { group.addTask { try PostgresStore(location) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for store in stores {
                #expect(try await store.revision() == 0)
                await store.close()
            }
        }
    }

    @Test("a step that fails leaves nothing behind")
    func failing() async throws {
        try await withTemporaryDatabase { location in
            try withConnection(to: location) { connection in
                let migrations = [["CREATE TABLE one (id BIGINT PRIMARY KEY)", "CREATE TABLE one (id BIGINT PRIMARY KEY)"]]
                #expect(throws: PostgresError.self) { try Migrator(connection: connection, migrations: migrations).migrate() }
                let count = try connection.integer("SELECT count(*) FROM migrations")
                let table = try connection.query("SELECT to_regclass('one')::text").optionalText(0, 0)
                #expect(count == 0 && table == nil)
            }
        }
    }

    @Test("a database that a newer version made, or with a changed step, is refused")
    func refused() async throws {
        try await withTemporaryStore { _, location in
            for (change, reason) in [
                ("INSERT INTO migrations VALUES (1000, 'x')", "newer version"),
                ("UPDATE migrations SET hash = 'x' WHERE number = 1", "Migration 1"),
            ] {
                try withConnection(to: location) { try $0.execute([change]) }
                let error = #expect(throws: CartError.self) { try PostgresStore(location) }
                #expect(error?.code == .unavailable)
                #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "no error")")
            }
        }
    }

    @Test("nothing is made where nothing shall be, and a database of another encoding is refused with what to do")
    func notMade() async throws {
        try await withTemporaryDatabase { location in
            let error = #expect(throws: CartError.self) { try PostgresStore(location, creating: false) }
            #expect(error?.code == .unavailable)
            let table = try withConnection(to: location) { connection in
                try connection.query("SELECT to_regclass('migrations')::text").optionalText(0, 0)
            }
            #expect(table == nil)
        }
        let name = "corral_test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        let server = try TestDatabase.server()
        try withConnection(to: server) { connection in
            try connection.withTimeout(.seconds(60)) {
                try connection.execute(["CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"])
            }
        }
        let error = #expect(throws: CartError.self) { try PostgresStore(server.naming(database: name)) }
        #expect(error?.reason.contains("LATIN1") == true && error?.reason.contains("ENCODING 'UTF8'") == true)
        try withConnection(to: server) { connection in
            try connection.withTimeout(.seconds(60)) { try connection.execute(["DROP DATABASE \(name) WITH (FORCE)"]) }
        }
    }

    @Test("without the extension for trigrams the same carts are found")
    func withoutTrigrams() async throws {
        try await withTemporaryStore { store, location in
            // It is there to be dropped, or this fails.
            try withConnection(to: location) { try $0.execute(["DROP INDEX cart_search_trigrams"]) }
            let checks = StoreContract.checks.filter { $0.name.contains("search") || $0.name.contains("part of a name") }
            try #require(checks.count == 2)
            for check in checks {
                try await check.run(store)
                for id in try await store.ids(CartFilter(), at: LargeStore.clock) {
                    _ = try await store.delete([id], meeting: CartFilter(), at: LargeStore.clock, by: .tester(), under: nil)
                }
            }
        }
    }
}
#endif
