/// A writer of JSON into one buffer.
///
/// It sets the commas; that names and values alternate and brackets match is the caller's business. Strings come out as
/// UTF-8 with only the escapes that RFC 8259 asks for.
public struct JSONWriter: ~Copyable, @unchecked Sendable {
    // Every answer is written here: an array's checks for each append would cost more than the bytes.
    private var start: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var capacity: Int
    private var needsComma = false

    /// - Parameter capacity: how many bytes to make room for at once.
    public init(capacity: Int = 256) {
        self.capacity = max(capacity, 64)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// What was written, as a copy.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    /// Calls `body` with what was written.
    public func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        body(UnsafeRawBufferPointer(start: start, count: count))
    }

    public mutating func beginObject() {
        separate()
        put("{")
        needsComma = false
    }

    public mutating func endObject() {
        put("}")
        needsComma = true
    }

    /// Ends an object with all members of one that another document holds, which has some.
    mutating func endObject(withMembersOf object: [UInt8]) {
        separate()
        object.withUnsafeBufferPointer { put(UnsafeBufferPointer(rebasing: $0.dropFirst())) }
    }

    public mutating func beginArray() {
        separate()
        put("[")
        needsComma = false
    }

    public mutating func endArray() {
        put("]")
        needsComma = true
    }

    /// Writes a member's name; it must not need an escape.
    public mutating func name(_ name: StaticString) {
        reserve(name.utf8CodeUnitCount + 4)
        if needsComma { putReserved(UInt8(ascii: ",")) }
        putReserved(UInt8(ascii: "\""))
        putReserved(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        putReserved(UInt8(ascii: "\""))
        putReserved(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes any text as a member's name.
    // A literal is for the one above, which looks for no escapes.
    @_disfavoredOverload
    public mutating func name(_ name: String) {
        string(name)
        put(":")
        needsComma = false
    }

    /// Writes a text of another document as a member's name.
    public mutating func name(_ name: JSONSlice) {
        raw(name)
        put(":")
        needsComma = false
    }

    public mutating func string(_ value: String) {
        separate()
        put("\"")
        var value = value
        value.withUTF8 { putEscaped($0) }
        put("\"")
    }

    public mutating func integer(_ value: Int64) {
        separate()
        putDigits(of: value, point: 0)
    }

    /// Writes an integer as a string of its digits.
    public mutating func quotedInteger(_ value: Int64) { quotedDecimal(value, digits: 0) }

    /// Writes an integer of 10^−digits as a string that is a decimal with all of these digits after the point.
    ///
    /// - Parameter digits: 0…18.
    public mutating func quotedDecimal(_ value: Int64, digits: Int) {
        separate()
        put("\"")
        putDigits(of: value, point: digits)
        put("\"")
    }

    /// Writes an integer of 10^−digits as the shortest decimal: no zeros at the end, no point without a fraction.
    ///
    /// - Parameter digits: 0…18.
    public mutating func shortestDecimal(_ value: Int64, digits: Int) {
        separate()
        var (value, digits) = (value, digits)
        while digits > 0, value % 10 == 0 {
            value /= 10
            digits -= 1
        }
        putDigits(of: value, point: digits)
    }

    public mutating func timestamp(_ value: Timestamp) {
        separate()
        put("\"")
        value.iso8601Bytes.withUnsafeBufferPointer { put($0) }
        put("\"")
    }

    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false" as StaticString) }

    public mutating func null() { raw("null" as StaticString) }

    /// Writes a value that is JSON already.
    public mutating func raw(_ json: StaticString) {
        separate()
        put(json)
    }

    public mutating func raw(_ json: JSONSlice) {
        separate()
        put(json.bytes)
    }

    /// Writes a number of another document as a text.
    public mutating func quoted(_ number: JSONSlice) {
        separate()
        put("\"")
        put(number.bytes)
        put("\"")
    }

    /// Writes an object of another document and leaves it open, so that members can follow.
    public mutating func beginObject(_ object: JSONSlice) {
        separate()
        put(UnsafeBufferPointer(rebasing: object.bytes.dropLast()))
        needsComma = !object.isEmpty
    }

    /// Writes a text of another document, and a second behind it as one with it, with a space between them unless one is empty.
    public mutating func words(_ first: JSONSlice, _ second: JSONSlice) {
        separate()
        put("\"")
        put(first.unquoted)
        if !first.isEmpty, !second.isEmpty { put(" ") }
        put(second.unquoted)
        put("\"")
    }

    /// Writes a text of which all but the end is made already.
    ///
    /// - Parameter beginning: see ``escaped(_:)``.
    public mutating func text(_ beginning: [UInt8], _ end: JSONSlice) {
        separate()
        put("\"")
        beginning.withUnsafeBufferPointer { put($0) }
        put(end.unquoted)
        put("\"")
    }

    /// Writes a text that another document begins with.
    public mutating func prefix(_ count: Int, of text: JSONSlice) {
        separate()
        put("\"")
        put(UnsafeBufferPointer(rebasing: text.unquoted.prefix(count)))
        put("\"")
    }

    /// Writes a number's text, or another value that is JSON already.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        if json.withContiguousStorageIfAvailable({ put($0) }) == nil { Array(json).withUnsafeBufferPointer { put($0) } }
    }

    public mutating func object(_ value: JSONObject) { raw(value.text.utf8) }

    /// A text as it stands between quotation marks.
    public static func escaped(_ text: String) -> [UInt8] {
        var json = JSONWriter(capacity: text.utf8.count + 2)
        json.string(text)
        return json.bytes.dropFirst().dropLast()
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { put(UInt8(ascii: ",")) }
        needsComma = true
    }
}

extension JSONWriter {
    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }

    @inline(__always)
    private mutating func putReserved(_ byte: UInt8) {
        start[count] = byte
        count += 1
    }

    @inline(__always)
    private mutating func putReserved(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        (start + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        reserve(bytes.count)
        putReserved(bytes)
    }

    @inline(__always)
    private mutating func put(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        reserve(1)
        putReserved(byte)
    }

    /// - Parameter point: how many digits stand behind a point.
    private mutating func putDigits(of value: Int64, point: Int) {
        // A sign, nineteen digits, a point.
        reserve(21)
        if value < 0 { putReserved(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        var (length, bound) = (1, UInt64(10))
        // The largest magnitude has nineteen digits, so the bound fits.
        while length <= point || bound <= magnitude {
            length += 1
            bound *= 10
        }
        let end = count + length + (point > 0 ? 1 : 0)
        var place = end - 1
        for written in 0..<length {
            if written == point, point > 0 {
                start[place] = UInt8(ascii: ".")
                place -= 1
            }
            let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            start[place] = 0x30 + UInt8(truncatingIfNeeded: digit)
            place -= 1
            magnitude = quotient
        }
        count = end
    }

    private mutating func putEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var clean = 0
        for index in utf8.indices {
            let byte = utf8[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            put(UnsafeBufferPointer(rebasing: utf8[clean..<index]))
            clean = index + 1
            switch byte {
            case 0x08: put("\\b")
            case 0x09: put("\\t")
            case 0x0A: put("\\n")
            case 0x0C: put("\\f")
            case 0x0D: put("\\r")
            case 0..<0x20:
                put("\\u00")
                put(byte >> 4 == 0 ? "0" : "1")
                put(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
            default:
                put("\\")
                put(byte)
            }
        }
        put(UnsafeBufferPointer(rebasing: utf8[clean...]))
    }
}
