import HTTPTypes
import Hummingbird

/// What the links in answers begin with.
public struct BaseURL: Sendable {
    private let publicURL: String?
    private let fallback: String

    /// - Parameters:
    ///   - publicURL: the setting `server.publicURL`, which wins over what a client claims.
    ///   - fallback: where the server listens, such as `http://127.0.0.1:8080`.
    public init(publicURL: String?, fallback: String) {
        self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.fallback = fallback
    }

    /// Scheme and authority for the links in the answer to a request, without a slash at the end.
    public func text(for request: Request, _ context: CartRequestContext) -> String {
        if let publicURL { return publicURL }
        guard let host = request.head.authority, Self.isHost(host) else { return fallback }
        return "\(context.scheme)://\(host)"
    }

    /// Whether a Host header holds a name or address and perhaps a port, and nothing that could turn a link into another one.
    static func isHost(_ host: String) -> Bool {
        (1...255).contains(host.utf8.count)
            && host.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["),
                    UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
