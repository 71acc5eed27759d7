import CartCore
import CartHTTP
import Foundation

/// What the list of carts is asked for: the fields of its form, and the order and place in it. It reads and writes the query of the page's
/// address.
struct CartsQuery: Sendable {
    static let pageSizes = [10, 25, 50, 100]
    private static let longest = 2048
    private static let fields = [
        "search", "state", "period", "time_from", "time_to", "name", "email", "users_type", "content", "total_min", "total_max",
        "product_ids", "source", "store_id", "with_contact",
    ]
    /// Fields that stand behind "More filters".
    static let more = fields[5...]

    /// The fields that are set, as they were typed.
    private(set) var values: [String: String] = [:]
    private(set) var filter = CartFilter()
    /// Fields whose values could not be understood, with the rule of each; they are left out of the filter.
    private(set) var problems: [(field: String, rule: String)] = []
    let page: Int
    let perPage: Int
    let sort: CartSort

    /// - Parameters:
    ///   - currency: in whose digits totals are typed.
    ///   - now: for periods.
    init(_ parameters: QueryParameters, at now: Timestamp, in timeZone: TimeZone, currency: Currency) {
        page = min(max(parameters["page"].flatMap { Int($0) } ?? 1, 1), 1_000_000_000)
        perPage = parameters["per_page"].flatMap { Int($0) }.flatMap { Self.pageSizes.contains($0) ? $0 : nil } ?? 25
        let field = parameters["sort"].flatMap(CartSort.Field.init(rawValue:)) ?? .updated
        let isAscending = parameters["order"].map { $0 == "asc" } ?? (field == .customer || field == .expires)
        sort = CartSort(field, isAscending ? .ascending : .descending)
        for name in Self.fields {
            let value = (parameters[name] ?? "").trimmingCharacters(in: .whitespaces)
            guard !value.isEmpty else { continue }
            // A condition that is left out must not go unsaid.
            if value.utf8.count <= Self.longest { values[name] = value } else { problems.append((name, "A filter is too long.")) }
        }
        // The fields of the dates are there, if not to be seen, whatever the period.
        if values["period"] != "custom" { (values["time_from"], values["time_to"]) = (nil, nil) }
        readFilter(at: now, in: timeZone, currency: currency)
    }

    subscript(field: String) -> String { values[field] ?? "" }

    /// A field as it was typed, if it was understood: browsers complain about dates that are none.
    func understood(_ field: String) -> String { problems.contains { $0.field == field } ? "" : self[field] }

    private mutating func readFilter(at now: Timestamp, in timeZone: TimeZone, currency: Currency) {
        filter.search = values["search"]
        filter.emailPart = values["email"]
        filter.source = values["source"]
        filter.state = read("state", "The state is none of the five.", CartState.init(rawValue:))
        filter.name = read("name", "The name must hold a letter.", CartFilter.NamePart.init)
        filter.ownerKind = read("users_type", "Customers are R or G.") { ["R": .customer, "G": .guest][$0] }
        filter.storeID = read("store_id", "The store must be a whole number.") { Int64($0).flatMap { $0 > 0 ? $0 : nil } }
        let digits = currency.digits
        filter.total.from = read("total_min", "The total must be a number, such as 50 or 49.90.") {
            Decimal.scaled($0, by: digits, rounded: .up)
        }
        filter.total.to = read("total_max", "The total must be a number, such as 50 or 49.90.") {
            Decimal.scaled($0, by: digits, rounded: .down)
        }
        filter.productIDs = read("product_ids", "Product ids must be whole numbers, parted by commas.", Self.productIDs) ?? []
        if values["with_contact"] != nil { filter.hasContact = true }
        switch values["content"] {
        case "items": filter.isEmpty = false
        case "wishlist": filter.holdsAny = .wishlist
        case "empty": filter.holdsNothing = true
        case nil: break
        default: problems.append(("content", "Carts hold items, a wish list or nothing."))
        }
        guard let period = read("period", "The period is none of those.", { Self.periods[$0] }) else { return }
        filter.updated = period.bounds(at: now, in: timeZone)
        guard period == .custom else { return }
        let rule = "A date must look like 2026-11-21."
        filter.updated.from = read("time_from", rule) { Self.day($0, in: timeZone)?.from }
        filter.updated.to = read("time_to", rule) { Self.day($0, in: timeZone)?.to }
    }

    private mutating func read<Value>(_ field: String, _ rule: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = values[field] else { return nil }
        if let value = parse(text) { return value }
        problems.append((field, rule))
        return nil
    }

    private static func productIDs(_ text: String) -> Set<Int64>? {
        let parts = text.split(separator: ",").map { Int64($0.trimmingCharacters(in: .whitespaces)) }
        guard !parts.isEmpty, parts.count <= 100, parts.allSatisfy({ ($0 ?? 0) > 0 }) else { return nil }
        return Set(parts.compactMap(\.self))
    }

    /// The first and last millisecond of a date.
    static func day(_ text: String, in timeZone: TimeZone) -> CartFilter.Bounds? {
        guard text.utf8.count == 10, let noon = Timestamp(iso8601: text + "T12:00:00Z") else { return nil }
        // Noon of the date lies in the date, whatever the zone's distance from UTC is on that day.
        let offset = noon.local(in: timeZone).milliseconds - noon.milliseconds
        return Period.today.bounds(at: Timestamp(milliseconds: noon.milliseconds - offset), in: timeZone)
    }

    static let periods: [String: Period] = [
        "today": .today, "yesterday": .yesterday, "this_week": .thisWeek, "last_week": .lastWeek, "this_month": .thisMonth,
        "last_month": .lastMonth, "this_year": .thisYear, "last_year": .lastYear, "24h": .last24Hours, "7d": .last7Days,
        "30d": .last30Days, "custom": .custom,
    ]

    /// The fields that are set, in the order of the form.
    var set: [(name: String, value: String)] { Self.fields.compactMap { name in values[name].map { (name, $0) } } }

    /// The address of a list like this one.
    ///
    /// - Parameters:
    ///   - dropping: fields that are left out.
    ///   - path: of the list or of another page with the same filter.
    func href(
        dropping: Set<String> = [], page: Int = 1, perPage: Int? = nil, sort: CartSort? = nil, path: String = "/carts",
        _ others: [(String, String)] = []
    ) -> String {
        var pairs: [(String, String)] = set.filter { !dropping.contains($0.name) }.map { ($0.name, $0.value) }
        let sort = sort ?? self.sort
        let perPage = perPage ?? self.perPage
        if sort != CartSort(.updated, .descending) { pairs += [("sort", sort.field.rawValue), ("order", sort.direction.rawValue)] }
        if perPage != 25 { pairs.append(("per_page", String(perPage))) }
        if page > 1 { pairs.append(("page", String(page))) }
        pairs += others
        let query = pairs.map { "\($0)=\(QueryParameters.encode($1))" }.joined(separator: "&")
        return query.isEmpty ? path : "\(path)?\(query)"
    }
}
