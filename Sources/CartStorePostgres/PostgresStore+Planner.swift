#if Postgres
import CartCore
import Synchronization

/// What the database's planner knows of the tables. It gathers that by itself, but up to a minute late: until then it takes a store that
/// was empty for one that still is, and looks at all carts once for each of them.
extension PostgresStore {
    /// Counts changes, and tells the planner of the first ones, beside what is going on.
    func note(changes: Int) {
        growth.add(changes) { Task { await refreshStatistics() } }
    }

    /// Tells the planner of what was written. Where that fails, lists are only slow.
    ///
    /// - Parameter vacuuming: whether the tables are also made ready for counting along an index alone, which takes as long as reading them.
    func refreshStatistics(vacuuming: Bool = false) async {
        // Not every database has all of it. Of several processes one is enough.
        let best = vacuuming ? "VACUUM (ANALYZE)" : "ANALYZE (SKIP_LOCKED)"
        do throws(CartError) {
            try await pool.readAside { connection in
                try connection.withTimeout(vacuuming ? Self.longTimeout : connection.timeout) {
                    for table in Schema.cartTables {
                        do throws(PostgresError) {
                            try connection.execute(["\(best) \(table)"])
                        } catch {
                            if error.isConnectionLost { throw error }
                            try connection.execute(["ANALYZE \(table)"])
                        }
                    }
                }
            }
        } catch {
            return
        }
    }
}

/// How many changes a process has made, as long as they are few.
final class Growth: Sendable {
    private static let factor = 4
    private static let last = 1_000_000

    private struct State {
        var changes = 0
        var next = 200
        /// What was begun last.
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// - Parameter begin: called when there are four times as many as when it was called last.
    func add(_ changes: Int, _ begin: () -> Task<Void, Never>) {
        state.withLock { state in
            guard state.next <= Self.last else { return }
            state.changes += changes
            guard state.changes >= state.next else { return }
            while state.next <= state.changes { state.next *= Self.factor }
            state.task = begin()
        }
    }

    /// Returns when what was begun is over.
    func finish() async { await state.withLock { $0.task }?.value }
}
#endif
