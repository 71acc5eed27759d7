import Foundation

/// Goes through a text that ``JSONWriter`` wrote, in the order in which it was written, and finds its values without reading them.
///
/// It takes nothing on trust that could lead it beyond the text, but what it finds may still be no JSON if the text is damaged inside of
/// strings and numbers.
struct JSONScanner {
    /// The text is not what was expected.
    struct Mismatch: Error {}

    private var next: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>

    /// - Parameter text: stays where it is as long as what was found in it is used.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return nil }
        next = start
        end = start + text.count
    }

    init(_ slice: JSONSlice) {
        // A slice is never empty.
        next = slice.bytes.baseAddress.unsafelyUnwrapped
        end = next + slice.bytes.count
    }

    var isAtEnd: Bool { next == end }

    /// Passes over exactly these bytes, if they come next.
    // In line the length is known, and the comparison takes a few instructions.
    @inline(__always)
    mutating func skip(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard end - next >= count, memcmp(next, expected.utf8Start, count) == 0 else { return false }
        next += count
        return true
    }

    @inline(__always)
    mutating func expect(_ expected: StaticString) throws(Mismatch) {
        guard skip(expected) else { throw Mismatch() }
    }

    mutating func string() throws(Mismatch) -> JSONSlice {
        let start = next
        try passString()
        return JSONSlice(start, count: next - start)
    }

    mutating func number() throws(Mismatch) -> JSONSlice {
        let start = next
        while next < end, next.pointee &- 0x30 < 10 || next.pointee == UInt8(ascii: "-") || next.pointee == UInt8(ascii: ".") { next += 1 }
        guard next > start else { throw Mismatch() }
        return JSONSlice(start, count: next - start)
    }

    /// An object or array with everything in it.
    mutating func structure() throws(Mismatch) -> JSONSlice {
        let start = next
        var depth = 0
        while next < end {
            switch next.pointee {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                next += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                next += 1
            case UInt8(ascii: "\""): try passString()
            default:
                next += 1
            }
            if depth == 0 { return JSONSlice(start, count: next - start) }
        }
        throw Mismatch()
    }

    /// Any value.
    mutating func value() throws(Mismatch) -> JSONSlice {
        guard next < end else { throw Mismatch() }
        switch next.pointee {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try structure()
        default:
            let start = next
            while next < end, next.pointee != UInt8(ascii: ","), next.pointee != UInt8(ascii: "}"), next.pointee != UInt8(ascii: "]") {
                next += 1
            }
            return JSONSlice(start, count: next - start)
        }
    }

    /// Eight bytes at a time as long as none of them ends the string or begins an escape.
    private mutating func passString() throws(Mismatch) {
        guard next < end, next.pointee == UInt8(ascii: "\"") else { throw Mismatch() }
        next += 1
        while true {
            while end - next >= 8 {
                let word = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
                guard !Self.holds(0x2222_2222_2222_2222, word), !Self.holds(0x5C5C_5C5C_5C5C_5C5C, word) else { break }
                next += 8
            }
            while next < end, next.pointee != UInt8(ascii: "\""), next.pointee != UInt8(ascii: "\\") { next += 1 }
            guard next < end else { throw Mismatch() }
            let isEscape = next.pointee == UInt8(ascii: "\\")
            guard !isEscape || end - next >= 2 else { throw Mismatch() }
            next += isEscape ? 2 : 1
            if !isEscape { return }
        }
    }

    /// Whether a byte of the word is the one that the pattern repeats: the subtraction borrows into a high bit only below a byte that
    /// became zero.
    private static func holds(_ pattern: UInt64, _ word: UInt64) -> Bool {
        let difference = word ^ pattern
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
    }
}
