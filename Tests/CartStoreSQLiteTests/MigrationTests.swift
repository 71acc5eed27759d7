import CartCore
import Foundation
import Testing

@testable import CartStoreSQLite

@Suite("A database file is brought to the present schema, or refused with the reason")
struct MigrationTests {
    @Test("a file of an earlier version keeps its users, keys and carts")
    func older() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "corral-\(UUID().uuidString).db").path
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        do {
            let connection = try Connection(path: path, access: .write)
            try Migrator(connection: connection, migrations: Array(Schema.migrations.prefix(2))).migrate()
            try connection.execute(
                """
                INSERT INTO users VALUES (1, 'ann', 'ann', 'ann@example.com', 'ann@example.com', 'shop_manager', 'x', 0);
                INSERT INTO consumer_keys VALUES (1, 1, 'old', 'read', NULL, '', 'hash', x'00', '1234567', 0, NULL, NULL, NULL, 7);
                """)
        }
        let store = try SQLiteStore(path: path)
        let key = try await store.key(lookupHash: "hash")?.key
        #expect(key?.kind == .cocart)
        #expect(key?.requests == 7)
        #expect(try await store.users().map(\.name) == ["ann"])
        await store.close()
    }

    @Test("a file that a newer version made is refused")
    func newer() async throws {
        try await withTemporaryStore { _, path in
            try Connection(path: path, access: .write).execute("INSERT INTO migrations VALUES (1000, 'x')")
            let error = #expect(throws: CartError.self) { try SQLiteStore(path: path) }
            #expect(error?.reason.contains("newer version") == true)
        }
    }

    @Test("a file with a changed migration is refused")
    func changed() async throws {
        try await withTemporaryStore { _, path in
            try Connection(path: path, access: .write).execute("UPDATE migrations SET hash = 'x' WHERE number = 1")
            let error = #expect(throws: CartError.self) { try SQLiteStore(path: path) }
            #expect(error?.reason.contains("Migration 1") == true)
        }
    }

    @Test("a file that is no database is refused")
    func noDatabase() async throws {
        try await withTemporaryStore { _, path in
            let other = path + ".txt"
            try String(repeating: "not a database ", count: 500).write(toFile: other, atomically: true, encoding: .utf8)
            let error = #expect(throws: CartError.self) { try SQLiteStore(path: other) }
            #expect(error?.code == .unavailable)
            #expect(error?.reason.contains("damaged") == true)
        }
    }

    @Test("a folder that does not exist is named as the cause")
    func noFolder() throws {
        let error = #expect(throws: CartError.self) { try SQLiteStore(path: "/no/such/folder/carts.db") }
        #expect(error?.reason == "The database file cannot be opened.")
    }
}
