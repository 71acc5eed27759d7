/// A value as it is spelt in a document: a part of the document's bytes, not a copy.
///
/// It lives as long as the bytes it was found in, so it must not leave ``CartRecord/withStoredCart(_:)``.
public struct JSONSlice {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ start: UnsafePointer<UInt8>, count: Int) { bytes = UnsafeBufferPointer(start: start, count: count) }

    /// A value that is part of the program.
    public init(_ literal: StaticString) { self.init(literal.utf8Start, count: literal.utf8CodeUnitCount) }

    /// `""`
    public static var emptyText: JSONSlice { JSONSlice("\"\"") }
    /// `{}`
    public static var emptyObject: JSONSlice { JSONSlice("{}") }

    /// Whether a text has no characters, an object no members, an array no elements.
    public var isEmpty: Bool { bytes.count == 2 }

    /// What stands between a text's quotation marks.
    var unquoted: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes.dropFirst().dropLast()) }

    /// A whole number that fits, also one that is spelt as a text; 0 for anything else.
    public var integer: Int64 {
        let digits = bytes.first == UInt8(ascii: "\"") ? unquoted : bytes
        let isNegative = digits.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in digits.dropFirst(isNegative ? 1 : 0) {
            let digit = Int64(byte) - 0x30
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            guard (0...9).contains(digit), !overflow else { return 0 }
            let (sum, carry) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            guard !carry else { return 0 }
            value = sum
        }
        return value
    }

    /// A time; ``Timestamp/earliest`` for anything else.
    public var timestamp: Timestamp { Timestamp(iso8601: unquoted) ?? .earliest }

    /// The characters that it is spelt with.
    var spelling: String { String(decoding: bytes, as: UTF8.self) }

    /// The characters of a text; empty for anything else.
    public var text: String {
        guard bytes.first == UInt8(ascii: "\"") else { return "" }
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: unquoted, as: UTF8.self) }
        var reader = JSONReader(Array(bytes))
        return (try? reader.string()) ?? ""
    }

    /// An object to read members of.
    public var object: JSONObject { JSONObject(unchecked: spelling) }

    /// Whether it is spelt like this.
    public static func == (slice: JSONSlice, literal: StaticString) -> Bool {
        slice.bytes.elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
}
