import CartCore
import CartTesting
import Foundation
import Testing

@testable import CartStoreSQLite

/// What a writer was told is on disk.
private actor Acknowledged {
    private(set) var keys: [CartKey] = []

    func note(_ more: [CartKey]) { keys += more }
}

@Suite("Backups")
struct BackupTests {
    @Test("beside a busy writer hold all that was acknowledged before they began, and are whole")
    func busy() async throws {
        try await withTemporaryStore { store, path in
            let acknowledged = Acknowledged()
            // 10 carts every 10 milliseconds.
            let writing = Task {
                var generator = CartGenerator(seed: 7)
                while !Task.isCancelled {
                    let carts = (0..<10).map { _ in generator.cart() }
                    _ = try await store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
                    await acknowledged.note(carts.map(\.key))
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            defer { writing.cancel() }
            let backup = path + ".backup"
            for round in 1...3 {
                for _ in 0..<3000 where await acknowledged.keys.count < round * 200 { try await Task.sleep(for: .milliseconds(10)) }
                let before = await acknowledged.keys
                #expect(before.count >= round * 200)
                // The second and the third take the place of the one before.
                let content = try await SQLiteBackup.write(of: path, to: backup)
                let after = await acknowledged.keys.count
                #expect(content.carts >= before.count && content.carts <= after + 10)

                let other = path + ".restored\(round)"
                #expect(try await restoreBackup(backup, to: other).carts == content.carts)
                try await opening(other) { restored in
                    for key in before {
                        let record = try await restored.cart(key)
                        #expect(record != nil, "\(key) is missing in round \(round)")
                    }
                    #expect(try await restored.verify().isEmpty)
                }
            }
            writing.cancel()
            try await writing.value
        }
    }

    @Test("are one file each that its owner alone can read, and leave nothing beside it")
    func files() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 20)
            let before = try neighbours(of: path)
            let backup = path + ".backup"
            try Data("an older one".utf8).write(to: URL(filePath: backup))
            let content = try await SQLiteBackup.write(of: path, to: backup)
            #expect(content.carts == 20)
            #expect(content.revision == 20)
            #expect(try neighbours(of: path) == before.union(["carts.db.backup"]))
            #expect(try fileMode(backup) == 0o600)
            #expect(try Data(contentsOf: URL(filePath: backup)).count == Int(content.bytes))

            let other = path + ".restored"
            _ = try await restoreBackup(backup, to: other)
            #expect(try neighbours(of: path) == before.union(["carts.db.backup", "carts.db.restored"]))
            #expect(try fileMode(other) == 0o600)
        }
    }

    @Test("take no name that another file needs")
    func names() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 3)
            let folder = path + ".folder"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let used = path + ".used"
            try Data().write(to: URL(filePath: used + "-wal"))
            let link = path + ".link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            let before = try neighbours(of: path)
            let names: [(String, String)] = [
                (path, "is the store itself"), (link, "is the store itself"), (folder, "is not a file"),
                (path + ".b-wal", "must not end with"), (used, "in use or was not closed"), ("/no/such/folder/backup", "cannot be written"),
            ]
            for (name, reason) in names {
                let error = await #expect(throws: CartError.self) { try await SQLiteBackup.write(of: path, to: name) }
                #expect(error?.reason.contains(reason) == true, "\(name): \(error?.reason ?? "")")
            }
            #expect(try neighbours(of: path) == before)
            #expect(try await store.verify().isEmpty)
        }
    }

    @Test("that were begun and not finished leave the older one and nothing else")
    func unfinished() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 30)
            let backup = path + ".backup"
            _ = try await SQLiteBackup.write(of: path, to: backup)
            let old = try Data(contentsOf: URL(filePath: backup))
            let before = try neighbours(of: path)
            // More work than between two questions whether to stop.
            try await fillStore(store, 2000, seed: 2)
            let interrupted = await #expect(throws: CartError.self) {
                try await SQLiteBackup.write(of: path, to: backup, shouldStop: { true })
            }
            #expect(interrupted?.reason.contains("interrupted") == true)
            try await store.writer.write { try $0.connection.execute("DELETE FROM cart_documents WHERE id = 7") }
            let damaged = await #expect(throws: CartError.self) { try await SQLiteBackup.write(of: path, to: backup) }
            #expect(damaged?.reason.contains("damaged") == true)
            #expect(try Data(contentsOf: URL(filePath: backup)) == old)
            #expect(try neighbours(of: path) == before)
        }
    }

    @Test("are neither made of a copy that was not finished, nor restored over one or from one")
    func ofUnfinishedCopy() async throws {
        try await withTemporaryStore { store, path in
            try await fillStore(store, 20)
            let backup = path + ".backup"
            _ = try await SQLiteBackup.write(of: path, to: backup)
            let (copy, file) = (path + ".copy", path + ".file")
            try await opening(copy) { try await $0.leave([1], as: StoreCopy.noteName) }
            try FileManager.default.copyItem(atPath: backup, toPath: file)
            try Connection(path: file, access: .write).execute("INSERT INTO notes VALUES ('copy', x'01')")
            for operation in [
                { _ = try await SQLiteBackup.write(of: copy, to: path + ".other") }, { _ = try await restoreBackup(backup, to: copy) },
                { _ = try await restoreBackup(file, to: path) },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: CartError.self) { try await operation() }
                #expect(error?.reason.hasPrefix("A copy into this store was not finished; run corral copy again. It is /") == true)
            }
            #expect(!FileManager.default.fileExists(atPath: path + ".other"))
            let isUnfinished = try await opening(copy) { try await StoreCopy.unfinished($0) }
            #expect(isUnfinished)
            #expect(try await store.verify().isEmpty)
        }
    }
}
