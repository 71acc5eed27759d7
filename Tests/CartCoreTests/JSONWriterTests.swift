import CartCore
import CartTesting
import Foundation
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
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
}
