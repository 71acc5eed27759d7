import CartCore
import Testing

@testable import CartStoreSQLite

@Suite("Pages far down a list")
struct DeepPageTests {
    @Test("hold the same carts as a walk through all of them", arguments: CartSort.Field.allCases, CartSort.Direction.allCases)
    func deepPages(field: CartSort.Field, direction: CartSort.Direction) async throws {
        let store = try await LargeStore.shared.store()
        let sort = SortIndex(field: field)
        for filledOnly in [false, true] {
            // The naive answer: every id in order, by the index alone.
            let ids = try store.readers.read { connection in
                let condition = filledOnly ? "WHERE flags & 1 <> 0" : ""
                let all = try connection.statement("SELECT id FROM carts \(condition) ORDER BY \(sort.order(direction))")
                defer { all.reset() }
                var ids: [Int64] = []
                while try all.step() { ids.append(all.integer(0)) }
                return ids
            }
            var filter = CartFilter()
            if filledOnly { filter.isEmpty = false }
            for offset in [
                0, 10, 2047, 2048, 2049, 5000, ids.count / 2, ids.count - 2049, ids.count - 10, ids.count - 1, ids.count, ids.count + 5,
            ] {
                let page = try await store.page(
                    CartQuery(
                        filter: filter, clock: LargeStore.clock, sort: CartSort(field, direction), start: .offset(offset), limit: 10))
                #expect(page.records.map(\.id) == Array(ids.dropFirst(offset).prefix(10)), "offset \(offset), filled only: \(filledOnly)")
                #expect(page.total == ids.count)
                #expect((page.next == nil) == (offset + 10 >= ids.count))
            }
        }
    }

    @Test("are found by passing few rows", arguments: CartSort.Field.allCases)
    func fewSteps(field: CartSort.Field) async throws {
        let store = try await LargeStore.shared.store()
        for direction in CartSort.Direction.allCases {
            let start = try store.readers.read {
                try CartRanks(connection: $0).start(offset: 9000, in: SortIndex(field: field), direction, filledOnly: false)
            }
            #expect(start.position != nil)
            #expect(start.rest <= CartRanks.most)
        }
    }

    @Test("The runs of every order add up to all carts, and none is longer than it may be")
    func runs() async throws {
        let store = try await LargeStore.shared.store()
        try store.readers.read { connection in
            let carts = try connection.integer("SELECT count(*) FROM carts")
            let filled = try connection.integer("SELECT count(*) FROM carts WHERE flags & 1 <> 0")
            for sort in SortIndex.all {
                #expect(try connection.integer("SELECT sum(carts) FROM cart_ranks WHERE sort = \(sort.number)") == carts)
                #expect(try connection.integer("SELECT sum(filled) FROM cart_ranks WHERE sort = \(sort.number)") == filled)
                #expect(try connection.integer("SELECT max(carts) FROM cart_ranks WHERE sort = \(sort.number)") ?? 0 <= CartRanks.most)
                #expect(try connection.integer("SELECT count(*) FROM cart_ranks WHERE sort = \(sort.number)") ?? 0 > 8)
            }
            #expect(try connection.integer("SELECT sum(carts) FROM cart_facets") == carts)
        }
    }
}
