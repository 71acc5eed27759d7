import CartCore
import CartHTTP
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("Carts as a file, over /v1/carts/export")
struct ExportRouteTests {
    private static let path = "/v1/carts/export"
    private static let clock = ManualClock(CartGenerator.base)

    /// Documents of any depth, and no sweep among carts of all times.
    private static func open(_ settings: inout Settings) {
        settings.limits.jsonDepth = 500
        settings.sweeps = false
    }

    private func lines(_ answer: TestServer.Answer) -> [[UInt8]] { answer.body.split(separator: 0x0A).map(Array.init) }

    private func keys(_ lines: [[UInt8]]) throws -> [String] {
        try lines.map { line in
            let draft = try CartDraft(document: line, maximumDepth: 500)
            return try #require(draft.key).text
        }
    }

    /// The table by RFC 4180: fields parted by commas, lines ended by CR LF, in quotes whatever holds a comma, a quote or a line break, with
    /// quotes doubled.
    private func table(_ bytes: [UInt8]) throws -> [[String]] {
        enum Place { case start, plain, quoted, afterQuote, afterReturn }
        var (table, row, field) = ([[String]](), [String](), [UInt8]())
        var place = Place.start
        func endField() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        for byte in bytes {
            switch (place, byte) {
            case (.quoted, UInt8(ascii: "\"")): place = .afterQuote
            case (.quoted, _): field.append(byte)
            case (.afterQuote, UInt8(ascii: "\"")):
                field.append(byte)
                place = .quoted
            case (.start, UInt8(ascii: "\"")): place = .quoted
            case (.start, UInt8(ascii: ",")), (.plain, UInt8(ascii: ",")), (.afterQuote, UInt8(ascii: ",")):
                endField()
                place = .start
            case (.start, 0x0D), (.plain, 0x0D), (.afterQuote, 0x0D): place = .afterReturn
            case (.afterReturn, 0x0A):
                endField()
                table.append(row)
                row = []
                place = .start
            case (.start, _), (.plain, _):
                guard byte != UInt8(ascii: "\""), byte != 0x0A else { throw Malformed(line: table.count + 1) }
                field.append(byte)
                place = .plain
            case (.afterQuote, _), (.afterReturn, _): throw Malformed(line: table.count + 1)
            }
        }
        guard place == .start, row.isEmpty, field.isEmpty else { throw Malformed(line: table.count + 1) }
        return table
    }

    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.utf8.first else { return false }
        return Array("=+-@\t\r".utf8).contains(first)
    }

    private struct Malformed: Error {
        let line: Int
    }

    @Test("a file of several pages holds each cart as the single route shows it, in the order of the list, and comes back by PUT")
    func documents() async throws {
        try await TestServer.run(Self.open, clock: Self.clock) { server in
            var generator = CartGenerator(seed: 5)
            let count = 420
            for step in 0..<count {
                _ = try await server.store.apply([.save(generator.cart(), wasAbandoned: step % 5 == 0, replacing: nil)])
            }
            let key = try await server.key(.read).authorization
            let file = try await server.send(.GET, Self.path, key)
            #expect(file.status == 200)
            let lines = lines(file)
            #expect(lines.count == count)
            #expect(file.body.last == 0x0A)
            let names = try keys(lines)
            let list = try await server.send(.GET, "/v1/carts?limit=1000", key)
            let listed = (list.object["data"] as? [[String: Any]])?.compactMap { $0["key"] as? String }
            #expect(names == listed)
            for (name, line) in zip(names, lines) {
                let single = try await server.send(.GET, "/v1/carts/\(name)", key)
                let isWhole = single.body == line
                // All but a cart that was abandoned once go without number, revision and state.
                let isDocument = single.body.suffix(line.count - 1) == line.dropFirst() && single.text.hasPrefix(#"{"id":"#)
                #expect(isWhole || isDocument, "\(name)")
                #expect(isWhole == String(decoding: line, as: UTF8.self).hasPrefix(#"{"id":"#), "\(name)")
            }

            try await TestServer.run(Self.open, clock: Self.clock) { other in
                let writer = try await other.key().authorization
                for (name, line) in zip(names, lines) {
                    let put = try await other.send(.PUT, "/v1/carts/\(name)", writer, body: line)
                    #expect(put.status == 201, "\(name): \(put.text)")
                    let cartKey = try #require(CartKey(name))
                    let (here, there) = (try await server.store.cart(cartKey), try await other.store.cart(cartKey))
                    #expect(here?.document == there?.document, "\(name)")
                }
                let again = try await other.send(.GET, Self.path, writer)
                let keysAgain = try keys(self.lines(again))
                #expect(keysAgain == names)
            }
        }
    }

    @Test("a table can be read by RFC 4180, whatever shoppers wrote, and no cell is a formula")
    func tableOfTexts() async throws {
        let texts = [
            "Anna", "", "a,b", "\"", "\"\"quoted\"\"", "line\nbreak", "line\r\nbreak", "cr\rcr", ";", "=1+1", "+1", "-1", "@SUM(A1)", "\tx",
            "\rx",
            "=HYPERLINK(\"http://example.org\",\"a\")", " =1", "Zoë", "张伟", "👩‍👩‍👧", "\u{202E}evil", "'=1",
        ]
        try await TestServer.run { server in
            let key = try await server.key().authorization
            for (number, text) in texts.enumerated() {
                let bought: [String: Any] = ["product_id": 1, "name": text, "quantity": 2, "unit_price": 1250]
                let wished: [String: Any] = ["product_id": 2, "name": "not to buy", "kind": "wishlist"]
                let body: [String: Any] = [
                    "owner": ["type": "customer", "id": "\(number + 1)"],
                    "customer": ["first_name": text, "last_name": text, "phone": text],
                    "currency": number % 2 == 0 ? "EUR" : "JPY", "source": text, "items": [bought, wished],
                ]
                let put = try await server.send(
                    .PUT, "/v1/carts/-c\(number)", key, body: Array(try JSONSerialization.data(withJSONObject: body)))
                #expect(put.status == 201, "\(put.text)")
            }
            let answer = try await server.send(.GET, Self.path + "?format=csv", key)
            #expect(answer.status == 200)
            let table = try table(answer.body)
            #expect(
                table.first == [
                    "key", "state", "store_id", "owner_type", "owner_id", "first_name", "last_name", "email", "phone", "items", "quantity",
                    "products", "currency", "subtotal", "total", "source", "order_id", "created", "updated", "expires",
                ])
            let rows = Array(table.dropFirst())
            try #require(rows.count == texts.count)
            for (number, (row, text)) in zip(rows, texts).enumerated() {
                try #require(row.count == 20, "\(row)")
                let cell = Self.isFormula(text) ? "'" + text : text
                let amount = number % 2 == 0 ? "25.00" : "2500"
                let expected = [
                    "'-c\(number)", "active", "1", "customer", "\(number + 1)", cell, cell, "", cell, "1", "2", cell,
                    number % 2 == 0 ? "EUR" : "JPY", amount, amount, cell, "",
                ]
                for (column, (found, wanted)) in zip(row, expected).enumerated() {
                    #expect(Array(found.utf8) == Array(wanted.utf8), "line \(number), column \(column)")
                }
                for time in row.suffix(3) { #expect(Timestamp(iso8601: time) != nil, "\(time)") }
                let formulas = row.filter(Self.isFormula)
                #expect(formulas.isEmpty)
            }
        }
    }

    @Test("a file has a type, a name and no length; HEAD has the same head and no body", arguments: ["", "ndjson", "csv"])
    func heads(format: String) async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#)
            let key = try await server.key(.read).authorization
            let path = Self.path + (format.isEmpty ? "" : "?format=\(format)")
            let answer = try await server.send(.GET, path, key)
            #expect(answer.status == 200 && !answer.body.isEmpty)
            #expect(answer.headers.first(name: "Content-Type") == (format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson"))
            let name = format == "csv" ? "carts.csv" : "carts.ndjson"
            #expect(answer.headers.first(name: "Content-Disposition") == "attachment; filename=\"\(name)\"")
            #expect(answer.headers.first(name: "Cache-Control") == "no-store")
            #expect(answer.headers.first(name: "Content-Length") == nil)
            let head = try await server.send(.HEAD, path, key)
            #expect(head.status == 200 && head.body.isEmpty)
            for name in ["Content-Type", "Content-Disposition", "Cache-Control"] {
                #expect(head.headers.first(name: name) == answer.headers.first(name: name), "\(name)")
            }
        }
    }

    @Test("without carts a file of documents is empty, and a table is its line of names")
    func nothing() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let documents = try await server.send(.GET, Self.path, key)
            #expect(documents.status == 200 && documents.body.isEmpty)
            let file = try await server.send(.GET, Self.path + "?format=csv", key)
            let rows = try table(file.body)
            #expect(rows.count == 1)
        }
    }

    @Test("an unknown format, and every parameter that is unknown, wrong or stands twice, is 422 and named")
    func wrongParameters() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a"}"#)
            let key = try await server.key(.read).authorization
            for (query, field) in [
                ("format=xlsx", "format"), ("format=CSV", "format"), ("format=", "format"), ("format=csv&format=csv", "format"),
                ("format[]=csv", "format"), ("limit=10", "limit"), ("cursor=aWQ6MQ", "cursor"), ("stat=expired", "stat"),
                ("state=gone", "state"), ("email=", "email"), ("store_id=0", "store_id"), ("created_after=yesterday", "created_after"),
            ] {
                let answer = try await server.send(.GET, "\(Self.path)?\(query)", key)
                #expect(answer.status == 422, "\(query): \(answer.text)")
                #expect(answer.headers.first(name: "Content-Type") == "application/problem+json", "\(query)")
                #expect(Set(answer.wrongFields) == [field], "\(query): \(answer.text)")
            }
        }
    }

    @Test("holds the carts that the list finds with the same conditions")
    func filters() async throws {
        try await TestServer.run(Self.open, clock: Self.clock) { server in
            var generator = CartGenerator(seed: 6)
            for step in 0..<150 {
                _ = try await server.store.apply([.save(generator.cart(), wasAbandoned: step % 4 == 0, replacing: nil)])
            }
            let key = try await server.key(.read).authorization
            var found = 0
            for query in [
                "state=active", "state=abandoned", "state=recovered", "state=converted", "state=expired", "owner_type=guest",
                "owner_type=customer&empty=false", "store_id=2", "has_contact=true", "empty=true", "total_min=1000",
                "total_max=0&store_id=1",
                "updated_after=\(CartGenerator.base.iso8601)", "created_before=\(CartGenerator.base.iso8601)&state=active",
            ] {
                let list = try await server.send(.GET, "/v1/carts?limit=1000&\(query)", key)
                let listed = (list.object["data"] as? [[String: Any]])?.compactMap { $0["key"] as? String }
                let file = try await server.send(.GET, "\(Self.path)?\(query)", key)
                let names = try keys(lines(file))
                #expect(names == listed, "\(query)")
                let sheet = try await server.send(.GET, "\(Self.path)?\(query)&format=csv", key)
                let rows = try table(sheet.body)
                #expect(rows.count == names.count + 1, "\(query)")
                if !names.isEmpty, names.count < 150 { found += 1 }
            }
            #expect(found > 5)
        }
    }

    @Test("a key that is bound to a store gets that store's carts alone")
    func storeBinding() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"one","store_id":1}"#, #"{"key":"two","store_id":2}"#)
            let bound = try await server.key(.read, storeID: 2).authorization
            for query in ["", "?store_id=2"] {
                let answer = try await server.send(.GET, Self.path + query, bound)
                let names = try keys(lines(answer))
                #expect(names == ["two"], "\(query)")
            }
            let refused = try await server.send(.GET, Self.path + "?store_id=1", bound)
            #expect(refused.status == 422 && refused.wrongFields == ["store_id"], "\(refused.text)")
        }
    }

    @Test("3,000 carts come in chunks, each exactly once", arguments: ExportFormat.allCases)
    func many(format: ExportFormat) async throws {
        try await TestServer.run { server in
            try await server.fill(3000)
            let key = try await server.key(.read).authorization
            let answer = try await server.send(.GET, "\(Self.path)?format=\(format.rawValue)", key)
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Length") == nil)
            #expect(answer.headers.first(name: "Transfer-Encoding") == "chunked")
            let names: [String] =
                switch format {
                case .ndjson: try keys(lines(answer))
                case .csv: try table(answer.body).dropFirst().map { $0[0] }
                }
            #expect(names == (0..<3000).map { "k\($0)" })
        }
    }
}
