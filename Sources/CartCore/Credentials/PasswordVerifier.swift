import Foundation
import Synchronization

/// Checks passwords on threads of its own, at most two at once and sixteen waiting, so that guessing cannot take the machine.
final class PasswordVerifier: Sendable {
    private static let atOnce = 2
    private static let mostWaiting = 16

    private let pending = Mutex(0)
    private let queue: OperationQueue

    init() {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = Self.atOnce
    }

    /// - Throws: ``CartError`` `.tooManyRequests` if too many wait already.
    func verify(_ password: String, against hash: PasswordHash) async throws(CartError) -> Bool {
        let isAdmitted = pending.withLock { pending in
            guard pending < Self.atOnce + Self.mostWaiting else { return false }
            pending += 1
            return true
        }
        guard isAdmitted else { throw CartError(.tooManyRequests, "Too many passwords are being checked.", retryAfter: 1) }
        defer { pending.withLock { $0 -= 1 } }
        return await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: hash.matches(password)) }
        }
    }
}
