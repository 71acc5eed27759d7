import CartCore
import CartHTTP
import Hummingbird

/// The list of carts, and its export.
extension Pages {
    func addCarts(to router: Router<CartRequestContext>) {
        get("/carts", on: router, carts)
        get("/carts/export", on: router) { user, request, context in
            try user.caller.requireReading()
            let parameters = QueryParameters(request.uri.query)
            let query = cartsQuery(parameters, at: context.now)
            guard query.problems.isEmpty else { throw CartError.invalid(query.problems[0].field, "is not understood") }
            let format = parameters["format"].flatMap(ExportFormat.init(rawValue:)) ?? .csv
            return try await .export(format, of: query.filter, in: store, at: clock(context), context)
        }
    }

    func cartsQuery(_ parameters: QueryParameters, at moment: Timestamp) -> CartsQuery {
        CartsQuery(parameters, at: moment, in: settings.timeZone, currency: settings.currency)
    }

    @Sendable private func carts(_ user: Operator, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        let parameters = QueryParameters(request.uri.query)
        let query = cartsQuery(parameters, at: context.now)
        // Asked before the page, so that no change in between is missed.
        let revision = try await store.revision()
        let page = try await store.page(
            CartQuery(
                filter: query.filter, clock: clock(context), sort: query.sort, start: .offset((query.page - 1) * query.perPage),
                limit: query.perPage))
        let pages = max(1, (page.total + query.perPage - 1) / query.perPage)
        // A page beyond the last, as after a deletion.
        if query.page > pages {
            return Self.redirect(to: query.href(page: pages, parameters["deleted"].map { [("deleted", $0)] } ?? []))
        }
        let isFiltered = !query.set.isEmpty
        let chips = chips(query)
        let view = CartsView(
            live: LiveView(revision: revision), filters: filters(query), hasChips: !chips.isEmpty, chips: chips,
            clearHref: "/carts",
            exports: ExportFormat.allCases.reversed().map {
                LinkView(
                    href: query.href(path: "/carts/export", [("format", $0.rawValue)]), label: $0.rawValue.uppercased())
            },
            empty: page.total == 0 && !isFiltered ? emptyShop(request, context) : nil,
            noMatch: page.total == 0 && isFiltered
                ? NoMatchView(sentence: "Remove a filter, or search for a part of the name, the e-mail or the key.", href: "/carts") : nil,
            list: page.total == 0 ? nil : list(page, query, pages: pages, context))
        return self.page("carts", "Carts", in: .carts, of: user, view, notice: notice(query, parameters, user))
    }

    /// What to tell about a filter that is wrong, or about what was done last.
    private func notice(_ query: CartsQuery, _ parameters: QueryParameters, _ user: Operator) -> NoticeView? {
        if let problem = query.problems.first { return NoticeView(.bad, problem.rule + " That filter was left out.") }
        guard let deleted = parameters["deleted"].flatMap({ Int($0) }), deleted >= 0 else { return nil }
        let link = user.mayManage ? LinkView(href: "/audit?action=cart.delete", label: "See them in the audit trail") : nil
        let message = Wording.count(deleted, "cart was", "carts were") + " deleted."
        return NoticeView(.good, message, link: link, clearsSelection: true)
    }

    func emptyShop(_ request: Request, _ context: CartRequestContext) -> EmptyShopView {
        EmptyShopView(
            importCommand: "corral import ndjson carts.ndjson",
            putCommand: """
                curl -u $KEY:$SECRET -X PUT \(parts.baseURL.text(for: request, context))/v1/carts/my-cart \\
                  -d '{"customer":{"first_name":"Ada","email":"ada@example.com"},
                       "items":[{"product_id":145,"name":"Tea","quantity":2,"unit_price":1800}]}'
                """)
    }

