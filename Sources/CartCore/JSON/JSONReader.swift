/// A reader over the bytes of one JSON text (RFC 8259) that hands out one value at a time.
///
/// It exists for three things that a decoder into objects cannot give: parts of a document kept as they were sent
/// (``JSONObject``), errors that name the field by its path, and a depth limit that holds before anything is built.
/// It never recurses deeper than its limit and never traps on any input.
public struct JSONReader {
    /// What the next value is.
    public enum Kind: String, Sendable {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case bool = "a boolean"
        case null = "null"
    }

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private let maximumDepth: Int

    /// - Parameters:
    ///   - bytes: one JSON text in UTF-8, without a byte order mark.
    ///   - maximumDepth: how many objects and arrays may stand inside each other, 1…512.
    public init(_ bytes: [UInt8], maximumDepth: Int = 64) {
        self.bytes = bytes
        self.maximumDepth = min(max(maximumDepth, 1), 512)
    }

    /// What the next value is, without reading it.
    ///
    /// - Throws: ``CartError`` `.malformedJSON` at the end of the text or where no value can begin.
    public mutating func peek() throws(CartError) -> Kind {
        skipWhitespace()
        guard index < bytes.count else { throw malformed("ends too early") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        default: throw malformed("no value begins like this")
        }
    }

    /// Reads an object; `member` is called once for each member and must read its value.
    ///
    /// - Throws: ``CartError`` `.malformedJSON`; `.invalid` if the value is no object or a name stands twice. Errors thrown by
    ///   `member` get the member's name in front of their field.
    public mutating func object(
        _ member: (inout JSONReader, String) throws(CartError) -> Void
    ) throws(CartError) {
        try object(allowingDuplicates: false, member)
    }

    /// - Parameter allowingDuplicates: whether a name may stand twice, as in objects that are kept verbatim.
    mutating func object(
        allowingDuplicates: Bool, _ member: (inout JSONReader, String) throws(CartError) -> Void
    ) throws(CartError) {
        try expect(.object)
        try open()
        var names = Names()
        if try !close(UInt8(ascii: "}")) {
            repeat {
                skipWhitespace()
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw malformed("a member's name is missing") }
                let name = try readString()
                skipWhitespace()
                try consume(UInt8(ascii: ":"))
                guard allowingDuplicates || names.insert(name) else { throw .invalid(name, "stands twice") }
                do {
                    try member(&self, name)
                } catch {
                    throw error.inside(name)
                }
            } while try continues(until: UInt8(ascii: "}"))
        }
    }

    /// Reads an array; `element` is called once for each element, with its place, and must read it.
    ///
    /// - Throws: as ``object(_:)``, with `[place]` in front of the field.
    public mutating func array(_ element: (inout JSONReader, Int) throws(CartError) -> Void) throws(CartError) {
        try expect(.array)
        try open()
        var place = 0
        if try !close(UInt8(ascii: "]")) {
            repeat {
                do {
                    try element(&self, place)
                } catch {
                    throw error.inside("[\(place)]")
                }
                place += 1
            } while try continues(until: UInt8(ascii: "]"))
        }
    }

    /// Reads a string. NUL and halves of surrogate pairs are refused, since not every store and client can keep them.
    public mutating func string() throws(CartError) -> String {
        try expect(.string)
        return try readString()
    }

    /// Reads a number as it is spelt.
    public mutating func number() throws(CartError) -> String {
        try expect(.number)
        let start = index
        try skipNumber()
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    public mutating func bool() throws(CartError) -> Bool {
        try expect(.bool)
        let value = bytes[index] == UInt8(ascii: "t")
        try skipWord(value ? "true" : "false")
        return value
    }

    /// Reads `null` if it stands next.
    ///
    /// - Returns: whether it did; if not, nothing is read.
    public mutating func skipNull() throws(CartError) -> Bool {
        guard try peek() == .null else { return false }
        try skipWord("null")
        return true
    }

    /// Reads any value and keeps it as it is spelt, but for white space between its tokens.
    public mutating func verbatim() throws(CartError) -> [UInt8] {
        var compact: [UInt8] = []
        try copyValue(into: &compact)
        return compact
    }

    /// Reads an object as ``verbatim()`` does.
    public mutating func verbatimObject() throws(CartError) -> JSONObject {
        try expect(.object)
        return JSONObject(unchecked: String(decoding: try verbatim(), as: UTF8.self))
    }

    /// Reads and drops any value, checking that it is well-formed.
    public mutating func skip() throws(CartError) { _ = try verbatim() }

    /// Checks that nothing but white space is left.
    public mutating func end() throws(CartError) {
        skipWhitespace()
        guard index == bytes.count else { throw malformed("something follows the value") }
    }
}

/// The names of an object's members, by their bytes: two spellings of one accented letter are two names.
private struct Names {
    private var few: [String] = []
    private var many = Set<[UInt8]>()

    /// - Returns: whether the name is new.
    mutating func insert(_ name: String) -> Bool {
        if !many.isEmpty { return many.insert(Array(name.utf8)).inserted }
        if few.contains(where: { $0.utf8.count == name.utf8.count && $0.utf8.elementsEqual(name.utf8) }) { return false }
        few.append(name)
        // So many are compared faster than hashed.
        if few.count > 32 { many = Set(few.map { Array($0.utf8) }) }
        return true
    }
}

