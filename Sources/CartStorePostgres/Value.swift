#if Postgres
/// A parameter of a statement; it is sent in binary, as the type that is named here.
enum Value: Sendable, Hashable {
    /// `int8`
    case integer(Int64)
    /// `text`; PostgreSQL refuses U+0000 in it with the error 22021.
    case text(String)
    /// `bytea`
    case bytes([UInt8])
    /// `int8[]`
    case integers([Int64])
    /// `text[]`
    case texts([String])
    /// `bytea[]`
    case blobs([[UInt8]])
    /// `int8[]` with NULL in it
    case optionalIntegers([Int64?])
    /// `text[]` with NULL in it
    case optionalTexts([String?])
    /// NULL of whatever type the statement asks for there.
    case null

    /// - Parameter value: nil is NULL.
    init(_ value: Int64?) { self = value.map(Value.integer) ?? .null }
    /// - Parameter value: nil is NULL.
    init(_ value: String?) { self = value.map(Value.text) ?? .null }
    /// - Parameter value: nil is NULL.
    init(_ value: [UInt8]?) { self = value.map(Value.bytes) ?? .null }

    /// The number of its type in PostgreSQL's catalogue, the same in all databases; 0 leaves the type to the statement.
    var type: UInt32 {
        switch self {
        case .integer: 20
        case .text: 25
        case .bytes: 17
        case .integers, .optionalIntegers: 1016
        case .texts, .optionalTexts: 1009
        case .blobs: 1001
        case .null: 0
        }
    }
}
#endif
