import CartCore
import Hummingbird
import Logging

/// Writes a line for each request that was answered: who asked for what, how it ended, and how long it took. No query stands in it, since
/// credentials may, and nothing of a body or a header.
public struct AccessLog: Sendable {
    private let logger: Logger
    /// Bytes of a path that are shown.
    private static let longestPath = 200

    public init(logger: Logger) { self.logger = logger }

    func note(_ request: Request, _ response: Response, dialect: String, duration: Duration, _ context: CartRequestContext) {
        var metadata: Logger.Metadata = [
            "request_id": "\(context.id)", "method": "\(request.method.rawValue)", "path": "\(Self.path(request))",
            "status": .stringConvertible(Int(response.status.code)), "ms": .stringConvertible(Self.milliseconds(duration)),
            "dialect": "\(dialect)",
        ]
        if let bytes = response.body.contentLength { metadata["bytes"] = .stringConvertible(bytes) }
        if let address = context.clientAddress { metadata["address"] = "\(address)" }
        if let caller = context.note.caller { metadata["caller"] = "\(caller)" }
        logger.info("request", metadata: metadata)
    }

    /// The path without what a client put there by mistake: credentials, and characters that would break the line.
    private static func path(_ request: Request) -> String {
        let path = request.uri.path
        if [ConsumerKey.keyPrefix, ConsumerKey.secretPrefix, "@", "%40"].contains(where: path.contains) { return "(withheld)" }
        return String(path.unicodeScalars.prefix(longestPath).map { (0x21...0x7E).contains($0.value) ? Character($0) : "?" })
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        ((duration / .milliseconds(1)) * 1000).rounded() / 1000
    }
}
