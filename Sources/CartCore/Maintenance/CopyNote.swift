/// How far a copy into a store has come, as it stands in that store.
struct CopyNote: Sendable {
    /// How far one part has come.
    struct Progress: Sendable {
        var rows = 0
        /// Of the last row that was written.
        var position: [StoreValue]?
        var isDone = false
    }

    /// What tells the source from others.
    var source: String
    /// The source's counters when the copy began: as long as they stand, so do carts, users and keys.
    var revision: Int64
    var credentials: Int64
    private var parts: [StorePart: Progress] = [:]

    init(source: String, numbers: StoreNumbers) {
        self.source = source
        revision = numbers.revision
        credentials = numbers.credentials
    }

    subscript(part: StorePart) -> Progress {
        get { parts[part] ?? Progress() }
        set { parts[part] = newValue }
    }

    /// Whether the source has not changed, as far as its counters tell.
    func isOf(_ numbers: StoreNumbers) -> Bool { revision == numbers.revision && credentials == numbers.credentials }

    var rowCounts: [StorePart: Int] { Dictionary(uniqueKeysWithValues: StorePart.allCases.map { ($0, self[$0].rows) }) }

    var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("source")
        json.string(source)
        json.name("revision")
        json.integer(revision)
        json.name("credentials")
        json.integer(credentials)
        json.name("parts")
        json.beginObject()
        for part in StorePart.allCases {
            guard let progress = parts[part] else { continue }
            json.name(part.rawValue)
            json.beginObject()
            json.name("rows")
            json.integer(Int64(progress.rows))
            json.name("done")
            json.bool(progress.isDone)
            if let position = progress.position {
                json.name("after")
                json.beginArray()
                for value in position { json.string(value.note) }
                json.endArray()
            }
            json.endObject()
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    /// - Returns: nil if it cannot be read, as one that a newer version wrote.
    init?(bytes: [UInt8]) {
        var note = CopyNote(source: "", numbers: StoreNumbers(revision: -1, credentials: -1, users: 0, keys: 0))
        do throws(CartError) {
            var json = JSONReader(bytes, maximumDepth: 8)
            try json.object { (json, name) throws(CartError) in
                switch name {
                case "source": note.source = try json.string()
                case "revision": note.revision = try json.integer(in: 0 ... .max)
                case "credentials": note.credentials = try json.integer(in: 0 ... .max)
                case "parts":
                    try json.object { (json, name) throws(CartError) in
                        guard let part = StorePart(rawValue: name) else { throw .unknownField }
                        note[part] = try Self.progress(&json)
                    }
                default: throw .unknownField
                }
            }
            try json.end()
        } catch {
            return nil
        }
        guard !note.source.isEmpty, note.revision >= 0, note.credentials >= 0 else { return nil }
        self = note
    }

    private static func progress(_ json: inout JSONReader) throws(CartError) -> Progress {
        var progress = Progress()
        try json.object { (json, name) throws(CartError) in
            switch name {
            case "rows": progress.rows = Int(try json.integer(in: 0 ... .max))
            case "done": progress.isDone = try json.bool()
            case "after":
                var position: [StoreValue] = []
                try json.array { (json, _) throws(CartError) in
                    guard let value = StoreValue(note: try json.string()) else { throw .unknownField }
                    position.append(value)
                }
                progress.position = position
            default: throw .unknownField
            }
        }
        return progress
    }
}

extension StoreValue {
    /// A letter for the kind, and the value: texts as bytes, since JSON's readers do not take every text.
    fileprivate var note: String {
        switch self {
        case .integer(let number): "i\(number)"
        case .text(let text): "t" + Hex.encode(text.utf8)
        case .bytes(let bytes): "b" + Hex.encode(bytes)
        case .null: "n"
        }
    }

    fileprivate init?(note: String) {
        let rest = note.utf8.dropFirst()
        switch note.utf8.first {
        case UInt8(ascii: "i"):
            guard let number = Int64(note.dropFirst()) else { return nil }
            self = .integer(number)
        case UInt8(ascii: "t"):
            guard let bytes = Self.bytes(rest) else { return nil }
            self = .text(String(decoding: bytes, as: UTF8.self))
        case UInt8(ascii: "b"):
            guard let bytes = Self.bytes(rest) else { return nil }
            self = .bytes(bytes)
        case UInt8(ascii: "n"): self = .null
        default: return nil
        }
    }

    private static func bytes(_ digits: Substring.UTF8View) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
