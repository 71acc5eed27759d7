import CartCore
import Foundation

extension Credentials {
    /// Reads the value of an `Authorization` header of the scheme Basic (RFC 7617).
    ///
    /// - Returns: nil without a header or if it has another form.
    public init?(authorization: String?) {
        // Byte by byte: this is done for every request, and Foundation's ways of cutting strings cost more than all the rest of it.
        guard let bytes = authorization?.utf8, let space = bytes.firstIndex(of: UInt8(ascii: " ")),
            bytes[..<space].elementsEqual("basic".utf8, by: { $0 | 0x20 == $1 })
        else { return nil }
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var encoded = Array(bytes[space...].drop(while: isSpace))
        while let last = encoded.last, isSpace(last) { encoded.removeLast() }
        guard let decoded = Data(base64Encoded: Data(encoded)), let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        self.init(
            login: String(decoding: decoded[..<colon], as: UTF8.self), secret: String(decoding: decoded[(colon + 1)...], as: UTF8.self),
            sent: authorization)
    }
}
