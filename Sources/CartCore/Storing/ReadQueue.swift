import Foundation
import Synchronization

/// Threads for reads that may take long, so that they hold up neither short reads nor the threads that tasks share.
package final class ReadQueue: Sendable {
    /// Reads that may wait for a thread.
    private static let mostWaiting = 1000

    private let waiting = Mutex(0)
    private let queue = OperationQueue()

    /// - Parameter mostAtOnce: reads that run at the same time.
    package init(mostAtOnce: Int) { queue.maxConcurrentOperationCount = mostAtOnce }

    /// Reads on one of the threads.
    ///
    /// - Throws: what `body` throws, or `.unavailable` at once if too many wait.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws(CartError) -> Value) async throws(CartError) -> Value {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw CartError(.unavailable, "Too many lists are being read.", retryAfter: 1) }
        defer { waiting.withLock { $0 -= 1 } }
        let result: Result<Value, CartError> = await withCheckedContinuation { continuation in
            queue.addOperation {
                do throws(CartError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