extension JSONReader {
    private func malformed(_ reason: String) -> CartError {
        CartError(.malformedJSON, "Not JSON at byte \(index + 1): \(reason).")
    }

    private mutating func expect(_ kind: Kind) throws(CartError) {
        let found = try peek()
        guard found == kind else { throw .invalid("", "must be \(kind.rawValue), not \(found.rawValue)") }
    }

    private mutating func skipWhitespace() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09 {
            index += 1
        }
    }

    private mutating func consume(_ byte: UInt8) throws(CartError) {
        guard index < bytes.count, bytes[index] == byte else {
            throw malformed("'\(Character(Unicode.Scalar(byte)))' is missing")
        }
        index += 1
    }

    private mutating func open() throws(CartError) {
        guard depth < maximumDepth else { throw CartError(.malformedJSON, "The JSON is nested deeper than \(maximumDepth) levels.") }
        depth += 1
        index += 1
    }

    private mutating func close(_ bracket: UInt8) throws(CartError) -> Bool {
        skipWhitespace()
        guard index < bytes.count, bytes[index] == bracket else { return false }
        index += 1
        depth -= 1
        return true
    }

    /// After a member or element: whether another follows, with the comma or the closing bracket read.
    private mutating func continues(until bracket: UInt8) throws(CartError) -> Bool {
        if try close(bracket) { return false }
        try consume(UInt8(ascii: ","))
        return true
    }

    private mutating func skipWord(_ word: StaticString) throws(CartError) {
        let matches = word.withUTF8Buffer { index + $0.count <= bytes.count && bytes[index..<(index + $0.count)].elementsEqual($0) }
        guard matches else { throw malformed("no value begins like this") }
        index += word.utf8CodeUnitCount
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        return index - start
    }

    private mutating func skipNumber() throws(CartError) {
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        let whole = skipDigits()
        guard whole > 0, whole == 1 || bytes[first] != 0x30 else { throw malformed("a number is spelt wrongly") }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard skipDigits() > 0 else { throw malformed("a number is spelt wrongly") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            guard skipDigits() > 0 else { throw malformed("a number is spelt wrongly") }
        }
    }

    /// Reads the string that begins at the index.
    private mutating func readString() throws(CartError) -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"), bytes[index] >= 0x20 {
            index += 1
        }
        guard index < bytes.count else { throw malformed("a string is not closed") }
        if bytes[index] == UInt8(ascii: "\"") {
            let text = bytes.withUnsafeBufferPointer { String(validating: $0[start..<index], as: UTF8.self) }
            guard let text else { throw malformed("a string is not UTF-8") }
            index += 1
            return text
        }
        var unescaped = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: unescaped, as: UTF8.self) else { throw malformed("a string is not UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                unescaped.append(contentsOf: String(Character(try readEscape())).utf8)
            case 0..<0x20:
                throw malformed("a control character in a string is not escaped")
            default:
                unescaped.append(byte)
            }
        }
        throw malformed("a string is not closed")
    }

    /// Reads what follows a backslash.
    private mutating func readEscape() throws(CartError) -> Unicode.Scalar {
        guard index < bytes.count else { throw malformed("a string is not closed") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw malformed("an escape is spelt wrongly")
        }
        let unit = try readHex()
        guard unit != 0 else { throw malformed("a string contains NUL") }
        if (0xD800...0xDBFF).contains(unit) {
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
                throw malformed("half of a surrogate pair")
            }
            index += 2
            let low = try readHex()
            guard (0xDC00...0xDFFF).contains(low) else { throw malformed("half of a surrogate pair") }
            guard let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) else {
                throw malformed("half of a surrogate pair")
            }
            return scalar
        }
        guard let scalar = Unicode.Scalar(unit) else { throw malformed("half of a surrogate pair") }
        return scalar
    }

    private mutating func readHex() throws(CartError) -> UInt32 {
        guard index + 4 <= bytes.count, let value = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16),
            bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-")
        else { throw malformed("an escape is spelt wrongly") }
        index += 4
        return value
    }

    /// Copies the next value without the white space between its tokens.
    private mutating func copyValue(into output: inout [UInt8]) throws(CartError) {
        let kind = try peek()
        let start = index
        switch kind {
        case .object, .array:
            let closing = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
            output.append(bytes[index])
            try open()
            if try !close(closing) {
                var isFirst = true
                repeat {
                    if !isFirst { output.append(UInt8(ascii: ",")) }
                    isFirst = false
                    if kind == .object {
                        guard try peek() == .string else { throw malformed("a member's name is missing") }
                        try copyValue(into: &output)
                        skipWhitespace()
                        try consume(UInt8(ascii: ":"))
                        output.append(UInt8(ascii: ":"))
                    }
                    try copyValue(into: &output)
                } while try continues(until: closing)
            }
            output.append(closing)
        case .string:
            _ = try readString()
            output.append(contentsOf: bytes[start..<index])
        case .number:
            try skipNumber()
            output.append(contentsOf: bytes[start..<index])
        case .bool:
            output.append(contentsOf: try bool() ? Array("true".utf8) : Array("false".utf8))
        case .null:
            _ = try skipNull()
            output.append(contentsOf: "null".utf8)
        }
    }
}
