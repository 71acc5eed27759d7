#if Postgres
/// Texts as PostgreSQL can keep them: its `text` cannot hold U+0000.
enum StorableText {
    private static let escape: Unicode.Scalar = "\u{1}"

    /// The text with U+0000 and U+0001 written as two characters each, so that different texts stay different.
    static func encode(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 2 }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.value < 2 { scalars.append(escape) }
            scalars.append(scalar.value == 0 ? "0" : scalar)
        }
        return String(scalars)
    }

    /// What was given to ``encode(_:)``.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(1) else { return text }
        var scalars = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if !isEscaped, scalar == escape {
                isEscaped = true
            } else {
                scalars.append(isEscaped && scalar == "0" ? "\0" : scalar)
                isEscaped = false
            }
        }
        return String(scalars)
    }

    /// The longest beginning of a text that has at most so many bytes.
    static func beginning(of text: String, bytes most: Int) -> String {
        guard text.utf8.count > most else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: most)
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}

extension Value {
    /// A text that may hold U+0000, see ``StorableText``.
    static func encoded(_ text: String) -> Value { .text(StorableText.encode(text)) }
}
#endif
