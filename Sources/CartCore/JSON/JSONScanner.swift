import Foundation

/// Goes through a text that ``JSONWriter`` wrote, in the order in which it was written, and finds its values without reading them.
///
/// What it finds is JSON, whatever damage was done to the text: then it finds nothing.
struct JSONScanner {
    /// The text is not what was expected.
    struct Mismatch: Error {}

    private var next: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    /// How deep objects and arrays are looked into: deeper than any that was taken.
    private static let deepest = 512
    /// Digits of a whole number: every ``Amount`` has at most so many.
    private static let mostDigits = 16

    /// - Parameter text: stays where it is as long as what was found in it is used.
    /// - Returns: nil if the text is not UTF-8.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress, Self.isUTF8(text) else { return nil }
        next = start
        end = start + text.count
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

    /// A whole number of at most sixteen digits.
    mutating func integer() throws(Mismatch) -> JSONSlice {
        let start = next
        if next < end, next.pointee == UInt8(ascii: "-") { next += 1 }
        guard (1...Self.mostDigits).contains(try passWhole()) else { throw Mismatch() }
        return JSONSlice(start, count: next - start)
    }

    mutating func number() throws(Mismatch) -> JSONSlice {
        let start = next
        try passNumber()
        return JSONSlice(start, count: next - start)
    }

    /// An object with everything in it.
    mutating func object() throws(Mismatch) -> JSONSlice {
        let start = next
        guard next < end, next.pointee == UInt8(ascii: "{") else { throw Mismatch() }
        try passValue(depth: 0)
        return JSONSlice(start, count: next - start)
    }
}

extension JSONScanner {
    private mutating func passValue(depth: Int) throws(Mismatch) {
        guard next < end, depth < Self.deepest else { throw Mismatch() }
        switch next.pointee {
        case UInt8(ascii: "\""): try passString()
        case UInt8(ascii: "{"):
            next += 1
            if skip("}") { return }
            repeat {
                try passString()
                try expect(":")
                try passValue(depth: depth + 1)
            } while skip(",")
            try expect("}")
        case UInt8(ascii: "["):
            next += 1
            if skip("]") { return }
            repeat { try passValue(depth: depth + 1) } while skip(",")
            try expect("]")
        case UInt8(ascii: "t"): try expect("true")
        case UInt8(ascii: "f"): try expect("false")
        case UInt8(ascii: "n"): try expect("null")
        default: try passNumber()
        }
    }

    private mutating func passNumber() throws(Mismatch) {
        if next < end, next.pointee == UInt8(ascii: "-") { next += 1 }
        guard try passWhole() > 0 else { throw Mismatch() }
        if skip(".") {
            guard passDigits() > 0 else { throw Mismatch() }
        }
        if next < end, next.pointee | 0x20 == UInt8(ascii: "e") {
            next += 1
            if next < end, next.pointee == UInt8(ascii: "+") || next.pointee == UInt8(ascii: "-") { next += 1 }
            guard passDigits() > 0 else { throw Mismatch() }
        }
    }

    /// The digits in front of a point, of which only a lone one may begin with 0.
    private mutating func passWhole() throws(Mismatch) -> Int {
        let start = next
        let count = passDigits()
        guard count < 2 || start.pointee != UInt8(ascii: "0") else { throw Mismatch() }
        return count
    }

    private mutating func passDigits() -> Int {
        let start = next
        while next < end, next.pointee &- 0x30 < 10 { next += 1 }
        return next - start
    }

    /// Eight bytes at a time as long as none of them ends the string, begins an escape, or must not stand in it.
    private mutating func passString() throws(Mismatch) {
        guard skip("\"") else { throw Mismatch() }
        while true {
            while end - next >= 8 {
                let word = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
                guard !Self.holds(0x22, word), !Self.holds(0x5C, word), !Self.holdsControl(word) else { break }
                next += 8
            }
            while next < end, next.pointee >= 0x20, next.pointee != UInt8(ascii: "\""), next.pointee != UInt8(ascii: "\\") { next += 1 }
            if skip("\"") { return }
            try passEscape()
        }
    }

    private mutating func passEscape() throws(Mismatch) {
        guard skip("\\"), next < end else { throw Mismatch() }
        let letter = next.pointee
        next += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            break
        case UInt8(ascii: "u"):
            let unit = try passHex()
            // The second half of a pair.
            if (0xD800..<0xDC00).contains(unit) {
                try expect("\\u")
                guard (0xDC00..<0xE000).contains(try passHex()) else { throw Mismatch() }
            } else if unit == 0 || (0xDC00..<0xE000).contains(unit) {
                throw Mismatch()
            }
        default: throw Mismatch()
        }
    }

    private mutating func passHex() throws(Mismatch) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard next < end else { throw Mismatch() }
            let (digit, letter) = (next.pointee &- 0x30, (next.pointee | 0x20) &- 0x61)
            guard digit < 10 || letter < 6 else { throw Mismatch() }
            unit = unit << 4 | UInt32(digit < 10 ? digit : letter + 10)
            next += 1
        }
        return unit
    }

    /// Whether a byte of the word is this one: the subtraction borrows into a high bit only below a byte that became zero.
    @inline(__always)
    private static func holds(_ byte: UInt8, _ word: UInt64) -> Bool {
        let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
    }

    /// Whether a byte of the word may be below 0x20; it may say so falsely, never not.
    @inline(__always)
    private static func holdsControl(_ word: UInt64) -> Bool {
        (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080 != 0
    }

    private static func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        // Most texts are ASCII.
        var bits: UInt64 = 0
        let raw = UnsafeRawBufferPointer(text)
        let words = raw.count / 8
        for word in 0..<words { bits |= raw.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self) }
        for byte in raw[(words * 8)...] { bits |= UInt64(byte) }
        return bits & 0x8080_8080_8080_8080 == 0 || String(validating: text, as: UTF8.self) != nil
    }
}