    private func list(_ page: CartPage, _ query: CartsQuery, pages: Int, _ context: CartRequestContext) -> CartListView {
        let wording = wording(context)
        let first = (query.page - 1) * query.perPage + 1
        let last = min(page.total, first + query.perPage - 1)
        return CartListView(
            range: first == last ? Wording.number(first) : "\(Wording.number(first))–\(Wording.number(last))",
            total: Wording.number(page.total), asOf: wording.time(context.now, isRelative: false), back: query.href(page: query.page),
            sorts: SortsView(
                customer: sort(.customer, query), total: sort(.total, query), changed: sort(.updated, query),
                expires: sort(.expires, query)), rows: rows(page.records, wording, context),
            prev: query.page > 1 ? query.href(page: query.page - 1) : nil,
            next: query.page < pages ? query.href(page: query.page + 1) : nil, numbers: numbers(query, pages: pages),
            perPage: CartsQuery.pageSizes.map {
                PageNumberView(label: String($0), href: query.href(perPage: $0), isCurrent: $0 == query.perPage)
            },
            deleteFound: query.set.isEmpty || !query.problems.isEmpty
                ? nil
                : DeleteFoundView(
                    label: "Delete all \(Wording.number(page.total)) found…",
                    fields: query.set.map { FieldView(name: $0.name, value: $0.value) }))
    }

    /// Rows of carts; damaged ones are left out and logged.
    func rows(_ records: [CartRecord], _ wording: Wording, _ context: CartRequestContext) -> [CartRowView] {
        context.readable(records).map { record, cart in
            let items = cart.items.filter { $0.kind == .cart }
            return CartRowView(
                key: cart.key.text, href: "/carts/\(cart.key.text)", customer: cart.shownName,
                email: cart.customer.email.isEmpty ? nil : cart.customer.email, lines: Wording.count(items.count, "line"),
                quantity: Self.pieces(items), total: Wording.money(cart.totals.total, cart.currency),
                state: StateView(record.state(at: clock(context))), changed: wording.time(cart.updated),
                expires: wording.time(cart.expires), source: cart.source.isEmpty ? nil : cart.source)
        }
    }

    static func pieces(_ items: [CartItem]) -> String {
        let millionths = items.reduce(0) { $0 + $1.quantity.millionths }
        return Decimal.shortest(millionths, digits: 6) + (millionths == 1_000_000 ? "\u{A0}piece" : "\u{A0}pieces")
    }

    private func sort(_ field: CartSort.Field, _ query: CartsQuery) -> SortView {
        let isSorted = query.sort.field == field
        let isUp = query.sort.direction == .ascending
        let next: CartSort.Direction =
            isSorted ? (isUp ? .descending : .ascending) : field == .customer || field == .expires ? .ascending : .descending
        return SortView(
            direction: isSorted ? (isUp ? "ascending" : "descending") : "none", href: query.href(sort: CartSort(field, next)),
            isUp: isSorted && isUp, isDown: isSorted && !isUp, isUnsorted: !isSorted)
    }

    /// The first page, the last, and those around the present one.
    private func numbers(_ query: CartsQuery, pages: Int) -> [PageNumberView] {
        guard pages > 1 else { return [] }
        var numbers: [PageNumberView] = []
        var last = 0
        for page in Set([1, query.page - 1, query.page, query.page + 1, pages]).sorted() where (1...pages).contains(page) {
            if page > last + 1 { numbers.append(PageNumberView(label: "…", href: "", isCurrent: false, isGap: true)) }
            numbers.append(PageNumberView(label: Wording.number(page), href: query.href(page: page), isCurrent: page == query.page))
            last = page
        }
        return numbers
    }
}

extension Cart {
    /// What the cart's owner is called on the pages.
    var shownName: String {
        let name = customer.fullName
        if !name.isEmpty { return name }
        return "\(owner.kind == .guest ? "Guest" : "Customer") \(owner.id)"
    }
}

extension StateView {
    init(_ state: CartState) { self.init(id: state.rawValue, name: state.rawValue.prefix(1).uppercased() + state.rawValue.dropFirst()) }
}
