/// A JSON object kept as it was spelt: member order, the spelling of numbers and escapes, members that stand twice.
///
/// Only white space between tokens is dropped, so that a document with one always fits on one line.
public struct JSONObject: Hashable, Sendable {
    /// The object's text, from `{` to `}`.
    public let text: String

    public static let empty = JSONObject(unchecked: "{}")

    init(unchecked text: String) { self.text = text }

    /// Reads one JSON object.
    ///
    /// - Throws: ``CartError`` `.malformedJSON` or `.invalid` if the text is anything else.
    public init(_ text: String) throws(CartError) {
        var reader = JSONReader(Array(text.utf8))
        self = try reader.verbatimObject()
        try reader.end()
    }

    public var isEmpty: Bool { text.utf8.count == 2 }
}
