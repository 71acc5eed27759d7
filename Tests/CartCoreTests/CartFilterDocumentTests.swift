import CartCore
import Testing

@Suite("A filter as JSON")
struct CartFilterDocumentTests {
    private func filter(_ text: String, depth: Int = 64) throws(CartError) -> CartFilter {
        var json = JSONReader(Array(text.utf8), maximumDepth: depth)
        let filter = try CartFilter(&json)
        try json.end()
        return filter
    }

    private func field(of text: String) throws -> String? {
        let error = try #require(throws: CartError.self, "\(text)") { try filter(text) }
        #expect(error.code == .invalid, "\(text)")
        #expect(error.fields.count == 1, "\(text)")
        return error.fields.first?.name
    }

    private static let moment = Timestamp(seconds: 1_700_000_000)

    /// Each name alone, with what it must set.
    private static let names: [(json: String, set: @Sendable (inout CartFilter) -> Void)] = [
        (#""state":"abandoned""#, { $0.state = .abandoned }), (#""owner_type":"guest""#, { $0.ownerKind = .guest }),
        (#""owner_id":4294967295"#, { $0.ownerID = 4_294_967_295 }), (#""email":"Ann@example.com""#, { $0.email = "Ann@example.com" }),
        (#""name":"ann smith""#, { $0.name = .both(first: "ann", last: "smith") }),
        (#""product_ids":[3,1,3]"#, { $0.productIDs = [1, 3] }), (#""total_min":-9223372036854775808"#, { $0.total.from = .min }),
        (#""total_max":0"#, { $0.total.to = 0 }), (#""created_after":"2023-11-14T22:13:20Z""#, { $0.created.from = moment.milliseconds }),
        (#""created_before":"2023-11-14T22:13:20Z""#, { $0.created.to = moment.milliseconds }),
        (#""updated_after":"2023-11-15T03:58:20+05:45""#, { $0.updated.from = moment.milliseconds }),
        (#""updated_before":"2023-11-14T22:13:20Z""#, { $0.updated.to = moment.milliseconds }),
        (#""expires_after":"2023-11-14T22:13:20Z""#, { $0.expires.from = moment.milliseconds }),
        (#""expires_before":"2023-11-14T22:13:20Z""#, { $0.expires.to = moment.milliseconds }),
        (#""source":"cocart""#, { $0.source = "cocart" }), (#""store_id":2147483647"#, { $0.storeID = 2_147_483_647 }),
        (#""has_contact":false"#, { $0.hasContact = false }), (#""empty":true"#, { $0.isEmpty = true }),
    ]

    @Test("Every name sets its condition, and nothing else")
    func alone() throws {
        for (json, set) in Self.names {
            var expected = CartFilter()
            set(&expected)
            let found = try filter("{\(json)}")
            #expect(found == expected, "\(json)")
        }
    }

    @Test("All names together set all conditions")
    func together() throws {
        var expected = CartFilter()
        for (_, set) in Self.names { set(&expected) }
        let found = try filter("{ \(Self.names.map(\.json).joined(separator: " , ")) }")
        #expect(found == expected)
    }

    @Test("An empty object sets no condition")
    func none() throws {
        let found = try filter("{}")
        #expect(found == CartFilter())
    }

    @Test("A single word is looked for in either name, and so is one in spaces")
    func oneWord() throws {
        for text in [#"{"name":"Ann"}"#, #"{"name":"  Ann "}"#] {
            let found = try filter(text)
            #expect(found.name == .either("Ann"), "\(text)")
        }
    }

    @Test(
        "An unknown field is named, also one that other programs know",
        arguments: [
            (#"{"x":1}"#, "x"), (#"{"State":"active"}"#, "State"), (#"{"state":"active","page":2}"#, "page"), (#"{"":1}"#, ""),
            (#"{"ownerID":1}"#, "ownerID"), (#"{"empty ":true}"#, "empty "), (#"{"x":[[[[[[]]]]]]}"#, "x"),
        ])
    func unknown(text: String, name: String) throws {
        let found = try field(of: text)
        #expect(found == name)
    }

    @Test("A field that stands twice is named, with equal values, too", arguments: names.map(\.json))
    func twice(json: String) throws {
        let name = try #require(json.split(separator: "\"").first)
        let found = try field(of: "{\(json),\(json)}")
        #expect(found == String(name))
    }

    @Test(
        "A value of a wrong type is named",
        arguments: [
            ("[]", ""), ("null", ""), ("\"state\"", ""), (#"{"state":1}"#, "state"), (#"{"state":null}"#, "state"),
            (#"{"owner_type":["guest"]}"#, "owner_type"), (#"{"owner_id":"1"}"#, "owner_id"), (#"{"email":1}"#, "email"),
            (#"{"name":null}"#, "name"), (#"{"name":{"first":"a"}}"#, "name"), (#"{"product_ids":5}"#, "product_ids"),
            (#"{"product_ids":"1,2"}"#, "product_ids"), (#"{"product_ids":[1,"2"]}"#, "product_ids[1]"),
            (#"{"product_ids":[[1]]}"#, "product_ids[0]"), (#"{"total_min":"1"}"#, "total_min"), (#"{"total_max":true}"#, "total_max"),
            (#"{"created_after":1700000000}"#, "created_after"), (#"{"created_before":null}"#, "created_before"),
            (#"{"updated_after":1}"#, "updated_after"), (#"{"updated_before":[]}"#, "updated_before"),
            (#"{"expires_after":{}}"#, "expires_after"), (#"{"expires_before":false}"#, "expires_before"),
            (#"{"source":false}"#, "source"), (#"{"store_id":"1"}"#, "store_id"), (#"{"has_contact":"true"}"#, "has_contact"),
            (#"{"has_contact":1}"#, "has_contact"), (#"{"empty":0}"#, "empty"), (#"{"empty":null}"#, "empty"),
        ])
    func wrongType(text: String, name: String) throws {
        let found = try field(of: text)
        #expect(found == name)
    }

    @Test(
        "A value out of its range is named",
        arguments: [
            (#"{"state":"open"}"#, "state"), (#"{"state":""}"#, "state"), (#"{"owner_type":"user"}"#, "owner_type"),
            (#"{"owner_id":0}"#, "owner_id"), (#"{"owner_id":4294967296}"#, "owner_id"), (#"{"owner_id":1.5}"#, "owner_id"),
            (#"{"store_id":0}"#, "store_id"), (#"{"store_id":2147483648}"#, "store_id"), (#"{"product_ids":[0]}"#, "product_ids[0]"),
            (#"{"product_ids":[1,-1]}"#, "product_ids[1]"), (#"{"total_min":0.5}"#, "total_min"),
            (#"{"total_max":9223372036854775808}"#, "total_max"), (#"{"created_after":"yesterday"}"#, "created_after"),
            (#"{"created_before":""}"#, "created_before"), (#"{"updated_after":"2023-02-30T00:00:00Z"}"#, "updated_after"),
            (#"{"expires_before":"2023-11-14T24:00:00Z"}"#, "expires_before"),
        ])
    func outOfRange(text: String, name: String) throws {
        let found = try field(of: text)
        #expect(found == name)
    }

    @Test(
        "A condition that is empty would ask for too much, and is named",
        arguments: [
            (#"{"email":""}"#, "email"), (#"{"name":""}"#, "name"), (#"{"name":" \t\n"}"#, "name"), (#"{"source":""}"#, "source"),
            (#"{"product_ids":[]}"#, "product_ids"),
        ])
    func empty(text: String, name: String) throws {
        let found = try field(of: text)
        #expect(found == name)
    }

    @Test("A text may have 1024 bytes and a list of products a thousand numbers, and no more")
    func limits() throws {
        let long = String(repeating: "é", count: 512)
        let email = try filter(#"{"email":"\#(long)"}"#).email
        #expect(email == long)
        for name in ["email", "name", "source"] {
            let found = try field(of: #"{"\#(name)":"\#(long)x"}"#)
            #expect(found == name)
        }
        let thousand = (1...1000).map(String.init).joined(separator: ",")
        let products = try filter(#"{"product_ids":[\#(thousand)]}"#).productIDs
        #expect(products.count == 1000)
        let found = try field(of: #"{"product_ids":[\#(thousand),1]}"#)
        #expect(found == "product_ids[1000]")
    }

    @Test(
        "What is no JSON, or nested too deeply, is refused as such",
        arguments: [
            ("", 64), ("{", 64), (#"{"state":"active""#, 64), (#"{"state":}"#, 64), (#"{"state":"active"} x"#, 64),
            (#"{"email":"\u0000"}"#, 64), (#"{"product_ids":[1]}"#, 1),
        ])
    func malformed(text: String, depth: Int) throws {
        let error = #expect(throws: CartError.self) { try filter(text, depth: depth) }
        #expect(error?.code == .malformedJSON)
    }
}
