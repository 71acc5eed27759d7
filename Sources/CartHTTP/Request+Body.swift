import CartCore
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The whole body.
    ///
    /// - Throws: ``CartError`` `.tooLarge` if it has more than `limit` bytes; nothing beyond them is kept. `.malformedJSON` if it is
    ///   cut off or its chunks are spelt wrongly.
    public func body(limit: Int) async throws(CartError) -> [UInt8] {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw .bodyTooLarge(limit) }
        guard headers[.contentLength] != nil || headers[.transferEncoding] != nil else { return [] }
        do {
            return Array(try await body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(limit)
        } catch {
            throw CartError(.malformedJSON, "The body cannot be read to its end.")
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
