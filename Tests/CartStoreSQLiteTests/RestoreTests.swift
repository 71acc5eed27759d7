import CartCore
import CartTesting
import Foundation
import Testing

@testable import CartStoreSQLite

@Suite("Restoring a backup")
struct RestoreTests {
    @Test("is refused with the reason if it is damaged or none, and the store keeps what it holds")
    func refused() async throws {
        try await withTemporaryStore { store, path in
            let carts = try await fillStore(store, 300)
            let backup = path + ".backup"
            _ = try await SQLiteBackup.write(of: path, to: backup)
            /// A changed copy of the backup.
            func copy(_ name: String, _ change: (String) throws -> Void) throws -> String {
                let copy = path + "." + name
                try FileManager.default.copyItem(atPath: backup, toPath: copy)
                try change(copy)
                return copy
            }
            func copy(_ name: String, executing sql: String) throws -> String {
                try copy(name) { try Connection(path: $0, access: .write).execute(sql) }
            }
            let pages = try copy("pages") { file in
                let handle = try #require(FileHandle(forUpdatingAtPath: file))
                let size = try handle.seekToEnd()
                try handle.seek(toOffset: size / 2 / 4096 * 4096)
                try handle.write(contentsOf: Data(repeating: 0xFF, count: 8 * 4096))
                try handle.close()
            }
            let half = try copy("half") { file in
                let handle = try #require(FileHandle(forUpdatingAtPath: file))
                let size = try handle.seekToEnd()
                try handle.truncate(atOffset: size / 2)
                try handle.close()
            }
            let used = try copy("used") { try Data().write(to: URL(filePath: $0 + "-wal")) }
            let text = try copy("text") { try Data(repeating: 0x41, count: 9000).write(to: URL(filePath: $0)) }
            let files: [(String, String)] = [
                (pages, "damaged"), (half, "damaged"), (used, "in use or was not closed"), (text, "no database"),
                (try copy("counts", executing: "DELETE FROM cart_documents WHERE id = 7"), "299 documents"),
                (try copy("newer", executing: "INSERT INTO migrations VALUES (1000, 'x')"), "newer version"),
                (try copy("changed", executing: "UPDATE migrations SET hash = 'x' WHERE number = 2"), "Migration 2"),
                (try copy("foreign", executing: "DROP TABLE cart_facets"), "no store of carts"),
                (path + ".missing", "cannot be opened"),
            ]
            let fresh = path + ".fresh"
            for (file, reason) in files {
                for target in [path, fresh] {
                    let error = await #expect(throws: CartError.self) { try await restoreBackup(file, to: target) }
                    #expect(error?.reason.contains(reason) == true, "\(file): \(error?.reason ?? "")")
                }
                #expect(!FileManager.default.fileExists(atPath: fresh))
            }
            let itself = await #expect(throws: CartError.self) { try await restoreBackup(path, to: path) }
            #expect(itself?.reason.contains("is the store itself") == true)
            for cart in carts { #expect(try await store.cart(cart.key)?.document == cart.document) }
            #expect(try await store.verify().isEmpty)
        }
    }

    @Test("is refused onto a store that is open, which goes on as if nothing had been")
    func inUse() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 10)
            let backup = path + ".backup"
            _ = try await SQLiteBackup.write(of: path, to: backup)
            try await fillStore(store, 10, seed: 2)
            let error = await #expect(throws: CartError.self) { try await restoreBackup(backup, to: path) }
            #expect(error?.reason == "The store is in use by another process; stop the server first.")
            try await fillStore(store, 10, seed: 3)
            let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
            #expect(try await store.page(CartQuery(clock: clock, limit: 1)).total == 30)
            #expect(try await store.verify().isEmpty)
        }
    }

    @Test("holds the store for itself: another connection waits, and fails if it takes long")
    func locked() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 10)
            let backup = path + ".backup"
            _ = try await SQLiteBackup.write(of: path, to: backup)
            let other = path + ".other"
            try await opening(other) { try await fillStore($0, 5, seed: 2) }
            let content = try await SQLiteBackup.restore(
                backup, to: other, by: .tester(at: CartGenerator.base),
                replacing: { standing in
                    #expect(standing?.carts == 5)
                    // It waits for five seconds.
                    let error = #expect(throws: SQLiteError.self) {
                        try Connection(path: other, access: .read).integer("SELECT count(*) FROM carts")
                    }
                    #expect(error?.unavailable.reason == "The database is locked by another process.")
                    return true
                })
            #expect(content.carts == 10)
        }
    }

    @Test("replaces what a store holds only if it may, and revisions go on behind those that were used")
    func replacing() async throws {
        try await withTemporaryStore { _, path in
            let (target, backup) = (path + ".target", path + ".target.backup")
            let old = try await opening(target) { store in
                let carts = try await fillStore(store, 10)
                _ = try await SQLiteBackup.write(of: target, to: backup)
                return carts
            }
            let new = try await opening(target) { try await fillStore($0, 15, seed: 2) }

            let error = await #expect(throws: CartError.self) { try await restoreBackup(backup, to: target, mayReplace: false) }
            #expect(error?.code == .conflict)
            #expect(error?.reason.hasPrefix("The store holds 25 carts, the last changed at ") == true)
            let interrupted = await #expect(throws: CartError.self) {
                try await SQLiteBackup.restore(
                    backup, to: target, by: .tester(at: CartGenerator.base), replacing: { _ in true }, shouldStop: { true })
            }
            #expect(interrupted?.reason.contains("interrupted") == true)
            try await opening(target) { store in
                for cart in old + new {
                    let kept = try await store.cart(cart.key)
                    #expect(kept?.document == cart.document)
                }
            }

            let content = try await restoreBackup(backup, to: target)
            #expect(content.carts == 10)
            #expect(content.revision == 26)
            #expect(content.updated == old.map(\.updated).max())
            let files = try neighbours(of: path).filter { $0.hasPrefix("carts.db.target") }
            #expect(files == ["carts.db.target", "carts.db.target.backup"])
            try await opening(target) { store in
                for cart in old { #expect(try await store.cart(cart.key)?.document == cart.document) }
                for cart in new { #expect(try await store.cart(cart.key) == nil) }
                let cart = try #require(new.first)
                #expect(try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)]) == [.saved(id: 27, revision: 27)])
                #expect(try await store.verify().isEmpty)
            }
        }
    }

    @Test("brings back no session and no lease, and no answer that has run out")
    func forgotten() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 1)
            let later = (CartGenerator.base + .hours(1)).milliseconds
            try await store.writer.write {
                try $0.connection.execute(
                    """
                    INSERT INTO sessions VALUES (x'01', 1, 0, \(later));
                    INSERT INTO leases VALUES ('sweep', 'another', \(later));
                    INSERT INTO answers (request, expires, answer) VALUES (x'01', \(later), x'00'), (x'02', 1, x'00');
                    """)
            }
            let backup = path + ".backup"
            _ = try await SQLiteBackup.write(of: path, to: backup)
            let other = path + ".restored"
            _ = try await restoreBackup(backup, to: other)
            let connection = try Connection(path: other, access: .read)
            #expect(try connection.integer("SELECT count(*) FROM sessions") == 0)
            #expect(try connection.integer("SELECT count(*) FROM leases") == 0)
            #expect(try connection.integer("SELECT count(*) FROM answers") == 1)
        }
    }

    @Test("takes one of an earlier version, which is brought to the present schema when the store is opened")
    func older() async throws {
        try await withTemporaryStore { _, path in
            let (old, backup, other) = (path + ".old", path + ".backup", path + ".restored")
            try Migrator(connection: Connection(path: old, access: .write), migrations: Array(Schema.migrations.prefix(2))).migrate()
            #expect(try await SQLiteBackup.write(of: old, to: backup).carts == 0)
            _ = try await restoreBackup(backup, to: other)
            try await opening(other) { store in
                let damage = try await store.verify()
                #expect(damage.isEmpty)
            }
        }
    }
}
