import CartCore
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("What comes out can be put back in")
struct RoundTripTests {
    @Test("what GET returns can be PUT back, and leaves the cart as it was, for 1,000 carts in every script of the world")
    func getAndPut() async throws {
        try await TestServer.run { server in
            var generator = CartGenerator(seed: 21)
            let key = try await server.key().authorization
            for number in 0..<1000 {
                let path = "/v1/carts/c\(number)"
                let cart = generator.cart(key: CartKey("c\(number)"))
                let put = try await server.send(.PUT, path, key, body: cart.document)
                #expect(put.status == 201, "\(put.text)")
                let first = try await server.send(.GET, path, key)
                #expect(first.body == put.body)
                // Everything that was written is there to the byte.
                #expect(first.text.hasSuffix(String(decoding: cart.document.dropFirst(), as: UTF8.self)), "\(number): \(first.text)")
                let again = try await server.send(.PUT, path, key, body: first.body)
                #expect(again.status == 200, "\(again.text)")
                let second = try await server.send(.GET, path, key)
                #expect(Self.withoutRevision(second.text) == Self.withoutRevision(first.text))
            }
        }
    }

    @Test("what export writes, import reads, byte for byte, for 1,000 carts in every script of the world")
    func exportAndImport() async throws {
        try await withTemporaryFolder { folder in
            let first = "sqlite:" + folder.appending(path: "first.db").path
            let second = "sqlite:" + folder.appending(path: "second.db").path
            var generator = CartGenerator(seed: 22)
            let location = try #require(DatabaseLocation(first))
            let store = try location.open(creating: true)
            let carts = (0..<1000).map { _ in generator.cart() }
            _ = try await store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
            await store.close()

            let file = folder.appending(path: "carts.ndjson").path
            let exported = try await Program.corral("carts", "export", file, "--database", first).run()
            #expect(exported.status == 0 && exported.output.isEmpty)
            #expect(exported.errors.hasPrefix("Exported 1000 carts "))
            let bytes = try Data(contentsOf: URL(filePath: file))
            let expected = carts.reduce(into: Data()) { $0 += $1.document + [UInt8(ascii: "\n")] }
            #expect(bytes == expected)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)

            // Twice leaves the same carts.
            for _ in 1...2 {
                let imported = try await Program.corral("import", "ndjson", file, "--database", second).run()
                #expect(imported.status == 0, "\(imported.errors.prefix(2000))")
                #expect(imported.output.hasPrefix("Imported 1000 carts, refused 0 "))
                let piped = try await Program.corral("carts", "export", "-", "--database", second).run()
                #expect(Data(piped.output.utf8) == bytes)
            }
        }
    }

    @Test("export takes the filters of the list")
    func exportFilters() async throws {
        try await withTemporaryFolder { folder in
            let database = "sqlite:" + folder.appending(path: "carts.db").path
            let lines = (0..<30).map { #"{"key":"k\#($0)","store_id":\#($0 % 3 + 1),"order_id":\#($0 % 2 == 0 ? "7" : "null")}"# }
            let imported = try await Program.corral("import", "ndjson", "-", "--database", database).run(
                input: lines.joined(separator: "\n"))
            #expect(imported.status == 0)
            let exported = try await Program.corral(
                "carts", "export", "-", "--store-id", "2", "--state", "converted", "--database", database
            ).run()
            let keys = try exported.output.split(separator: "\n").map { line in
                try #require((JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["key"] as? String)
            }
            #expect(keys == (0..<30).filter { $0 % 6 == 4 }.map { "k\($0)" })
            let unwritable = try await Program.corral(
                "carts", "export", folder.appending(path: "no/such/folder").path, "--database", database
            ).run()
            #expect(unwritable.status == 1)
            #expect(unwritable.errors.contains("cannot be written"))
        }
    }

    @Test("an import that ends early says where it can be resumed, and a line without a key gets the same one each time")
    func resuming() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "carts.db").path
            let file = folder.appending(path: "carts.ndjson").path
            let lines = (1...2500).map { #"{"items":[{"product_id":\#($0)}]}"# }
            try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            try await DatabaseLocation.sqlite(path: path).open(creating: true).close()
            // The second batch of lines fails in the store.
            try SQLiteFile(path: path).execute(
                "CREATE TRIGGER full BEFORE INSERT ON carts WHEN (SELECT count(*) FROM carts) >= 1000 BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
            let failed = try await Program.corral("import", "ndjson", file, "--database", "sqlite:\(path)").run()
            #expect(failed.status == 1)
            #expect(failed.errors.contains("Imported 1000 carts, refused 0. Resume with --from-line 1001."), "\(failed.errors)")
            try SQLiteFile(path: path).execute("DROP TRIGGER full")
            let resumed = try await Program.corral("import", "ndjson", file, "--from-line", "1001", "--database", "sqlite:\(path)").run()
            #expect(resumed.status == 0)
            #expect(resumed.output.hasPrefix("Imported 1500 carts, refused 0 "))
            let whole = try await Program.corral("import", "ndjson", file, "--database", "sqlite:\(path)").run()
            #expect(whole.output.hasPrefix("Imported 2500 carts, refused 0 "))
            #expect(try SQLiteFile(path: path).text("SELECT count(*) FROM carts") == "2500")
        }
    }

    @Test("an import that is interrupted ends between two batches and says where it can be resumed")
    func interrupted() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "carts.db").path
            let fifo = folder.appending(path: "carts.fifo").path
            #expect(mkfifo(fifo, 0o600) == 0)
            // So much that the program waits for more when it has written the first batches.
            let padding = String(repeating: "x", count: 900)
            let lines = (1...3000).map { #"{"key":"k\#($0)","source":"\#(padding)"}"# + "\n" }.joined()
            async let feeding: FileHandle? = Task.detached {
                let handle = FileHandle(forWritingAtPath: fifo)
                try? handle?.write(contentsOf: Data(lines.utf8))
                return handle
            }.value
            let program = try await Program.corral("import", "ndjson", fifo, "--database", "sqlite:\(path)").start { _ in true }
            for _ in 0..<1000 where (try? SQLiteFile(path: path).text("SELECT count(*) >= 1000 FROM carts")) != "1" {
                try await Task.sleep(for: .milliseconds(20))
            }
            program.interrupt()
            try await feeding?.close()
            #expect(program.wait() == 1)
            let text = program.text
            let match = try #require(text.firstMatch(of: /Imported (\d+) carts, refused 0. Resume with --from-line (\d+)\./), "\(text)")
            #expect(Int(match.1).map { $0 + 1 } == Int(match.2))
            #expect(try SQLiteFile(path: path).text("SELECT count(*) FROM carts") == match.1)
        }
    }

    private static func withoutRevision(_ text: String) -> String { text.replacing(/"revision":\d+,/, with: "", maxReplacements: 1) }
}
