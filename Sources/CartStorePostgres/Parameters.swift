#if Postgres
/// The parameters of one statement as bytes, one behind the other; kept and filled anew for each statement.
struct Parameters {
    /// The bytes that PostgreSQL takes in one message at most.
    private static let mostBytes = 1 << 30

    /// Never empty, so that a text of no length has an address, too.
    private var bytes: [UInt8] = [0]
    /// Where each parameter begins; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var addresses: [UnsafePointer<CChar>?] = []

    /// - Throws: if the values are larger than PostgreSQL takes.
    mutating func set(_ values: [Value]) throws(PostgresError) {
        if bytes.count > 1 << 20 { bytes = [0] }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(0)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        for value in values {
            let start = bytes.count
            switch value {
            case .integer(let value): append(value)
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .bytes(let blob): bytes.append(contentsOf: blob)
            case .integers(let values): append(values, of: 20, hasNull: false) { $0.append($1) }
            case .texts(let values): append(values, of: 25, hasNull: false) { $0.bytes.append(contentsOf: $1.utf8) }
            case .blobs(let values): append(values, of: 17, hasNull: false) { $0.bytes.append(contentsOf: $1) }
            case .optionalIntegers(let values): append(values, of: 20, hasNull: values.contains(nil)) { $0.append($1) }
            case .optionalTexts(let values):
                append(values, of: 25, hasNull: values.contains(nil)) { $0.bytes.append(contentsOf: $1.utf8) }
            case .null: break
            }
            guard bytes.count < Self.mostBytes else {
                throw PostgresError(sqlState: "54000", message: "parameters larger than a message can be")
            }
            starts.append(value == .null ? nil : start)
            lengths.append(Int32(clamping: bytes.count - start))
        }
        while formats.count < values.count { formats.append(1) }
    }

    /// What `body` is given holds until it returns: the number of parameters, their addresses, lengths and formats.
    mutating func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        addresses.removeAll(keepingCapacity: true)
        return bytes.withUnsafeBytes { bytes in
            for start in starts {
                addresses.append(start.flatMap { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) })
            }
            return addresses.withUnsafeBufferPointer { addresses in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(clamping: starts.count), addresses.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// An array of one dimension: its head, then each element with its length before it, -1 for NULL.
    private mutating func append<Element>(
        _ values: [Element?], of type: UInt32, hasNull: Bool, _ element: (inout Parameters, Element) -> Void
    ) {
        append(Int32(values.isEmpty ? 0 : 1))
        append(Int32(hasNull ? 1 : 0))
        append(type)
        guard !values.isEmpty else { return }
        append(Int32(clamping: values.count))
        append(Int32(1))
        for value in values {
            let start = bytes.count
            append(Int32(-1))
            guard let value else { continue }
            element(&self, value)
            let length = Int32(clamping: bytes.count - start - 4)
            withUnsafeBytes(of: length.bigEndian) { length in
                for (place, byte) in length.enumerated() { bytes[start + place] = byte }
            }
        }
    }
}
#endif
