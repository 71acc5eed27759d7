import CartCore
import CartSamples
import CartTesting
import Testing

@testable import CartStoreSQLite

@Suite("Counting the carts within bounds")
struct RangeCountTests {
    private static let fields: [(CartSort.Field, any WritableKeyPath<CartFilter, CartFilter.Bounds> & Sendable)] = [
        (.created, \.created), (.updated, \.updated), (.expires, \.expires), (.total, \.total), (.productsTotal, \.productsTotal),
    ]

    @Test("gives as many as there are, wherever the bounds lie", arguments: 0..<fields.count, [false, true])
    func counts(place: Int, filledOnly: Bool) async throws {
        let store = try await LargeStore.shared.store()
        let (field, path) = Self.fields[place]
        let column = SortIndex(field: field).column
        // Where runs begin and beside it, and values of carts.
        let values = try store.readers.read { connection in
            let number = SortIndex(field: field).number
            let texts =
                try connection.texts("SELECT value FROM cart_ranks WHERE sort = \(number) ORDER BY value LIMIT 6")
                + connection.texts("SELECT \(column) FROM carts WHERE id % 1511 = 3")
            return texts.compactMap { Int64($0) }.filter { $0 != .min }.flatMap { [$0 - 1, $0, $0 + 1] }
        }
        try #require(values.count > 30)
        var random = CartTesting.SplitMix64(seed: UInt64(place))
        for _ in 0..<60 {
            var filter = CartFilter()
            filter[keyPath: path] = CartFilter.Bounds(
                from: Int.random(in: 0...4, using: &random) == 0 ? nil : values.randomElement(using: &random),
                to: Int.random(in: 0...4, using: &random) == 0 ? .max : values.randomElement(using: &random))
            if filledOnly { filter.isEmpty = false }
            let bounds = filter[keyPath: path]
            let found = try store.readers.read { connection in
                let query = CartQuery(filter: filter, clock: LargeStore.clock, limit: 1)
                let counted = try PageReader(connection: connection, query: query).page().total
                let all = try connection.integer(
                    """
                    SELECT count(*) FROM carts WHERE \(column) BETWEEN ? AND ?\(filledOnly ? " AND flags & 1 <> 0" : "")
                    """, [.integer(bounds.from ?? .min), .integer(bounds.to ?? .max)])
                return (counted, Int(all ?? -1))
            }
            #expect(found.0 == found.1, "\(column) \(bounds)")
        }
    }

    @Test("passes the entries of one run alone")
    func plan() async throws {
        try await withTemporaryStore { store, _ in
            let cart = SampleShop(seed: 1, now: LargeStore.clock.now, policy: CartPolicy()).cart(1)
            _ = try await store.apply([.save(cart, wasAbandoned: false, replacing: nil)])
            let counts = try store.readers.read { connection in
                var filter = CartFilter()
                filter.created.to = 1
                filter.isEmpty = false
                _ = try PageReader(connection: connection, query: CartQuery(filter: filter, clock: LargeStore.clock, limit: 1)).page()
                return connection.preparedStatements.filter { $0.contains("count(*)") }
            }
            #expect(counts.count == 1)
            #expect(counts.allSatisfy { $0.contains("(created, owner_id, id) >= (?, ?, ?) AND created < ?") })
        }
    }

    @Test("is asked for bounds of one field and contents alone")
    func soleRange() {
        var filter = CartFilter()
        #expect(filter.soleRange == nil)
        filter.total.from = 5
        #expect(filter.soleRange?.field == .total)
        #expect(filter.soleRange?.filledOnly == false)
        filter.holdsAny = .cart
        #expect(filter.soleRange?.filledOnly == true)
        filter.source = "pos"
        #expect(filter.soleRange == nil)
        filter.source = nil
        filter.created.to = 9
        #expect(filter.soleRange == nil)
    }
}
