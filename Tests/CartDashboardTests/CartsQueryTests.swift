import CartCore
import CartHTTP
import Foundation
import Testing

@testable import CartDashboard

@Suite("The address of the list of carts")
struct CartsQueryTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func read(_ query: String) throws -> CartsQuery {
        CartsQuery(QueryParameters(query), at: now, in: try #require(TimeZone(identifier: "Europe/Berlin")), currency: .usd)
    }

    @Test("Each field sets its condition")
    func fields() throws {
        let filter = try read(
            """
            search=smith&state=abandoned&name=Ann+Lee&email=example&users_type=G&content=items&total_min=49.901&total_max=100&product_ids=7,+9\
            &source=pos&store_id=2&with_contact=1
            """
        ).filter
        var expected = CartFilter()
        expected.search = "smith"
        expected.state = .abandoned
        expected.name = .both(first: "Ann", last: "Lee")
        expected.emailPart = "example"
        expected.ownerKind = .guest
        expected.isEmpty = false
        expected.total = CartFilter.Bounds(from: 4991, to: 10_000)
        expected.productIDs = [7, 9]
        expected.source = "pos"
        expected.storeID = 2
        expected.hasContact = true
        #expect(filter == expected)
    }

    @Test("Two dates are whole days of the shop's zone")
    func dates() throws {
        let bounds = try read("period=custom&time_from=2026-03-29&time_to=2026-03-29").filter.updated
        // The day on which the clocks go forward.
        #expect(bounds.from == Timestamp(iso8601: "2026-03-28T23:00:00Z")?.milliseconds)
        #expect(bounds.to == Timestamp(iso8601: "2026-03-29T21:59:59.999Z")?.milliseconds)
    }

    @Test("Dates without the period that asks for them are nothing")
    func datesAlone() throws { #expect(try read("time_from=2026-03-29").filter == CartFilter()) }

    @Test(
        "What is not understood is named and left out",
        arguments: [
            "state=gone", "total_min=x", "product_ids=1,x", "product_ids=0", "store_id=-1", "users_type=X",
            "period=custom&time_from=tomorrow",
            "name=+%20", "period=someday",
        ])
    func wrong(query: String) throws {
        let read = try read(query)
        let isBlank = query.hasPrefix("name")
        #expect(read.problems.count == (isBlank ? 0 : 1))
        #expect(read.filter == CartFilter())
    }

    @Test("What an address asks for, the address that is made of it asks for, too")
    func address() throws {
        let query = try read("state=abandoned&search=%22%3Cb%3E+%26&sort=total&order=asc&per_page=50&page=3")
        let href = query.href(page: query.page)
        #expect(href == "/carts?search=%22%3Cb%3E%20%26&state=abandoned&sort=total&order=asc&per_page=50&page=3")
        let again = try read(String(href.dropFirst("/carts?".count)))
        #expect(again.filter == query.filter)
        #expect(again.sort == query.sort)
        #expect(query.href(dropping: ["search", "state"], perPage: 25, sort: CartSort(.updated, .descending)) == "/carts")
    }

    @Test(
        "Pages and sizes out of range are the nearest that exist",
        arguments: [("page=0", 1, 25), ("page=x&per_page=7", 1, 25), ("page=9999999999999", 1, 25)])
    func ranges(query: String, page: Int, perPage: Int) throws {
        let read = try read(query)
        #expect((1...1_000_000_000).contains(read.page))
        #expect(read.perPage == perPage)
    }
}
