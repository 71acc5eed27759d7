import Testing

@testable import CartCore

@Suite("Finding values in a text without reading them")
struct JSONScannerTests {
    /// What `scan` finds at the beginning of a text; nil if it finds nothing.
    private func found(in text: some Sequence<UInt8>, _ scan: (inout JSONScanner) throws -> JSONSlice) -> String? {
        Array(text).withUnsafeBufferPointer { bytes -> String? in
            guard var scanner = JSONScanner(bytes), let slice = try? scan(&scanner) else { return nil }
            return slice.spelling
        }
    }

    private func string(in text: String) -> String? { found(in: text.utf8) { try $0.string() } }

    private func integer(in text: String) -> String? { found(in: text.utf8) { try $0.integer() } }

    private func number(in text: String) -> String? { found(in: text.utf8) { try $0.number() } }

    private func object(in text: String) -> String? { found(in: text.utf8) { try $0.object() } }

    /// Some have bytes that differ from a quotation mark, a backslash or a control character by one bit or by one.
    private static let fillers = ["a", " ", "!", "#", "[", "]", "\u{7F}", "\u{A2}", "\u{A0}", "\u{710}", "\u{100}", "\u{10FFFF}"]

    @Test(
        "A string ends at the first quotation mark that is not escaped, wherever it stands among bytes that are looked at together",
        arguments: fillers)
    func strings(filler: String) {
        for length in 0...20 {
            let filling = String(repeating: filler, count: length)
            #expect(string(in: "\"\(filling)\"") == "\"\(filling)\"")
            #expect(string(in: "\"\(filling)\",\"b\":\"c\"}") == "\"\(filling)\"")
            #expect(string(in: "\"\(filling)") == nil)
            // A backslash with nothing behind it.
            #expect(string(in: "\"\(filling)\\") == nil)
            for place in 0...length {
                let (before, after) = (String(repeating: filler, count: place), String(repeating: filler, count: length - place))
                for escape in [#"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u0022"#, #"\u00eF"#] {
                    let text = "\"\(before)\(escape)\(after)\""
                    #expect(string(in: text + ",\"b\":\"c\"}") == text, "\(escape) at \(place) of \(length)")
                    #expect(string(in: "\"\(before)\(escape)\(after)") == nil, "\(escape) at \(place) of \(length)")
                }
            }
        }
    }

    @Test("A control character is in no string, nor is an escape that there is not")
    func noCharacters() {
        let wrong =
            (0..<0x20 as Range<UInt8>).map { String(Unicode.Scalar($0)) } + [
                #"\x"#, #"\a"#, #"\'"#, #"\U0041"#, #"\u"#, #"\u12"#, #"\u12G4"#, #"\u+123"#, #"\u 123"#, "\\\u{E9}", "\\\n",
            ]
        for part in wrong {
            for place in 0...17 {
                // A letter that is no hexadecimal digit.
                let (before, after) = (String(repeating: "z", count: place), String(repeating: "z", count: 17 - place))
                #expect(string(in: "\"\(before)\(part)\(after)\"") == nil, "\(part.debugDescription) at \(place)")
            }
        }
    }

    @Test("Only a text that begins with a quotation mark is a string", arguments: ["", "a", "1", "{\"a\"}", " \"a\"", "\\\"a\""])
    func noStrings(text: String) {
        #expect(string(in: text) == nil)
    }

    @Test("Nothing is found in a text that is not UTF-8, wherever it is not")
    func noUTF8() {
        for part in [[0x80], [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]] {
            for place in 0...17 {
                var text = Array("\"\(String(repeating: "a", count: 17))\"".utf8)
                text.insert(contentsOf: part, at: place)
                let found = found(in: text) { try $0.string() }
                #expect(found == nil, "\(part) at \(place)")
            }
        }
    }

