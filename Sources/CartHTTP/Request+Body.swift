import CartCore
import HTTPTypes
import Hummingbird

extension Request {
    /// The whole body.
    ///
    /// - Throws: ``CartError`` `.tooLarge` if it has more than `limit` bytes; nothing beyond them is kept.
    public func body(limit: Int) async throws(CartError) -> [UInt8] {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw .bodyTooLarge(limit) }
        guard headers[.contentLength] != nil || headers[.transferEncoding] != nil else { return [] }
        do {
            return Array(try await body.collect(upTo: limit).readableBytesView)
        } catch {
            throw .bodyTooLarge(limit)
        }
    }

    /// Whether the body is declared to be JSON.
    public var isJSON: Bool {
        headers[.contentType].map { $0.lowercased().hasPrefix("application/json") } ?? false
    }
}

extension CartError {
    fileprivate static func bodyTooLarge(_ limit: Int) -> CartError {
        CartError(.tooLarge, "The body is larger than \(limit) bytes.")
    }
}
