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
        try await withCartDatabase { source, folder in
            let first = source.text
            var generator = CartGenerator(seed: 22)
            let store = try source.location.open(creating: true)
            let carts = (0..<1000).map { _ in generator.cart() }
            _ = try await store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
            // One that was abandoned once, and has changed since.
            var recovered = try #require(carts.first)
            recovered.key = try #require(CartKey("recovered"))
            recovered.items = [CartItem(key: "i", productID: 1)]
            recovered.orderID = nil
            (recovered.updated, recovered.expires) = (SystemWallClock().now, .latest)
            _ = try await store.apply([.save(recovered, wasAbandoned: true, replacing: nil)])
            await store.close()

            let file = folder.appending(path: "carts.ndjson").path
            let exported = try await Program.corral("carts", "export", file, "--database", first).run()
            #expect(exported.status == 0 && exported.output.isEmpty)
            #expect(exported.errors.hasPrefix("Exported 1001 carts "))
            let bytes = try Data(contentsOf: URL(filePath: file))
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            #expect(lines.dropLast().map(Array.init) == carts.map(\.document))
            #expect(
                lines.last.map { String(decoding: $0, as: UTF8.self) }?.hasPrefix(#"{"id":1001,"revision":1001,"state":"recovered","key""#)
                    == true)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)

            // Twice leaves the same carts.
            try await withCartDatabase { target, _ in
                for _ in 1...2 {
                    let imported = try await Program.corral("import", "ndjson", file, "--database", target.text).run()
                    #expect(imported.status == 0, "\(imported.errors.prefix(2000))")
                    #expect(imported.output.hasPrefix("Imported 1001 carts, refused 0 "))
                    let piped = try await Program.corral("carts", "export", "-", "--database", target.text).run()
                    let again = piped.output.replacing(/"revision":\d+,"state"/, with: #""revision":1001,"state""#)
                    #expect(Data(again.utf8) == bytes)
                }
            }
        }
    }

    @Test("export takes the filters of the list")
    func exportFilters() async throws {
        try await withCartDatabase { place, folder in
            let database = place.text
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
            let first = try SQLiteFile(path: path).text("SELECT group_concat(substr(document, 1, 400), '') FROM cart_documents")
            let third = try await Program.corral("import", "ndjson", file, "--database", "sqlite:\(path)").run()
            #expect(third.status == 0)
            let second = try SQLiteFile(path: path).text("SELECT group_concat(substr(document, 1, 400), '') FROM cart_documents")
            #expect(first == second, "keys of carts or items differ")
            #expect(try SQLiteFile(path: path).text("SELECT count(*) FROM carts") == "2500")
        }
    }

    @Test("a cart that one server took is taken by an import, whatever the size that it has grown to, and can be put back")
    func largeCarts() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            let extra = #"{"a":"\#(String(repeating: "x", count: 1900))"}"#
            func body(_ count: Int) -> [UInt8] {
                Array(
                    #"{"items":[\#(Array(repeating: #"{"product_id":1,"extra":\#(extra)}"#, count: count).joined(separator: ","))]}"#.utf8)
            }
            // It would fit into a body, but not with what is filled in.
            let large = try await server.send(.PUT, "/v1/carts/large", key, body: body(1000))
            #expect(large.status == 413)
            #expect(try await server.send(.PUT, "/v1/carts/large", key, body: body(940)).status == 201)
            let read = try await server.send(.GET, "/v1/carts/large", key)
            #expect(read.body.count > 2_000_000)
            #expect(try await server.send(.PUT, "/v1/carts/large", key, body: read.body).status == 200)
            for number in 0..<7 { #expect(try await server.send(.PUT, "/v1/carts/l\(number)", key, body: body(940)).status == 201) }
            // Pages end early rather than grow without bound, and no cart is missed.
            let page = try await server.send(.GET, "/v1/carts?limit=100", key)
            let cursor = try #require(page.object["next_cursor"] as? String)
            let rest = try await server.send(.GET, "/v1/carts?limit=100&cursor=\(cursor)", key)
            let counts = [page, rest].map { ($0.object["data"] as? [Any])?.count ?? 0 }
            #expect(counts.reduce(0, +) == 8 && counts[0] < 8)
            #expect(rest.object["next_cursor"] is NSNull)
            let exported = try await Program.corral("carts", "export", "-", "--database", server.database.text).run()
            try await withCartDatabase { other, _ in
                let imported = try await Program.corral("import", "ndjson", "-", "--database", other.text).run(input: exported.output)
                #expect(imported.output.hasPrefix("Imported 8 carts, refused 0 "), "\(imported.errors.prefix(500))")
            }
        }
    }

    @Test("an export leaves nothing half, follows no links, and replaces nothing but files")
    func exportFiles() async throws {
        try await withTemporaryFolder { folder in
            let database = "sqlite:" + folder.appending(path: "carts.db").path
            _ = try await Program.corral("import", "ndjson", "-", "--database", database).run(input: #"{"key":"a"}"#)
            let file = folder.appending(path: "carts.ndjson").path
            let target = folder.appending(path: "target").path
            try "precious".write(toFile: target, atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: file + ".part", withDestinationPath: target)
            #expect(try await Program.corral("carts", "export", file, "--database", database).run().status == 0)
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious")
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let link = folder.appending(path: "link").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            let refused = try await Program.corral("carts", "export", link, "--database", database).run()
            #expect(refused.status == 1 && refused.errors.contains("is not a file"))
            let none = folder.appending(path: "none").path
            #expect(try await Program.corral("carts", "export", none, "--database", "sqlite:\(none).db").run().status == 1)
            #expect(!FileManager.default.fileExists(atPath: none + ".part"))
            for arguments in [["--name", ""], ["--name", " "], ["--email", ""], ["--owner-id", "0"], ["--product-ids", "0"]] {
                var program = Program.corral("carts", "export", none, "--database", database)
                program.arguments += arguments
                let status = try await program.run().status
                #expect(status == 64, "\(arguments)")
            }
        }
    }

    @Test("an import that is interrupted ends between two batches and says where it can be resumed")
    func interrupted() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "carts.db").path
            let fifo = folder.appending(path: "carts.fifo").path
            #expect(mkfifo(fifo, 0o600) == 0)
            // So much that the program waits for more when it has written the first batches.
            let lines = (1...3500).map { #"{"key":"k\#($0)"}"# + "\n" }.joined()
            async let feeding: FileHandle? = Task.detached {
                let handle = FileHandle(forWritingAtPath: fifo)
                try? handle?.write(contentsOf: Data(lines.utf8))
                return handle
            }.value
            let program = try await Program.corral("import", "ndjson", fifo, "--database", "sqlite:\(path)").start { _ in true }
            for _ in 0..<1000 where (try? SQLiteFile(path: path).text("SELECT count(*) >= 1000 FROM carts")) != "1" {
                try await Task.sleep(for: .milliseconds(20))
            }
            let handle = await feeding
            program.interrupt()
            // It ends although more could come.
            #expect(program.wait() == 1)
            try handle?.close()
            let text = program.text
            let match = try #require(text.firstMatch(of: /Imported (\d+) carts, refused 0. Resume with --from-line (\d+)\./), "\(text)")
            #expect(Int(match.1).map { $0 + 1 } == Int(match.2))
            #expect((1000...3000).contains(Int(match.1) ?? 0))
            #expect(try SQLiteFile(path: path).text("SELECT count(*) FROM carts") == match.1)
        }
    }

    private static func withoutRevision(_ text: String) -> String { text.replacing(/"revision":\d+,/, with: "", maxReplacements: 1) }
}
