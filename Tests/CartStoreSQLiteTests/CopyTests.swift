import CartCore
import CartTesting
import Testing

@testable import CartStoreSQLite

@Suite("A copy of a store holds everything")
struct CopyTests {
    @Test("holds each promise of the contract between two files", arguments: CopyContract.checks)
    func contract(check: CopyContract.Check) async throws {
        try await withTemporaryStore { source, _ in
            try await withTemporaryStore { target, path in
                try await check.run(
                    CopyContract.Stores(source, target) { try PlainConnection(path: path, .shared).execute($0) })
            }
        }
    }

    @Test("has runs that find every page, however many carts there are")
    func manyCarts() async throws {
        try await withTemporaryStore { source, _ in
            try await fillStore(source, 5000)
            try await withTemporaryStore { target, _ in
                let report = try await StoreCopy(from: source, named: "a", to: target).run()
                #expect(report.isDone && report.written == report.rows.values.reduce(0, +))
                try await CopyContract.expectSame(CopyContract.Stores(source, target))
                let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
                for field in CartSort.Field.allCases {
                    for offset in [0, 2500, 4999] {
                        let query = CartQuery(clock: clock, sort: CartSort(field, .descending), start: .offset(offset), limit: 5)
                        let (given, held) = (try await source.page(query), try await target.page(query))
                        #expect(held.records.map(\.id) == given.records.map(\.id) && held.total == given.total)
                    }
                }
            }
        }
    }

    @Test("knows every table and every column")
    func completeness() async throws {
        try await withTemporaryStore { _, path in
            let connection = try Connection(path: path, access: .read)
            let derived = ["cart_documents", "cart_facets", "cart_products", "cart_ranks"]
            let others = ["counters", "leases", "migrations"]
            let tables = try connection.texts(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'cart_search%'")
            #expect(Set(tables) == Set(StorePart.allCases.map(\.table) + derived + others))
            for part in StorePart.allCases {
                let held = Set(try connection.texts("SELECT name FROM pragma_table_info('\(part.table)')"))
                let copied =
                    switch part {
                    case .carts: ["id"] + CartColumns.list.split(separator: ", ").map(String.init)
                    // It has numbers of its own.
                    case .answers: ["id"] + part.columns.map(\.name)
                    default: part.columns.map(\.name)
                    }
                #expect(held == Set(copied), "\(part)")
            }
        }
    }
}
