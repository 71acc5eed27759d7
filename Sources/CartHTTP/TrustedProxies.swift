import CartCore
import HTTPTypes
import Hummingbird

/// Whose word is taken for where a request comes from and how: `X-Forwarded-For` and `X-Forwarded-Proto` of named proxies, and of nobody
/// else, since any client can send them.
public struct TrustedProxies: Sendable {
    private let ranges: [NetworkRange]
    private let ownScheme: String

    /// - Parameter ownScheme: of requests that come from no trusted proxy: `https` if the server itself speaks TLS, else `http`.
    public init(_ ranges: [NetworkRange] = [], ownScheme: String = "http") {
        self.ranges = ranges
        self.ownScheme = ownScheme
    }

    /// The client's address: the last one of the chain that is no trusted proxy.
    ///
    /// - Parameter remote: the other end of the connection.
    /// - Returns: the last proxy's address if what it says is no address.
    func clientAddress(of request: Request, from remote: NetworkAddress?) -> NetworkAddress? {
        guard var client = remote, isTrusted(client) else { return remote }
        // Each proxy adds the address it was called from at the end.
        let chain = request.headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }
        for text in chain.reversed() {
            guard let address = NetworkAddress(text.trimmingPrefix(while: { $0 == " " }).prefix { $0 != " " }.description) else { break }
            client = address
            if !isTrusted(address) { break }
        }
        return client
    }

    /// `http` or `https`, as the client called.
    func scheme(of request: Request, from remote: NetworkAddress?) -> String {
        guard !ranges.isEmpty, let remote, isTrusted(remote) else { return ownScheme }
        return request.headers[.forwardedProto]?.lowercased() == "https" ? "https" : ownScheme
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool { ranges.contains { $0.contains(address) } }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor = constant("X-Forwarded-For")
    fileprivate static let forwardedProto = constant("X-Forwarded-Proto")
}