    @Test(
        "An object ends with the bracket that closes its first, whatever stands in its strings",
        arguments: [
            "{}", #"{"a":"}"}"#, #"{"a":"]}","b":["{[",{"c":"\"}"}],"a":[]}"#, #"{"":{},"\\":"\\\"","e":[null,true,false]}"#,
            #"{"n":[0,-0,1.5e2,1E+2,10,-0.10,12345678901234567890.5],"é":"\u00e9é"}"#,
        ])
    func objects(text: String) {
        for rest in ["", "}", "]", ",\"a\":1", "{}", "\""] {
            #expect(object(in: text + rest) == text)
        }
        let scalars = text.unicodeScalars
        for count in 0..<scalars.count {
            let beginning = String(scalars.prefix(count))
            #expect(object(in: beginning) == nil, "\(beginning)")
        }
    }

    @Test(
        "What is no JSON is no object",
        arguments: [
            "", "[]", "\"{}\"", "null", "1", "}", "{]", "{a:1}", "{1:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1}", "{\"a\":{]}", "{\"a\":tru}", "{\"a\":nul}", "{\"a\":True}", "{\"a\":NaN}",
            "{\"a\":-}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":1.2.3}", "{\"a\":--1}",
            "{\"a\":0x10}", "{\"a\":01}", "{\"a\":-01}", "{\"a\":00}", "{\"a\":[0,01]}",
        ])
    func noObjects(text: String) {
        #expect(object(in: text) == nil)
    }

