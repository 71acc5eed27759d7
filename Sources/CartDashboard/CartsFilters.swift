import CartCore

/// The form of the filter and the filters that are in use.
extension Pages {
    private static let states = [("", "Any state")] + CartState.allCases.map { ($0.rawValue, StateView($0).name) }
    private static let periods = [
        ("", "Any time"), ("today", "Today"), ("yesterday", "Yesterday"), ("this_week", "This week"), ("last_week", "Last week"),
        ("this_month", "This month"), ("last_month", "Last month"), ("this_year", "This year"), ("last_year", "Last year"),
        ("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("30d", "Last 30 days"), ("custom", "Between two dates"),
    ]
    private static let usersTypes = [("", "Everybody"), ("R", "Registered customers"), ("G", "Guests")]
    private static let contents = [
        ("", "Anything or nothing"), ("items", "Items to buy"), ("wishlist", "A wish list"), ("empty", "Nothing"),
    ]

    func filters(_ query: CartsQuery) -> FiltersView {
        func options(_ choices: [(String, String)], _ field: String) -> [OptionView] {
            choices.map { OptionView(value: $0.0, label: $0.1, isSelected: $0.0 == query[field]) }
        }
        let more = CartsQuery.more.filter { !query[$0].isEmpty }.count
        var keep: [FieldView] = []
        if query.sort != CartSort(.updated, .descending) {
            keep = [
                FieldView(name: "sort", value: query.sort.field.rawValue), FieldView(name: "order", value: query.sort.direction.rawValue),
            ]
        }
        if query.perPage != 25 { keep.append(FieldView(name: "per_page", value: String(query.perPage))) }
        return FiltersView(
            search: query["search"], customerName: query["name"], customerEmail: query["email"], totalMin: query["total_min"],
            totalMax: query["total_max"], timeFrom: query.understood("time_from"), timeTo: query.understood("time_to"),
            productIDs: query["product_ids"],
            source: query["source"], storeID: query["store_id"], withContact: !query["with_contact"].isEmpty,
            states: options(Self.states, "state"), periods: options(Self.periods, "period"),
            usersTypes: options(Self.usersTypes, "users_type"), contents: options(Self.contents, "content"), keep: keep,
            isMoreOpen: more > 0, moreCount: more > 0 ? String(more) : nil)
    }

    func chips(_ query: CartsQuery) -> [ChipView] {
        query.set.filter { field in !["time_from", "time_to"].contains(field.name) && !query.problems.contains { $0.field == field.name } }
            .map { name, value in
                ChipView(
                    label: Self.label(of: name), value: shown(value, of: name, query),
                    href: query.href(dropping: name == "period" ? ["period", "time_from", "time_to"] : [name]))
            }
    }

    private static func label(of field: String) -> String {
        switch field {
        case "search": "Search"
        case "state": "State"
        case "period": "Changed"
        case "name": "Name"
        case "email": "E-mail"
        case "users_type": "Customers"
        case "content": "Holds"
        case "total_min": "Total from"
        case "total_max": "Total to"
        case "product_ids": "Products"
        case "source": "Source"
        case "store_id": "Store"
        default: "Contact"
        }
    }

    private func shown(_ value: String, of field: String, _ query: CartsQuery) -> String {
        func name(in choices: [(String, String)]) -> String { choices.first { $0.0 == value }?.1 ?? value }
        return switch field {
        case "state": name(in: Self.states)
        case "users_type": name(in: Self.usersTypes)
        case "content": name(in: Self.contents)
        case "with_contact": "known"
        case "period" where value == "custom":
            [("from ", query["time_from"]), ("to ", query["time_to"])].filter { !$0.1.isEmpty }.map { $0 + $1 }.joined(separator: " ")
        case "period": name(in: Self.periods)
        default: value
        }
    }
}
