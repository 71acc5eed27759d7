import CartCore
import Foundation
import Synchronization

/// The connections that read. Any number of threads read at once, each with a connection of its own.
final class Readers: Sendable {
    private let path: String
    private let idle = Mutex<[Connection]>([])
    private let queue: ReadQueue

    init(path: String) {
        self.path = path
        queue = ReadQueue(mostAtOnce: max(2, ProcessInfo.processInfo.activeProcessorCount))
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
        } catch {
            throw CartError(error, otherwise: "The store cannot be read.")
        }
    }

    /// Reads on a thread of its own: for everything whose cost depends on what is asked.
    func readAside<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws(CartError) -> Value {
        try await queue.run { [self] () throws(CartError) in try read(body) }
    }
}
