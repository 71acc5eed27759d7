import Mustache

/// Escapes what goes into a page, byte by byte: Mustache's own way goes by characters as people see them, and lets a quotation mark with an
/// accent behind it out as it is.
struct HTMLText: MustacheContentType {
    /// What has to stand at the beginning of every template.
    static let pragma = "{{% CONTENT_TYPE: CORRAL-HTML}}"

    /// Lets templates with ``pragma`` be escaped in this way.
    static func register() { MustacheContentTypes.register(HTMLText(), named: "CORRAL-HTML") }

    func escapeText(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): escaped.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): escaped.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): escaped.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): escaped.append(contentsOf: "&#39;".utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
