import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

extension IdempotentRequest {
    /// - Returns: nil if the client gave the request no name.
    /// - Throws: ``CartError`` `.invalid` for a name that is none.
    init?(_ request: Request, body: [UInt8], _ caller: Caller, _ context: CartRequestContext) throws(CartError) {
        guard let name = request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("Idempotency-Key", "must be 1 to 255 visible characters of ASCII")
        }
        self.init(
            name: name, caller: caller, method: request.method.rawValue, path: request.uri.path, body: body, now: context.now)
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = constant("Idempotency-Key")
}
