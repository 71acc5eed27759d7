#if Postgres
import CartCore
import CartTesting
import Testing

@testable import CartStorePostgres

@Suite("A filter as SQL")
struct FilterSQLTests {
    @Test("is of no more words of a search than eight", arguments: [FilterSQL.Purpose.finding, .checking])
    func manyWords(purpose: FilterSQL.Purpose) {
        let clock = StateClock(now: CartGenerator.base, abandonedAfter: CartGenerator.abandonedAfter)
        func sql(words: Int) -> FilterSQL {
            var filter = CartFilter()
            filter.search = (1...words).map { "w\($0)" }.joined(separator: " ")
            return FilterSQL(filter, at: clock, for: purpose)
        }
        let (few, many) = (sql(words: 8), sql(words: 1000))
        #expect(many.clause == few.clause && many.values.count == few.values.count)
        #expect(sql(words: 7).clause != few.clause)
    }
}
#endif
