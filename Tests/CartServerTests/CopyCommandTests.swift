import Foundation
import Testing

@Suite("Copying at the command line")
struct CopyCommandTests {
    private func corral(_ arguments: String..., input: String = "") async throws -> Program.Result {
        var program = Program.corral()
        program.arguments = arguments
        return try await program.run(input: input)
    }

    /// Runs a test on the locations of a SQLite store with a user, a key and some carts, and of one of either kind that does not exist.
    private func withStores(carts: Int = 3, _ body: (_ source: String, _ target: CartDatabase) async throws -> Void) async throws {
        try await withCartDatabase { target, folder in
            let source = "sqlite:" + folder.appending(path: "source.db").path
            let seeded = try await corral("seed", "--carts", "\(carts)", "--database", source)
            #expect(seeded.status == 0, "\(seeded.errors)")
            _ = try await corral(
                "users", "create", "ann", "--email", "ann@example.com", "--role", "administrator", "--password-stdin", "--database", source,
                input: "long enough\n")
            let key = try await corral(
                "keys", "create", "--user", "ann", "--description", "shop", "--permissions", "read", "--expires", "90d", "--database",
                source)
            #expect(key.status == 0, "\(key.errors)")
            try await body(source, target)
        }
    }

    private func shown(_ database: String) async throws -> [String] {
        var texts: [String] = []
        for command in [["carts", "list", "--limit", "100"], ["users", "list"], ["keys", "list"], ["audit"]] {
            var program = Program.corral()
            program.arguments = command + ["--format", "json", "--database", database]
            let result = try await program.run()
            #expect(result.status == 0, "\(result.errors)")
            texts.append(result.output)
        }
        return texts
    }

    @Test("takes everything along and says what it was")
    func everything() async throws {
        try await withStores { source, target in
            let copied = try await corral("copy", "--from", source, "--to", target.text)
            #expect(copied.status == 0, "\(copied.errors)")
            let what = "Copied 3 carts, 1 users, 1 keys, 3 entries of the audit trail and 0 kept answers to "
            #expect(copied.output.hasPrefix(what + (CartDatabase.isPostgres ? "postgres:" : "sqlite:")))
            #expect(try await shown(target.text) == shown(source))
            #expect(try await corral("doctor", "--database", target.text).status == 0)
            let again = try await corral("copy", "--from", source, "--to", target.text, "--restart")
            #expect(again.status == 1)
            #expect(again.errors.contains("The target holds carts (3), "))
            let back = try await corral("copy", "--from", target.text, "--to", source + "2", "--format", "json")
            let object = try #require(try TestServer.json(back.output) as? [String: Any])
            #expect((object["rows"] as? [String: Any])?["carts"] as? Int == 3)
            #expect(try await shown(source + "2") == shown(source))
        }
    }

    /// How far a copy has come.
    private static func note(in database: CartDatabase) async -> String? {
        let text = CartDatabase.isPostgres ? "convert_from(note, 'UTF8')" : "CAST(note AS TEXT)"
        return try? await database.text("SELECT \(text) FROM notes WHERE name = 'copy'")
    }

    @Test("is interrupted after a batch, killed at any moment, and goes on; until then nobody uses the target")
    func interrupted() async throws {
        try await withStores(carts: 6000) { source, target in
            for isKilled in [true, false] {
                let earlier = await Self.note(in: target)
                let running = try await Program.corral("copy", "--from", source, "--to", target.text).start { _ in
                    guard let note = await Self.note(in: target) else { return false }
                    return note != earlier && note.contains("after")
                }
                if isKilled {
                    running.kill()
                } else {
                    running.interrupt()
                    #expect(running.wait() == 1)
                    #expect(running.text.contains(/Interrupted after \d+ rows\. The same command goes on where this one ended\./))
                }
                try await expectNobodyUses(target)
            }
            let done = try await corral("copy", "--from", source, "--to", target.text)
            #expect(done.status == 0, "\(done.errors)")
            #expect(done.output.hasPrefix("Copied 6000 carts, "))
            #expect(try await shown(target.text) == shown(source))
        }
    }

    private func expectNobodyUses(_ target: CartDatabase) async throws {
        var commands = [["serve", "--port", "0"], ["doctor"], ["carts", "list"], ["users", "list"]]
        // PostgreSQL has backups of its own.
        if !CartDatabase.isPostgres { commands.append(["backup", target.path + ".backup"]) }
        for command in commands {
            var refused = Program.corral()
            refused.arguments = command + ["--database", target.text]
            let result = try await refused.run()
            #expect(result.status == 1)
            #expect(
                (result.errors + result.output).contains("A copy into this store was not finished; run corral copy again."),
                "\(command)")
        }
        #expect(!FileManager.default.fileExists(atPath: target.path + ".backup"))
    }

    @Test("refuses what is no store, and names no text that may hold a password")
    func refusals() async throws {
        try await withStores { source, target in
            for (from, to, reason) in [
                (source, source, "are the same store"), ("nothing", target.text, "--from must be"),
                (source, "mysql://ann:geheim@db/carts", "--to must be"), (source, "postgres://ann:12/geheim@db/carts", "--to must "),
            ] {
                let refused = try await corral("copy", "--from", from, "--to", to)
                #expect(refused.status == 64)
                #expect(refused.errors.contains(reason) && !refused.errors.contains("geheim"), "\(refused.errors)")
            }
            let missing = try await corral("copy", "--from", source + "x", "--to", target.text)
            #expect(missing.status == 1 && missing.errors.contains("There is no database at"))
            #expect(!FileManager.default.fileExists(atPath: target.path))
        }
    }
}
