/// A failure that a database reports, as callers of the ports are told of it.
package protocol StoreFailure: Error {
    /// A fixed sentence for the operator, without anything from a query, and when to try again.
    var unavailable: CartError { get }
}

extension CartError {
    /// What callers of the ports are told of any error.
    ///
    /// - Parameter reason: for what is no error of the domain or of a database.
    package init(_ error: any Error, otherwise reason: String) {
        switch error {
        case let error as CartError: self = error
        case let error as any StoreFailure: self = error.unavailable
        default: self.init(.unavailable, reason, retryAfter: 5)
        }
    }
}

/// What a write returned, kept until its transaction is on disk.
package final class WriteResult<Value: Sendable>: @unchecked Sendable {
    /// Set and read by the thread that writes alone.
    package var value: Value?

    package init() {}

    /// - Parameter error: why nothing was written; nil: it is on disk.
    package func result(_ error: (any Error)?) -> Result<Value, CartError> {
        if let error { return .failure(CartError(error, otherwise: Self.reason)) }
        guard let value else { return .failure(CartError(.unavailable, Self.reason, retryAfter: 5)) }
        return .success(value)
    }

    private static var reason: String { "The store cannot write." }
}
