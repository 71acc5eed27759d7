#if Postgres
import CartCore
import CartTesting
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite("What a request costs is round trips", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct RoundTripTests {
    private static let clock = StateClock(now: CartGenerator.base, abandonedAfter: CartGenerator.abandonedAfter)

    /// What `body` asks for and waits for on a connection.
    private func cost(_ connection: Connection, _ body: (Connection) throws -> Void) throws -> (waits: Int, statements: Int) {
        let waits = connection.waits
        let statements = try connection.statements(body).count
        return (connection.waits - waits, statements)
    }

    @Test("a page of all carts takes one, one of a filter or far down two, whatever the number of carts")
    func pages() async throws {
        try await withTemporaryStore { store, location in
            var generator = CartGenerator(seed: 1)
            for _ in 0..<2 {
                _ = try await store.apply(
                    (0..<100).map { _ in .save(generator.cart(), wasAbandoned: false, replacing: nil) }, by: .tester())
                try withConnection(to: location) { connection in
                    var owner = CartFilter()
                    owner.isEmpty = false
                    for (filter, start) in [
                        (CartFilter(), CartQuery.Start.offset(0)), (CartFilter(), .offset(50)), (owner, .offset(0)),
                    ] {
                        let query = CartQuery(filter: filter, clock: Self.clock, sort: CartSort(.updated), start: start, limit: 50)
                        let cost = try cost(connection) { _ = try PageReader(connection: $0, query: query).page() }
                        #expect(cost == (1, 5))
                    }
                    owner.total.from = 0
                    let query = CartQuery(filter: owner, clock: Self.clock, limit: 50)
                    let cost = try cost(connection) { _ = try PageReader(connection: $0, query: query).page() }
                    #expect(cost == (2, 5))
                }
            }
        }
    }

    @Test("a transaction that writes takes two, and as many statements for a hundred carts as for one")
    func writes() async throws {
        try await withTemporaryStore { _, location in
            try withConnection(to: location) { connection in
                var generator = CartGenerator(seed: 2)
                var counts: [Int] = []
                for size in [1, 100] {
                    // What has no products needs a statement less.
                    var carts: [Cart] = []
                    while carts.count < size { carts += [generator.cart()].filter { !$0.items.isEmpty } }
                    let changes = carts.map { PreparedChange(.save($0, wasAbandoned: false, replacing: nil)) }
                    let cost = try cost(connection) { connection in
                        let transaction = try WriteTransaction(
                            connection, needing: [WriteTransaction.Needs(keys: changes.map(\.key))], abandonedAfter: .hours(1))
                        let rows = CartRows(transaction: transaction, author: .tester())
                        for change in changes { _ = try rows.apply(change) }
                        _ = try transaction.commit()
                    }
                    #expect(cost.waits == 2)
                    counts.append(cost.statements)
                }
                #expect(Set(counts).count == 1 && counts.allSatisfy { $0 <= 14 }, "\(counts)")
            }
        }
    }
}
#endif
