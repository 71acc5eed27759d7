import CartCore
import Testing

@Suite("Reading JSON")
struct JSONReaderTests {
    /// Reads the whole text as one value of any kind.
    private func skipAll(_ text: String) throws(CartError) { try skipAll(Array(text.utf8)) }

    private func skipAll(_ bytes: [UInt8]) throws(CartError) {
        var reader = JSONReader(bytes)
        try reader.skip()
        try reader.end()
    }

    @Test(
        "Every well-formed text is accepted",
        arguments: [
            "{}", "[]", "\"\"", "0", "-0", "1", "-1", "10", "0.0", "1.5", "1e2", "1E+2", "1e-2", "1.25e00", "true", "false", "null",
            " [ ] ",
            "\t\r\n {\n} ", "[1,2]", "[[],{}]", #"{"a":1,"b":[true,null]}"#, #"{"":0}"#, #""\"\\\/\b\f\n\r\t""#, #""\u00e9\uD83D\uDE00""#,
            "\"\u{7F}\u{80}\u{10FFFF}\"", #"{"a":1,"a":2}"#, "123456789012345678901234567890", "1e400",
        ])
    func acceptsWellFormed(text: String) {
        #expect(throws: Never.self) { try skipAll(text) }
    }

    @Test(
        "Every malformed text is refused",
        arguments: [
            "", " ", "{", "}", "[", "]", "{]", "[}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
            "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "01", "-01", "00", "-", "+1", ".5", "1.", "1.e2", "1e", "1e+",
            "1e2.5", "0x10", "1_000", "NaN", "Infinity", "-Infinity", "tru", "truE", "True", "nul", "nulll", "falsee", "\"", "\"a", "\"\\",
            "\"\\\"", "\"\\x41\"", "\"\\u\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u+123\"", "\"\\u-123\"", "\"\\u 123\"", "\"\u{0}\"",
            "\"\u{1}\"",
            "\"a\nb\"", "\"a\tb\"", "\"\\n\u{1F}\"", "\"\\u0000\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800x\"", "\"\\uD800\\n\"",
            "\"\\uD800\\uD800\"", "\"\\uDC00\\uD800\"", "\"\\uD83D\\u0041\"", "\"\\uD83D\\", "\"\\uD83D\\u", "\u{FEFF}{}", "{}\u{0}",
            "{}{}",
            "1 2", "null,", "\u{A0}1", "\u{2028}[]", "// c\n1", "/**/1", "undefined",
        ])
    func refusesMalformed(text: String) throws {
        let error = try #require(throws: CartError.self) { try skipAll(text) }
        #expect(error.code == .malformedJSON)
    }

    @Test(
        "Strings that are not UTF-8 are refused, with escapes in them and without",
        arguments: [
            [0x80], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC3, 0x28],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) throws {
        let quote = UInt8(ascii: "\"")
        for text in [[quote] + bytes + [quote], [quote] + Array(#"\n"#.utf8) + bytes + [quote], bytes] {
            let error = try #require(throws: CartError.self) { try skipAll(text) }
            #expect(error.code == .malformedJSON)
        }
    }

    @Test("An escape in the middle of a letter's bytes does not make it whole")
    func refusesSplitLetter() {
        #expect(throws: CartError.self) { try skipAll([0x22, 0xC3, 0x5C, 0x6E, 0xA9, 0x22]) }
    }

    @Test("Escapes stand for their characters")
    func unescapes() throws {
        var reader = JSONReader(Array(#""a\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00z""#.utf8))
        #expect(Array(try reader.string().utf8) == Array("a\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F600}z".utf8))
        try reader.end()
    }

    @Test("Numbers are handed out as they are spelt")
    func keepsNumbers() throws {
        for text in ["0", "-0", "1.50", "1e400", "123456789012345678901234567890.10E-7"] {
            var reader = JSONReader(Array(" \(text) ".utf8))
            #expect(try reader.number() == text)
        }
    }

    @Test("Sixty-four levels may stand inside each other, sixty-five may not")
    func limitsDepth() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> String {
                String(repeating: open, count: depth) + (open == "[" ? "" : "1") + String(repeating: close, count: depth)
            }
            #expect(throws: Never.self) { try skipAll(nested(64)) }
            let error = try #require(throws: CartError.self) { try skipAll(nested(65)) }
            #expect(error.code == .malformedJSON)
        }
        #expect(throws: Never.self) { try skipAll("[" + Array(repeating: "[[]]", count: 200).joined(separator: ",") + "]") }
    }

    @Test("A limit of the caller's own holds in objects, arrays and verbatim parts alike")
    func limitsDepthAsAsked() throws {
        var reader = JSONReader(Array(#"{"a":[{"b":1}]}"#.utf8), maximumDepth: 2)
        let error = try #require(throws: CartError.self) {
            try reader.object { (reader, _) throws(CartError) in
                try reader.array { (reader, _) throws(CartError) in _ = try reader.verbatimObject() }
            }
        }
        #expect(error.code == .malformedJSON)
    }

    @Test("A hundred thousand open brackets are refused and do no harm", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func survivesDeepNesting(open: String) {
        let text = String(repeating: open, count: 100_000)
        #expect(throws: CartError.self) { try skipAll(text) }
        #expect(throws: CartError.self) { try JSONObject(text) }
        #expect(throws: CartError.self) { try CartDraft(document: Array(text.utf8)) }
        #expect(throws: CartError.self) { try CartDraft(document: Array("{\"id\":\(text)".utf8)) }
    }

    @Test("A value of another kind is named with what was expected")
    func namesKinds() throws {
        var reader = JSONReader(Array("[1]".utf8))
        let error = try #require(throws: CartError.self) { try reader.string() }
        #expect(error.code == .invalid)
        #expect(error.fields == [CartError.Field(name: "", reason: "must be a string, not an array")])
    }

    @Test("An error deep inside names the whole path")
    func namesPaths() throws {
        var reader = JSONReader(Array(#"{"items":[{},{},{"quantity":[[1,"x"]]}]}"#.utf8))
        let error = try #require(throws: CartError.self) {
            try reader.object { (reader, _) throws(CartError) in
                try reader.array { (reader, _) throws(CartError) in
                    try reader.object { (reader, _) throws(CartError) in
                        try reader.array { (reader, _) throws(CartError) in
                            try reader.array { (reader, _) throws(CartError) in _ = try reader.number() }
                        }
                    }
                }
            }
        }
        #expect(error.fields.map(\.name) == ["items[2].quantity[0][1]"])
    }

    @Test(
        "A member that stands twice is refused, also if it is spelt with an escape", arguments: [#"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#])
    func refusesDuplicates(text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        let error = try #require(throws: CartError.self) {
            try reader.object { (reader, _) throws(CartError) in try reader.skip() }
        }
        #expect(error.code == .invalid)
        #expect(error.fields == [CartError.Field(name: "a", reason: "stands twice")])
    }

    @Test("Names that look alike and differ in their code points are different members")
    func distinguishesNormalForms() throws {
        var reader = JSONReader(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        var names = 0
        try reader.object { (reader, _) throws(CartError) in
            try reader.skip()
            names += 1
        }
        #expect(names == 2)
    }
}
