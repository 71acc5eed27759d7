import CartCore
import CartHTTP
import Hummingbird

/// The first page: figures, charts, the newest carts, and how the clean-up is.
extension Pages {
    private static let newest = 8
    private static let shownProducts = 5

    func addOverview(to router: Router<CartRequestContext>) { get("/", on: router, overview) }

    @Sendable private func overview(_ user: Operator, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        let revision = try await store.revision()
        let counted = try await parts.statistics.latest()
        let newest = try await store.page(
            CartQuery(clock: clock(context), sort: CartSort(.created, .descending), limit: Self.newest))
        let wording = wording(context)
        let statistics = counted.all
        let total = statistics.total
        let view = OverviewView(
            live: LiveView(revision: revision), asOf: wording.time(counted.asOf, isRelative: false),
            empty: newest.total == 0 ? emptyShop(request, context) : nil, figures: figures(statistics),
            smallFigures: smallFigures(statistics), chart: ChartView(statistics.days, wording), states: states(statistics),
            statesTotal: StatesTotalView(carts: Wording.number(total.carts), values: money(total.value)),
            products: products(statistics, counted.productNames), newest: rows(newest.records, wording, context),
            newestHref: "/carts?sort=created&order=desc",
            cleanUp: try await cleanUp(user, wording, settingsHref: "/settings#clean-up", problem: nil))
        return page("overview", "Overview", in: .overview, of: user, view)
    }

    private func money(_ value: [String: Int64]) -> [String] { Wording.money(value, first: settings.currency) }

    private func figures(_ statistics: CartStatistics) -> [FigureView] {
        let (total, abandoned) = (statistics.total, statistics.states[.abandoned] ?? CartStatistics.Figures())
        let recovered = statistics.count(of: .recovered)
        let gone = statistics.count(of: .abandoned)
        let value = money(total.value)
        return [
            FigureView(
                label: "Carts now", value: Wording.number(total.carts), note: "\(Wording.number(total.withItems)) with items",
                href: "/carts"),
            FigureView(label: "Value now", value: value[0], others: Array(value.dropFirst())),
            FigureView(
                label: "Abandoned", value: Wording.number(abandoned.carts), others: money(abandoned.value), href: "/carts?state=abandoned"),
            FigureView(
                label: "Recovered in 30 days", value: Wording.number(recovered),
                note: gone > 0 ? "\(recovered * 100 / gone)% of the abandoned" : nil, href: "/carts?state=recovered"),
        ]
    }

    private func smallFigures(_ statistics: CartStatistics) -> [FigureView] {
        let total = statistics.total
        let average = money(total.averageValue)
        return [
            FigureView(label: "New today", value: Wording.number(statistics.days.last?.events[.created] ?? 0)),
            FigureView(label: "Items in a cart", value: total.averageItems, note: "on average"),
            FigureView(label: "Value of a cart", value: average[0], others: Array(average.dropFirst()), note: "on average"),
        ]
    }

    private func states(_ statistics: CartStatistics) -> [StateFigureView] {
        let all = statistics.total.carts
        return [CartState.active, .abandoned, .recovered, .converted, .expired].map { state in
            let figures = statistics.states[state] ?? CartStatistics.Figures()
            return StateFigureView(
                state: StateView(state), href: "/carts?state=\(state.rawValue)", carts: Wording.number(figures.carts),
                share: all > 0 ? "\((figures.carts * 100 + all / 2) / all)%" : "0%",
                width: Share.percent(Double(figures.carts), of: Double(all)), values: money(figures.value))
        }
    }

    private func products(_ statistics: CartStatistics, _ names: [Int64: String]) -> [ProductView] {
        let top = statistics.topProducts(Self.shownProducts)
        let most = Double(top.first?.carts ?? 0)
        return top.map { product, carts in
            let name = names[product] ?? ""
            return ProductView(
                name: name.isEmpty ? "Product \(product)" : name, id: String(product), carts: Wording.count(carts, "cart"),
                href: "/carts?state=abandoned&product_ids=\(product)", width: Share.percent(Double(carts), of: most))
        }
    }
}

extension CartStatistics {
    /// How often something happened on all days.
    fileprivate func count(of event: CartEvent) -> Int64 { days.reduce(0) { $0 + ($1.events[event] ?? 0) } }
}
