import CSQLite
import CartCore
import CartTesting
import Synchronization
import Testing

@testable import CartStoreSQLite

@Suite("What a read costs does not grow with the store")
struct StatementCountTests {
    private static let clock = StateClock(now: CartGenerator.base, abandonedAfter: CartGenerator.abandonedAfter)

    /// What the store's one reading connection does while `body` runs, which must wait for each read.
    private func trace(_ store: SQLiteStore, _ body: () async throws -> Void) async throws -> Trace.Counts {
        let trace = Trace()
        try store.readers.read { try trace.start(on: $0) }
        try await body()
        return try store.readers.read { try trace.stop(on: $0) }
    }

    @Test("one cart is read with one statement, by its key and as the newest of its owner")
    func pointReads() async throws {
        try await withTemporaryStore { store, _ in
            let carts = try await fillStore(store, 200)
            for cart in carts.prefix(5) {
                let counts = try await trace(store) {
                    let record = try await store.cart(cart.key)
                    #expect(record != nil)
                }
                #expect(counts == Trace.Counts(runs: [SQLiteStore.byKey: 1], rows: 1, prepared: [SQLiteStore.byKey]))
            }
            let filled = try #require(carts.first { $0.contents.contains(.cart) })
            for storeID in [nil, filled.storeID] {
                let counts = try await trace(store) {
                    let record = try await store.newestCart(of: filled.owner.id, in: storeID)
                    #expect(record != nil)
                }
                let statement = SQLiteStore.newestOfOwner
                #expect(counts == Trace.Counts(runs: [statement: 1], rows: 1, prepared: [statement]))
            }
            let missing = try #require(CartKey("nobody"))
            let counts = try await trace(store) {
                let record = try await store.cart(missing)
                #expect(record == nil)
            }
            #expect(counts == Trace.Counts(runs: [SQLiteStore.byKey: 1], rows: 0, prepared: [SQLiteStore.byKey]))
        }
    }

    @Test("a page is read with the same statements, as often, and as many rows, of 200 carts and of 2,000")
    func pages() async throws {
        let few = try await pageCounts(carts: 200)
        let many = try await pageCounts(carts: 2000)
        #expect(few.keys.sorted() == many.keys.sorted())
        for (name, counts) in few { #expect(many[name] == counts, "\(name)") }
        for (name, counts) in few {
            // A transaction, the count, the places, and the rows that are shown, each by its id.
            #expect(counts.runs["BEGIN"] == 1 && counts.runs["COMMIT"] == 1, "\(name)")
            #expect(counts.prepared == Set(counts.runs.keys), "\(name)")
            let shown = name.hasPrefix("100 ") ? 100 : 50
            #expect(counts.runs.values.sorted() == [1, 1, 1, 1, shown], "\(name)")
            // One more place tells that more carts follow.
            #expect(counts.rows == 1 + shown + 1 + shown, "\(name)")
        }
    }

    /// The costs of pages of a store of so many carts.
    private func pageCounts(carts count: Int) async throws -> [String: Trace.Counts] {
        try await withTemporaryStore { store, _ in
            try await fillStore(store, count)
            var found: [String: Trace.Counts] = [:]
            func note(
                _ name: String, _ sort: CartSort, _ filter: CartFilter = CartFilter(), from start: CartQuery.Start = .offset(0),
                limit: Int
            ) async throws {
                let query = CartQuery(filter: filter, clock: Self.clock, sort: sort, start: start, limit: limit)
                found["\(limit) \(name) by \(sort.field) \(sort.direction)"] = try await trace(store) {
                    let page = try await store.page(query)
                    #expect(page.records.count == limit, "\(name)")
                }
            }
            var filled = CartFilter()
            filled.isEmpty = false
            for field in CartSort.Field.allCases {
                for direction in CartSort.Direction.allCases {
                    let sort = CartSort(field, direction)
                    try await note("carts", sort, limit: 100)
                    try await note("carts behind 100", sort, from: .offset(100), limit: 50)
                    try await note("carts with items", sort, filled, limit: 50)
                    let first = try await store.page(CartQuery(clock: Self.clock, sort: sort, limit: 20))
                    let position = try #require(first.next)
                    try await note("carts behind a position", sort, from: .after(position), limit: 100)
                }
            }
            return found
        }
    }
}

/// What a connection does meanwhile.
private final class Trace: Sendable {
    struct Counts: Equatable {
        /// How often each statement was begun.
        var runs: [String: Int] = [:]
        /// Rows that all of them gave.
        var rows = 0
        /// Statements that were prepared.
        var prepared: Set<String> = []
    }

    private let counts = Mutex(Counts())

    /// Forgets what the connection has prepared, and counts from now on.
    func start(on connection: Connection) throws {
        let database = try handle(of: connection)
        connection.forgetStatements()
        // SQLite holds on to this until ``stop(on:)``.
        let events = UInt32(SQLITE_TRACE_STMT | SQLITE_TRACE_ROW)
        let code = sqlite3_trace_v2(database, events, noteEvent, Unmanaged.passRetained(self).toOpaque())
        try #require(code == SQLITE_OK)
    }

    func stop(on connection: Connection) throws -> Counts {
        let database = try handle(of: connection)
        sqlite3_trace_v2(database, 0, nil, nil)
        Unmanaged.passUnretained(self).release()
        var counts = counts.withLock { $0 }
        counts.prepared = Set(connection.preparedStatements)
        return counts
    }

    /// The connection keeps its handle to itself.
    private func handle(of connection: Connection) throws -> OpaquePointer {
        try #require(Mirror(reflecting: connection).descendant("database") as? OpaquePointer)
    }

    fileprivate func noteRun(of sql: String) { counts.withLock { $0.runs[sql, default: 0] += 1 } }

    fileprivate func noteRow() { counts.withLock { $0.rows += 1 } }
}

private func noteEvent(
    event: UInt32, context: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?, text: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return 0 }
    let trace = Unmanaged<Trace>.fromOpaque(context).takeUnretainedValue()
    if event == UInt32(SQLITE_TRACE_ROW) {
        trace.noteRow()
    } else if let text {
        trace.noteRun(of: String(cString: text.assumingMemoryBound(to: CChar.self)))
    }
    return 0
}
