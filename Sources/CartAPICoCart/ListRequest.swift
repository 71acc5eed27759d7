import CartCore
import CartHTTP

/// The parameters of the list.
struct ListRequest {
    let query: CartQuery
    let dateFormat: CoCartAPI.DateFormat?
    private let page: Int
    private let perPage: Int

    /// - Parameter storeID: the one store whose carts the caller may see; nil: all.
    /// - Throws: ``CartError`` `.invalid` that names every parameter with a value of a wrong type or range.
    init(_ parameters: QueryParameters, storeID: Int64?, clock: StateClock) throws(CartError) {
        var check = ParameterCheck(parameters)
        page = Int(check.integer("page", in: 1...2_147_483_647) ?? 1)
        perPage = Int(check.integer("per_page", in: 1...1000) ?? 10)
        let direction: CartSort.Direction = check.choice("order") ?? .ascending
        let order: OrderBy = check.choice("orderby") ?? .id
        let status: Status = check.choice("status") ?? .any
        dateFormat = check.choice("date_format")
        var filter = CartFilter()
        filter.storeID = storeID
        filter.state = status.state
        filter.search = check.text("search")
        filter.email = check.text("email")
        filter.source = check.text("source")
        filter.ownerID = check.integer("customer", in: 1...4_294_967_295)
        filter.created.from = check.timestamp("after")?.milliseconds
        filter.created.to = check.timestamp("before")?.milliseconds
        try check.finish()
        // The offset of the last page that can be asked for is 2^31 × 1000, far from an overflow.
        query = CartQuery(
            filter: filter, clock: clock, sort: CartSort(order.field, direction), start: .offset((page - 1) * perPage), limit: perPage)
    }

    private enum OrderBy: String, CaseIterable {
        case id, created, updated, expiry, total, customer

        var field: CartSort.Field {
            switch self {
            case .id: .id
            case .created: .created
            case .updated: .updated
            case .expiry: .expires
            case .total: .total
            case .customer: .customer
            }
        }
    }

    private enum Status: String, CaseIterable {
        case any, active, abandoned, recovered, converted, expired

        var state: CartState? {
            switch self {
            case .any: nil
            case .active: .active
            case .abandoned: .abandoned
            case .recovered: .recovered
            case .converted: .converted
            case .expired: .expired
            }
        }
    }

    func pages(of total: Int) -> Int { (total + perPage - 1) / perPage }

    /// The `Link` header, as WordPress builds it: the page before, from behind the end the last one, and the page after.
    ///
    /// - Parameter path: absolute, without the query.
    /// - Returns: nil if there is neither.
    func links(total: Int, path: String, _ parameters: QueryParameters) -> String? {
        let pages = pages(of: total)
        var links: [String] = []
        if page > 1 { links.append("<\(path)?\(query(parameters, page: max(1, min(page - 1, pages))))>; rel=\"prev\"") }
        if page < pages { links.append("<\(path)?\(query(parameters, page: page + 1))>; rel=\"next\"") }
        return links.isEmpty ? nil : links.joined(separator: ", ")
    }

    /// The query of the request for another page, without credentials, and without the route, which stands in the path.
    private func query(_ parameters: QueryParameters, page: Int) -> String {
        let kept = parameters.pairs.filter { !["page", "rest_route", "consumer_key", "consumer_secret"].contains($0.name) }
        return (kept + [("page", String(page))])
            .map { QueryParameters.encode($0.name) + "=" + QueryParameters.encode($0.value) }
            .joined(separator: "&")
    }
}
