import CartCore
import CartTesting
import Foundation
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    private func written(capacity: Int = 256, _ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter(capacity: capacity)
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("Only quotes, backslashes and control characters are escaped")
    func escapes() {
        #expect(written { $0.string("a\"b\\c/d") } == #""a\"b\\c/d""#)
        #expect(written { $0.string("\u{8}\u{9}\u{A}\u{C}\u{D}") } == #""\b\t\n\f\r""#)
        #expect(written { $0.string("\u{0}\u{1}\u{B}\u{1F}") } == #""\u0000\u0001\u000b\u001f""#)
        #expect(written { $0.string("\u{7F}é\u{2028}😀") } == "\"\u{7F}é\u{2028}😀\"")
        #expect(written { $0.string("") } == "\"\"")
        #expect(written { $0.string("\"") } == #""\"""#)
    }

    @Test("Commas stand between members and elements, and nowhere else")
    func commas() throws {
        let text = written { json in
            json.beginObject()
            json.name("a")
            json.beginArray()
            json.integer(1)
            json.beginObject()
            json.endObject()
            json.beginArray()
            json.endArray()
            json.null()
            json.bool(true)
            json.bool(false)
            json.endArray()
            json.name("b" as String)
            json.quotedInteger(-5)
            json.name("c" as StaticString)
            json.object(.empty)
            json.name("d\"" as String)
            json.raw("1.50".utf8)
            json.name("t")
            json.timestamp(Timestamp(milliseconds: 1))
            json.endObject()
        }
        #expect(text == #"{"a":[1,{},[],null,true,false],"b":"-5","c":{},"d\"":1.50,"t":"1970-01-01T00:00:00.001Z"}"#)
    }

    /// A value, the digits behind its point, and how it is written with all of them and with as few as can be.
    private static let decimals: [(value: Int64, digits: Int, whole: String, shortest: String)] = [
        (0, 0, "0", "0"),
        (1, 0, "1", "1"),
        (-1, 0, "-1", "-1"),
        (10, 0, "10", "10"),
        (-10, 0, "-10", "-10"),
        (100, 0, "100", "100"),
        (-100, 0, "-100", "-100"),
        (.max, 0, "9223372036854775807", "9223372036854775807"),
        (.min, 0, "-9223372036854775808", "-9223372036854775808"),
        (0, 2, "0.00", "0"),
        (1, 2, "0.01", "0.01"),
        (-1, 2, "-0.01", "-0.01"),
        (10, 2, "0.10", "0.1"),
        (-10, 2, "-0.10", "-0.1"),
        (100, 2, "1.00", "1"),
        (-100, 2, "-1.00", "-1"),
        (.max, 2, "92233720368547758.07", "92233720368547758.07"),
        (.min, 2, "-92233720368547758.08", "-92233720368547758.08"),
        (0, 3, "0.000", "0"),
        (1, 3, "0.001", "0.001"),
        (-1, 3, "-0.001", "-0.001"),
        (10, 3, "0.010", "0.01"),
        (-10, 3, "-0.010", "-0.01"),
        (100, 3, "0.100", "0.1"),
        (-100, 3, "-0.100", "-0.1"),
        (.max, 3, "9223372036854775.807", "9223372036854775.807"),
        (.min, 3, "-9223372036854775.808", "-9223372036854775.808"),
        (0, 18, "0.000000000000000000", "0"),
        (1, 18, "0.000000000000000001", "0.000000000000000001"),
        (-1, 18, "-0.000000000000000001", "-0.000000000000000001"),
        (10, 18, "0.000000000000000010", "0.00000000000000001"),
        (-10, 18, "-0.000000000000000010", "-0.00000000000000001"),
        (100, 18, "0.000000000000000100", "0.0000000000000001"),
        (-100, 18, "-0.000000000000000100", "-0.0000000000000001"),
        (.max, 18, "9.223372036854775807", "9.223372036854775807"),
        (.min, 18, "-9.223372036854775808", "-9.223372036854775808"),
    ]

    @Test("A decimal has its point in the right place, and zeros in front of and behind it", arguments: decimals)
    func points(value: Int64, digits: Int, whole: String, shortest: String) {
        #expect(written { $0.quotedDecimal(value, digits: digits) } == "\"\(whole)\"")
        #expect(written { $0.shortestDecimal(value, digits: digits) } == shortest)
        if digits == 0 {
            #expect(written { $0.integer(value) } == whole)
            #expect(written { $0.quotedInteger(value) } == "\"\(whole)\"")
        }
    }

    @Test("Numbers of every length are written with as many digits as they have")
    func lengths() {
        var power: Int64 = 1
        for length in 1...19 {
            let (ones, nines) = ("1" + String(repeating: "0", count: length - 1), String(repeating: "9", count: length - 1))
            #expect(written { $0.integer(power) } == ones)
            #expect(written { $0.integer(-power) } == "-\(ones)")
            #expect(written { $0.integer(power - 1) } == (length == 1 ? "0" : nines))
            // All of them behind the point.
            if length <= 18 { #expect(written { $0.quotedDecimal(power, digits: length) } == "\"0.\(ones)\"") }
            if length < 19 { power *= 10 }
        }
    }

    @Test("Integers of every size are written whole", arguments: [0, -1, .max, .min] as [Int64])
    func integers(value: Int64) {
        #expect(written { $0.integer(value) } == "\(value)")
    }

    @Test("Every Unicode scalar but NUL comes back as it was, here and from Foundation")
    func roundTrip() throws {
        for start in stride(from: UInt32(1), to: 0x11_0000, by: 1021) {
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: (start..<(start + 1021)).compactMap { Unicode.Scalar($0) })
            let text = String(scalars)
            var json = JSONWriter()
            json.string(text)
            var reader = JSONReader(json.bytes)
            #expect(Array(try reader.string().utf8) == Array(text.utf8))
            let other = try JSONSerialization.jsonObject(with: Data(json.bytes), options: .fragmentsAllowed) as? String
            #expect(other.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test("Every control character is escaped, wherever it stands")
    func controlCharacters() {
        let short: [UInt8: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"]
        for byte in 0..<0x20 as Range<UInt8> {
            let character = String(Unicode.Scalar(byte))
            let escape = short[byte] ?? "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
            #expect(written { $0.string(character) } == "\"\(escape)\"")
            #expect(written { $0.string("a\(character)b\(character)\(character)") } == "\"a\(escape)b\(escape)\(escape)\"")
            #expect(String(decoding: JSONWriter.escaped("\(character)c"), as: UTF8.self) == "\(escape)c")
        }
    }

    @Test("A member's name is escaped as a text is")
    func names() throws {
        let names = ["", "plain", "a\"b", "back\\slash\\", "line\nbreak", "\u{1}\u{1F}\t", "é😀\u{2028}", "a/b", "\""]
        let text = written { json in
            json.beginObject()
            for (place, name) in names.enumerated() {
                json.name(name)
                json.integer(Int64(place))
            }
            json.endObject()
        }
        #expect(text.hasPrefix(#"{"":0,"plain":1,"a\"b":2,"back\\slash\\":3,"line\nbreak":4,"\u0001\u001f\t":5,"#))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object.count == names.count)
        for (place, name) in names.enumerated() { #expect(object[name] as? Int == place) }
    }

    @Test("What is written beyond the room that was made for it keeps all that stands before", arguments: [0, 64, 65, 100, 1000])
    func growth(capacity: Int) {
        for length in 0..<200 {
            let text = String(repeating: "x", count: length)
            let found = written(capacity: capacity) { json in
                json.beginArray()
                json.string(text)
                json.integer(.min)
                json.quotedDecimal(.min, digits: 18)
                json.shortestDecimal(.max, digits: 3)
                json.beginObject()
                json.name("member")
                json.string("\"\u{1}")
                json.name("b\n" as String)
                json.raw(JSONSlice("[1,2]"))
                json.name(JSONSlice("\"c\""))
                json.words(JSONSlice("\"Ann\""), JSONSlice("\"Lee\""))
                json.name("d")
                json.timestamp(Timestamp(milliseconds: 0))
                json.endObject()
                json.endArray()
            }
            let numbers = #"-9223372036854775808,"-9.223372036854775808",9223372036854775.807"#
            let object = #"{"member":"\"\u0001","b\n":[1,2],"c":"Ann Lee","d":"1970-01-01T00:00:00Z"}"#
            #expect(found == "[\"\(text)\",\(numbers),\(object)]", "a text of \(length)")
        }
    }

    @Test("A text of a million bytes is written whole")
    func large() {
        let text = String(repeating: "0123456789abcde\n", count: 1 << 16)
        let found = written(capacity: 0) { $0.string(text) }
        #expect(found.utf8.count == 2 + (17 << 16))
        #expect(found == "\"" + String(repeating: "0123456789abcde\\n", count: 1 << 16) + "\"")
    }

    @Test("The bytes are the same, copied or lent, and more can follow")
    func lent() {
        var json = JSONWriter()
        json.beginArray()
        json.integer(1)
        let first = json.withBytes { Array($0) }
        let copied = json.bytes
        json.endArray()
        let second = json.bytes
        #expect(first == Array("[1".utf8))
        #expect(copied == first)
        #expect(second == Array("[1]".utf8))
    }

    @Test("Two texts become one, with a space between them unless one is empty")
    func words() {
        #expect(written { $0.words(JSONSlice("\"Ann\""), JSONSlice("\"Lee\"")) } == "\"Ann Lee\"")
        #expect(written { $0.words(JSONSlice("\"Ann\""), .emptyText) } == "\"Ann\"")
        #expect(written { $0.words(.emptyText, JSONSlice("\"Lee\"")) } == "\"Lee\"")
        #expect(written { $0.words(.emptyText, .emptyText) } == "\"\"")
        #expect(written { $0.words(JSONSlice(#""a\"\u00e9""#), JSONSlice(#""\\""#)) } == #""a\"\u00e9 \\""#)
    }

    @Test("A text gets another in front of it")
    func beginnings() {
        let beginning = JSONWriter.escaped("https://x/\"\n/")
        #expect(written { $0.text(beginning, JSONSlice(#""k\u00e9""#)) } == #""https://x/\"\n/k\u00e9""#)
        #expect(written { $0.text(beginning, .emptyText) } == #""https://x/\"\n/""#)
        #expect(written { $0.text([], JSONSlice("\"k\"")) } == "\"k\"")
    }

    @Test("A text is cut to its first bytes, and stays whole if it has no more")
    func prefixes() {
        for (count, expected) in [(0, "\"\""), (3, "\"202\""), (10, "\"2024-10-08\""), (11, "\"2024-10-08\"")] {
            #expect(written { $0.prefix(count, of: JSONSlice("\"2024-10-08\"")) } == expected)
        }
        #expect(written { $0.prefix(3, of: .emptyText) } == "\"\"")
    }

    @Test("A number of another document becomes a text as it is spelt")
    func quotedNumbers() {
        #expect(written { $0.quoted(JSONSlice("145")) } == "\"145\"")
        #expect(written { $0.quoted(JSONSlice("-0.50")) } == "\"-0.50\"")
    }

    @Test("An object of another document is left open for more members")
    func openObjects() {
        let text = written { json in
            json.beginArray()
            json.beginObject(JSONSlice(#"{"a":{}}"#))
            json.name("b")
            json.integer(1)
            json.endObject()
            json.beginObject(.emptyObject)
            json.name("b")
            json.integer(2)
            json.endObject()
            json.beginObject(.emptyObject)
            json.endObject()
            json.beginObject(JSONSlice(#"{"a":[1]}"#))
            json.endObject()
            json.endArray()
        }
        #expect(text == #"[{"a":{},"b":1},{"b":2},{},{"a":[1]}]"#)
    }

    @Test("Commas stand before and behind what is copied from another document")
    func commasOfSlices() {
        let text = written { json in
            json.beginArray()
            json.raw(JSONSlice("null"))
            json.quoted(JSONSlice("1"))
            json.words(JSONSlice("\"a\""), JSONSlice("\"b\""))
            json.text([], JSONSlice("\"c\""))
            json.prefix(1, of: JSONSlice("\"de\""))
            json.beginObject()
            json.name(JSONSlice(#""n\"""#))
            json.raw(JSONSlice("[]"))
            json.name(JSONSlice("\"m\""))
            json.shortestDecimal(150, digits: 2)
            json.name("l" as String)
            json.quotedDecimal(150, digits: 2)
            json.endObject()
            json.raw("2" as StaticString)
            json.raw(Array("3".utf8))
            json.raw("4".utf8)
            json.endArray()
        }
        #expect(text == #"[null,"1","a b","c","d",{"n\"":[],"m":1.5,"l":"1.50"},2,3,4]"#)
    }
}
