import CartCore
import CartTesting
import Testing

@Suite("Carts as a file")
struct CartExportTests {
    private let store = InMemoryStore()
    private let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))

    private struct File {
        var bytes: [UInt8] = []
        var pieces: [Int] = []
        var damaged: [Int64] = []

        var carts: Int { pieces.reduce(0, +) }
        var lines: [[UInt8]] { bytes.split(separator: 0x0A).map(Array.init) }
    }

    private func export(
        _ format: ExportFormat, of filter: CartFilter = CartFilter(), from front: (any CartStore)? = nil
    ) async throws -> File {
        var file = File()
        for try await piece in CartExport(format, of: filter, in: front ?? store, at: clock) {
            file.bytes += piece.bytes
            file.pieces.append(piece.carts)
            file.damaged += piece.damaged
        }
        return file
    }

    private func cart(_ key: String = "a", _ change: (inout Cart) -> Void = { _ in }) throws -> Cart {
        let key = try #require(CartKey(key))
        let owner = try #require(Owner(id: 1))
        let now = CartGenerator.base
        var cart = Cart(key: key, owner: owner, created: now - .days(1), updated: now, expires: now + .days(7))
        change(&cart)
        return cart
    }

    private func keep(_ carts: [Cart], wasAbandoned: Bool = false) async throws {
        _ = try await store.apply(carts.map { .save($0, wasAbandoned: wasAbandoned, replacing: nil) })
    }

    /// The rows of a table by RFC 4180, whose lines end with CR LF.
    private func rows(_ bytes: [UInt8]) throws -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && place < bytes.count && bytes[place] == byte:
                field.append(byte)
                place += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                row.append(String(decoding: field, as: UTF8.self))
                field = []
            case 0x0D where !isQuoted:
                try #require(place < bytes.count && bytes[place] == 0x0A)
                place += 1
                row.append(String(decoding: field, as: UTF8.self))
                rows.append(row)
                (row, field) = ([], [])
            default: field.append(byte)
            }
        }
        #expect(!isQuoted && row.isEmpty && field.isEmpty)
        return rows
    }

    @Test("A table begins with the names of its columns, also if there are no carts")
    func header() async throws {
        let file = try await export(.csv)
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(
            text == """
                key,state,store_id,owner_type,owner_id,first_name,last_name,email,phone,items,quantity,products,currency,subtotal,total,\
                source,order_id,created,updated,expires\r\n
                """)
        #expect(file.pieces == [0])
        let documents = try await export(.ndjson)
        #expect(documents.bytes.isEmpty && documents.pieces.isEmpty)
    }

    @Test("A line of a table says what the cart holds, with amounts in major units and items to buy alone")
    func line() async throws {
        let two = try #require(Quantity(2))
        let half = try #require(Quantity(millionths: 500_000))
        let kuwait = try #require(Currency("KWD"))
        let cart = try cart { cart in
            cart.storeID = 3
            cart.customer.firstName = "Ann"
            cart.customer.lastName = "O\"Neill, Jr."
            cart.customer.email = "ann@example.com"
            cart.customer.phone = "+965 555"
            cart.currency = kuwait
            cart.items = [
                CartItem(key: "1", productID: 1, name: "Tea", quantity: two),
                CartItem(key: "2", kind: .wishlist, productID: 2, name: "Pot", quantity: two),
                CartItem(key: "3", productID: 3, name: "Cup; blue", quantity: half),
            ]
            cart.totals.subtotal = 12_345
            cart.totals.total = -5
            cart.source = "cocart"
            cart.orderID = 77
        }
        try await keep([cart])
        let file = try await export(.csv)
        let text = try #require(String(decoding: file.bytes, as: UTF8.self).split(separator: "\r\n").last)
        #expect(
            text == """
                "a","converted",3,"customer",1,"Ann","O""Neill, Jr.","ann@example.com","'+965 555",2,2.5,"Tea; Cup; blue","KWD",12.345,-0.005,\
                "cocart",77,\(cart.created.iso8601),\(cart.updated.iso8601),\(cart.expires.iso8601)
                """)
    }

    @Test(
        "Every text comes back from a table as it was, whatever its letters",
        arguments: [
            "", "Anna", "محمد بن عبد الله", "张伟", "さくら", "김민준", "שרה", "สมชาย", "Zoë", "👩‍👩‍👧 🇩🇪", "\u{202E}evil", "\u{FEFF}bom",
            "a,b", "\"", "\"\"", "a\"b\"", "\",\"", "line\nbreak", "line\r\nbreak", "cr\rcr", "\n", " =1", "a=1", "'=1", ";", "\u{1}",
            "\u{85}",
            "tab\tbed",
        ])
    func texts(text: String) async throws {
        try await keep([
            try cart { cart in
                cart.customer.firstName = text
                cart.customer.lastName = text
                cart.customer.email = text
                cart.customer.phone = text
                cart.source = text
                cart.items = [CartItem(key: "1", productID: 1, name: text)]
            }
        ])
        let rows = try rows(try await export(.csv).bytes)
        #expect(rows.count == 2)
        let row = try #require(rows.last)
        #expect(row.count == 20)
        for column in [5, 6, 7, 8, 11, 15] {
            let bytes = Array(row[column].utf8)
            #expect(bytes == Array(text.utf8), "column \(column)")
        }
    }

    @Test(
        "A text that a spreadsheet would run gets an apostrophe in front, in every column that holds what a shopper wrote",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=", "=HYPERLINK(\"http://example.com\",\"a\")", "-\n=1", "=\u{301}1"])
    func formulas(text: String) async throws {
        try await keep([
            try cart("-1") { cart in
                cart.customer.firstName = text
                cart.customer.lastName = text
                cart.customer.email = text
                cart.customer.phone = text
                cart.source = text
                cart.items = [CartItem(key: "1", productID: 1, name: text)]
            }
        ])
        let row = try #require(try rows(try await export(.csv).bytes).last)
        for column in [5, 6, 7, 8, 11, 15] {
            let bytes = Array(row[column].utf8)
            #expect(bytes == Array("'\(text)".utf8), "column \(column)")
        }
        #expect(row[0] == "'-1")
    }

    @Test("Lines of documents are taken back as equal carts in equal states")
    func documentsComeBack() async throws {
        var generator = CartGenerator(seed: 31)
        for round in 0..<80 { try await keep([generator.cart()], wasAbandoned: round % 3 == 0) }
        let file = try await export(.ndjson)
        #expect(file.carts == 80)
        #expect(file.lines.count == 80)
        let other = InMemoryStore()
        let service = CartService(store: other, random: SeededRandom())
        for line in file.lines {
            var draft = try CartDraft(document: line, maximumDepth: 512)
            draft.wasAbandoned = draft.state == .recovered
            let key = try #require(draft.key)
            let saved = try await service.put(draft, under: key, in: nil, at: clock.now)
            let record = try #require(try await store.cart(key))
            #expect(saved.record.document == record.document)
            #expect(saved.state == record.state(at: clock))
        }
    }

    @Test("Carts of several pages come exactly once, in the order of their ids", arguments: ExportFormat.allCases)
    func pages(format: ExportFormat) async throws {
        let keys = (0..<450).map { "k\($0)" }
        for key in keys { try await keep([try cart(key)]) }
        let file = try await export(format)
        #expect(file.pieces == [200, 200, 50])
        let found: [String] =
            switch format {
            case .csv: try rows(file.bytes).dropFirst().map { $0[0] }
            case .ndjson: try file.lines.map { try CartDraft(document: $0).key?.text ?? "none" }
            }
        #expect(found == keys)
    }

    @Test("Carts that a filter does not find are left out", arguments: ExportFormat.allCases)
    func filtered(format: ExportFormat) async throws {
        for number in 0..<250 { try await keep([try cart("k\(number)") { $0.storeID = number % 2 == 0 ? 1 : 2 }]) }
        var filter = CartFilter()
        filter.storeID = 2
        let file = try await export(format, of: filter)
        #expect(file.carts == 125)
        filter.storeID = 3
        let none = try await export(format, of: filter)
        #expect(none.carts == 0)
        #expect(none.bytes == format.header)
    }

    @Test("Damaged documents are left out and named by their ids, and all others are written", arguments: ExportFormat.allCases)
    func damaged(format: ExportFormat) async throws {
        for number in 0..<250 { try await keep([try cart("k\(number)")], wasAbandoned: number % 2 == 0) }
        let file = try await export(format, from: ScratchedStore(store: store))
        #expect(file.carts == 225)
        let damaged = (1...250 as ClosedRange<Int64>).filter { $0 % 10 == 3 }
        #expect(file.damaged == damaged)
        #expect(file.pieces == [180, 45])
        let lines = file.lines.count
        #expect(lines == (format == .csv ? 226 : 225))
    }

    @Test("A store that fails ends the export with its error")
    func failing() async throws {
        let error = await #expect(throws: CartError.self) {
            _ = try await export(.csv, from: UnreadableStore(store: store))
        }
        #expect(error?.code == .unavailable)
    }
}

/// A store in which the documents of some carts are cut off.
private struct ScratchedStore: StoreInFront {
    let store: InMemoryStore

    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        var records = try await store.carts(filter, at: clock, after: id, limit: limit)
        for place in records.indices where records[place].id % 10 == 3 { records[place].document.removeLast() }
        return records
    }
}

/// A store whose carts cannot be gone through.
private struct UnreadableStore: StoreInFront {
    let store: InMemoryStore

    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        throw CartError(.unavailable, "The disk reports an error.", retryAfter: 5)
    }
}
