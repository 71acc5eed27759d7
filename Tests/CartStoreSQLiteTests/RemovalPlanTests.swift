import CartCore
import CartTesting
import Testing

@testable import CartStoreSQLite

@Suite("Carts to remove are found by an index, and removed by their ids")
struct RemovalPlanTests {
    private static let due: [(name: String, filter: CartFilter)] = SweepPolicy.Group.allCases.compactMap { group in
        SweepPolicy().due(group, at: LargeStore.clock.now).map { ("due: \(group)", $0) }
    }

    /// Runs a question on a store of its own, where no other leaves statements.
    private func statements(of filter: CartFilter) async throws -> (ids: String, removal: String) {
        try await withTemporaryStore { store, _ in
            _ = try await store.ids(filter, at: LargeStore.clock)
            _ = try await store.delete([1, 2], meeting: filter, at: LargeStore.clock, by: .tester(), under: nil)
            let read = try store.readers.read { $0.preparedStatements }
            let written = try await store.writer.write { $0.connection.preparedStatements }
            let ids = try #require(read.first { $0.hasPrefix("SELECT id FROM carts") })
            let removal = try #require(written.first { $0.hasPrefix("SELECT") && $0.contains("cart_documents") })
            return (ids, removal)
        }
    }

    @Test("what is due is found by the index on expiry alone", arguments: due)
    func dueIDs(name: String, filter: CartFilter) async throws {
        let sql = try await statements(of: filter).ids
        let large = try await LargeStore.shared.store()
        let plan = try large.readers.read { try $0.plan(of: sql) }
        #expect(plan.count == 1, "\(name): \(plan)")
        #expect(plan.first?.hasPrefix("SEARCH carts USING COVERING INDEX carts_expires (expires<") == true, "\(name): \(plan)")
    }

    @Test("the ids of a filter never read a row of the table where an index can serve", arguments: QueryPlanTests.filters)
    func ids(name: String, filter: CartFilter) async throws {
        let sql = try await statements(of: filter).ids
        let large = try await LargeStore.shared.store()
        let plan = try large.readers.read { try $0.plan(of: sql) }
        for scan in plan where scan.hasPrefix("SCAN carts") {
            #expect(scan.contains("COVERING INDEX"), "\(name): \(sql)\n\(plan.joined(separator: "\n"))")
        }
    }

    @Test("what is removed is looked at by its id", arguments: due + QueryPlanTests.filters)
    func removal(name: String, filter: CartFilter) async throws {
        let sql = try await statements(of: filter).removal
        let large = try await LargeStore.shared.store()
        let plan = try large.readers.read { try $0.plan(of: sql) }
        let text = "\(name): \(sql)\n\(plan.joined(separator: "\n"))"
        #expect(plan.contains("SEARCH carts USING INTEGER PRIMARY KEY (rowid=?)"), "\(text)")
        #expect(plan.contains("SEARCH cart_documents USING INTEGER PRIMARY KEY (rowid=?)"), "\(text)")
        #expect(plan.filter { $0.hasPrefix("SCAN") }.allSatisfy { $0.hasPrefix("SCAN json_each") }, "\(text)")
        #expect(!plan.contains { $0.contains("cart_search") }, "\(text)")
    }

    @Test("a step of the feed begins behind the entry that was seen last and sorts nothing")
    func feed() async throws {
        try await withTemporaryStore { store, _ in
            _ = try await store.entries(after: 5, limit: 10)
            let plans = try store.readers.read { connection in
                try connection.preparedStatements.filter { $0.contains("FROM audit") }.map { try connection.plan(of: $0) }
            }
            #expect(plans == [["SEARCH audit USING INTEGER PRIMARY KEY (rowid>?)"]])
        }
    }

    @Test("what has run out is found by its expiry")
    func expired() async throws {
        try await withTemporaryStore { store, _ in
            _ = try await store.forgetExpired(at: LargeStore.clock.now, limit: 10)
            let plans = try await store.writer.write { transaction in
                try transaction.connection.preparedStatements.filter { $0.contains("expires <=") }.map { sql in
                    try transaction.connection.plan(of: sql)
                }
            }
            #expect(plans.count == 2)
            for plan in plans {
                #expect(plan.contains { $0.hasSuffix("_expires (expires<?)") }, "\(plan)")
                #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP") }, "\(plan)")
            }
        }
    }
}