    @Test("Only so many structures inside each other are looked into, and more stop nothing")
    func depth() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> String {
                "{\"a\":" + String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth) + "}"
            }
            #expect(object(in: nested(100)) == nested(100))
            #expect(object(in: nested(1000)) == nil)
            #expect(object(in: nested(100_000)) == nil)
            #expect(object(in: "{\"a\":" + String(repeating: open, count: 100_000)) == nil)
        }
    }

    @Test("A number ends where something else begins", arguments: ["0", "-1", "12.50", "9007199254740991", "1.5e2"])
    func numbers(text: String) {
        for rest in ["", ",1", "}", "]", " ", "\""] {
            #expect(number(in: text + rest) == text)
        }
    }

    @Test("What is no number is none", arguments: ["", "null", "\"1\"", "{", "e1", "+1", " 1", "-", "--1", ".5", "1.", "1e", "-e1"])
    func noNumbers(text: String) {
        #expect(number(in: text) == nil)
    }

    @Test("A whole number has sixteen digits at most", arguments: ["0", "-1", "42", "9007199254740991", "-9007199254740991"])
    func integers(text: String) {
        for rest in ["", ",1", "}", "]", " ", "\"", ".5"] {
            #expect(integer(in: text + rest) == text)
        }
    }

    @Test("What is no whole number is none", arguments: ["", "null", "\"1\"", "-", "--1", "+1", ".5", " 1", "10000000000000000"])
    func noIntegers(text: String) {
        #expect(integer(in: text) == nil)
    }

    @Test("What is expected is passed over if all of it is there, and nothing of it otherwise")
    func expectations() {
        // Each step with whether it goes on.
        let steps = Array(#"{"a":1}"#.utf8).withUnsafeBufferPointer { bytes -> [Bool] in
            guard var scanner = JSONScanner(bytes) else { return [] }
            var steps = [scanner.skip(#"{"b":"#), scanner.skip(#"{"a":1} "#), scanner.isAtEnd]
            steps.append((try? scanner.expect(#"{"a":"#)) != nil)
            steps.append((try? scanner.expect("}")) != nil)
            steps.append((try? scanner.number().integer) == 1)
            steps += [scanner.skip("}"), scanner.isAtEnd, scanner.skip("}")]
            return steps
        }
        #expect(steps == [false, false, false, true, false, true, true, true, false])
    }

    @Test("Nothing is found in an empty text")
    func empty() {
        #expect(string(in: "") == nil)
        #expect(integer(in: "") == nil)
        #expect(number(in: "") == nil)
        #expect(object(in: "") == nil)
    }
}

@Suite("A value as it is spelt in a document")
struct JSONSliceTests {
    @Test("A whole number that fits is read, also from a text")
    func integers() {
        #expect(JSONSlice("0").integer == 0)
        #expect(JSONSlice("-0").integer == 0)
        #expect(JSONSlice("42").integer == 42)
        #expect(JSONSlice("-42").integer == -42)
        #expect(JSONSlice("\"4294967295\"").integer == 4_294_967_295)
        #expect(JSONSlice("9223372036854775807").integer == .max)
        #expect(JSONSlice("-9223372036854775808").integer == .min)
    }

    @Test("Anything else is 0")
    func noIntegers() {
        for slice in [
            JSONSlice(""), JSONSlice("-"), JSONSlice("--1"), JSONSlice("1.5"), JSONSlice("1e3"), JSONSlice("null"), JSONSlice("{}"),
            JSONSlice("\""), JSONSlice("\"\""), JSONSlice("\"1 \""), JSONSlice("9223372036854775808"),
            JSONSlice("-9223372036854775809"), JSONSlice("99999999999999999999"),
        ] {
            #expect(slice.integer == 0, "\(slice.spelling)")
        }
    }

    @Test("A text is read with its escapes")
    func texts() {
        #expect(JSONSlice("\"\"").text.isEmpty)
        #expect(JSONSlice("\"plain é\"").text == "plain é")
        #expect(JSONSlice(#""\"\\\/\b\f\n\r\t\u00e9\u0001\ud83d\ude00""#).text == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1}\u{1F600}")
        #expect(JSONSlice(#""half \ud83d""#).text.isEmpty)
        #expect(JSONSlice("\"").text.isEmpty)
        #expect(JSONSlice("1234").text.isEmpty && JSONSlice("{}").text.isEmpty)
    }

    @Test("A time is read; anything else is the earliest")
    func timestamps() {
        #expect(JSONSlice("\"2024-10-08T18:30:00Z\"").timestamp.milliseconds == 1_728_412_200_000)
        #expect(JSONSlice("\"2024-10-08T18:30:00.007Z\"").timestamp.milliseconds == 1_728_412_200_007)
        #expect(JSONSlice("\"2024-13-08T18:30:00Z\"").timestamp == .earliest)
        #expect(JSONSlice("\"\"").timestamp == .earliest)
        #expect(JSONSlice("null").timestamp == .earliest)
        #expect(JSONSlice("").timestamp == .earliest)
    }

    @Test("Empty is a text, an object or an array with nothing in it")
    func emptiness() {
        #expect(JSONSlice.emptyText.isEmpty && JSONSlice.emptyObject.isEmpty && JSONSlice("[]").isEmpty)
        #expect(!JSONSlice("\"a\"").isEmpty && !JSONSlice(#"{"":0}"#).isEmpty)
    }

    @Test("A value is compared with what it is spelt like, to the byte")
    func comparison() {
        func isSpelt(_ slice: JSONSlice, _ spelling: StaticString) -> Bool { slice == spelling }
        #expect(isSpelt(JSONSlice("null"), "null"))
        #expect(!isSpelt(JSONSlice("null"), "nul"))
        #expect(!isSpelt(JSONSlice("nul"), "null"))
        #expect(!isSpelt(JSONSlice("\"null\""), "null"))
        #expect(isSpelt(JSONSlice("\"\u{E9}\""), "\"\u{E9}\""))
        #expect(!isSpelt(JSONSlice("\"\u{E9}\""), "\"e\u{301}\""))
    }

    @Test("An object's members are read from its spelling")
    func objects() {
        let object = JSONSlice(#"{"a":"x\"","b":[1],"c":"y"}"#).object
        #expect(object.names == ["a", "b", "c"])
        #expect(object.string("a") == "x\"")
    }
}
