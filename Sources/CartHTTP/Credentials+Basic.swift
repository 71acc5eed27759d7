import CartCore
import Foundation

extension Credentials {
    /// Reads the value of an `Authorization` header of the scheme Basic (RFC 7617).
    ///
    /// - Returns: nil without a header or if it has another form.
    public init?(authorization: String?) {
        guard let authorization else { return nil }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let decoded = Data(base64Encoded: parts[1].trimmingCharacters(in: .whitespaces)),
            let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        self.init(
            login: String(decoding: decoded[..<colon], as: UTF8.self), secret: String(decoding: decoded[(colon + 1)...], as: UTF8.self))
    }
}
