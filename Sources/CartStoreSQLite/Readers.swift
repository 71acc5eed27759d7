import CartCore
import Foundation
import Synchronization

/// The connections that read. Any number of threads read at once, each with a connection of its own.
final class Readers: Sendable {
    /// Lists that may wait for a thread.
    private static let mostWaiting = 1000

    private let path: String
    private let idle = Mutex<[Connection]>([])
    private let waiting = Mutex(0)
    /// Threads for reads that may take long, so that they hold up neither short reads nor the threads that tasks share.
    private let queue: OperationQueue

    init(path: String) {
        self.path = path
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = max(2, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Closes the connections that nobody uses at this moment, with their pages and statements: they are made anew in less than a
    /// millisecond, and most were needed by a crowd that has gone.
    func closeIdle() {
        let closed = idle.withLock { connections in
            defer { connections.removeAll() }
            return connections
        }
        // They close when nothing refers to them any more: here, where nobody waits for the lock.
        _ = closed
    }

    /// How many connections wait for somebody to use them.
    var idleCount: Int { idle.withLock { $0.count } }

    /// Reads on the calling thread: for reads of a few rows by key.
    func read<Value>(_ body: (Connection) throws -> Value) throws(CartError) -> Value {
        do {
            let connection = try idle.withLock { $0.popLast() } ?? Connection(path: path, access: .read)
            defer { idle.withLock { $0.append(connection) } }
            return try body(connection)
        } catch let error as CartError {
            throw error
        } catch let error as SQLiteError {
            throw error.unavailable
        } catch {
            throw CartError(.unavailable, "The store cannot be read.", retryAfter: 5)
        }
    }

    /// Reads on a thread of its own: for everything whose cost depends on what is asked.
    func readAside<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws(CartError) -> Value {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw CartError(.unavailable, "Too many lists are being read.", retryAfter: 1) }
        defer { waiting.withLock { $0 -= 1 } }
        let result: Result<Value, CartError> = await withCheckedContinuation { continuation in
            queue.addOperation { [self] in
                do throws(CartError) {
                    continuation.resume(returning: .success(try read(body)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
