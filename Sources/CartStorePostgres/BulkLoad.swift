#if Postgres
import CartCore
import Dispatch

/// Fills an empty database in one transaction, so that others see either nothing or everything. The carts are counted once, at the end.
struct BulkLoad {
    /// For as long each round trip may take; the last counts everything.
    static let timeout: Duration = .seconds(3600)
    /// Carts that one statement writes.
    private static let most = 500

    let transaction: WriteTransaction
    let author: Author

    /// - Returns: how many carts were written; nil if there are some already.
    func load(_ next: @Sendable () -> [Cart]) throws -> Int? {
        guard try transaction.query("SELECT id FROM carts LIMIT 1").count == 0 else { return nil }
        var count = 0
        var batch = Self.prepared(next())
        while !batch.isEmpty {
            count += batch.count
            batch = try write(batch, making: next)
        }
        try transaction.countEverything(at: author.now)
        if count > 0 { transaction.note(.fill(count: count, by: author)) }
        return count
    }

    private static func prepared(_ carts: [Cart]) -> [NewCart] { carts.map(NewCart.init) }

    /// Writes a batch while the next is made.
    private func write(_ batch: [NewCart], making next: @Sendable () -> [Cart]) throws -> [NewCart] {
        // Each is touched by one of the two parts alone.
        nonisolated(unsafe) let transaction = transaction
        nonisolated(unsafe) var failure: (any Error)?
        nonisolated(unsafe) var made: [NewCart] = []
        DispatchQueue.concurrentPerform(iterations: 2) { part in
            if part == 0 {
                do { try Self.write(batch, transaction) } catch { failure = error }
            } else {
                made = Self.prepared(next())
            }
        }
        if let failure { throw failure }
        return made
    }

    private static func write(_ carts: [NewCart], _ transaction: WriteTransaction) throws(PostgresError) {
        for start in stride(from: 0, to: carts.count, by: most) {
            var batch = CartBatch()
            for cart in carts[start..<min(start + most, carts.count)] {
                let id = transaction.nextRevision()
                batch.keep(cart.columns, document: cart.document, id: id, revision: id, over: nil)
            }
            try batch.send(on: transaction.connection)
            _ = try transaction.connection.finish()
        }
    }
}
#endif
