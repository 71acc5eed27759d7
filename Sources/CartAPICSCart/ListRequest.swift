import CartCore
import CartHTTP
import Foundation

/// The parameters of the list. A value that is not of its parameter's type is as if it had not been sent.
struct ListRequest {
    let query: CartQuery
    private let storeID: Int64?
    private let parameters: QueryParameters

    /// Filters in the order in which `params` shows them.
    private static let filters = [
        "cname", "email", "user_id", "with_info_only", "users_type", "user_type", "total_from", "total_to", "product_type_c",
        "product_type_w", "period", "time_from", "time_to", "p_ids",
    ]
    private static let mostPerPage: Int64 = 250

    /// - Parameters:
    ///   - storeID: the one store whose carts the caller may see; nil: all, or the one that is asked for.
    ///   - timeZone: for periods.
    init(_ parameters: QueryParameters, storeID: Int64?, clock: StateClock, timeZone: TimeZone) {
        self.parameters = parameters
        self.storeID = storeID
        var filter = CartFilter()
        filter.storeID = storeID ?? parameters.integer("company_id")
        filter.ownerID = parameters.integer("user_id")
        filter.name = parameters["cname"].flatMap(CartFilter.NamePart.init)
        filter.emailPart = parameters["email"].flatMap { $0.isEmpty ? nil : $0 }
        filter.ownerKind = parameters.ownerKind("users_type") ?? parameters.ownerKind("user_type")
        if parameters.isOn("with_info_only") { filter.hasContact = true }
        filter.productsTotal.from = parameters["total_from"].flatMap { Decimal.scaled($0, by: 2, rounded: .up) }
        filter.productsTotal.to = parameters["total_to"].flatMap { Decimal.scaled($0, by: 2, rounded: .down) }
        if parameters.isOn("product_type_c") { filter.holdsAny.insert(.cart) }
        if parameters.isOn("product_type_w") { filter.holdsAny.insert(.wishlist) }
        if filter.holdsAny.isEmpty { filter.holdsAny = .cart }
        filter.productKinds = filter.holdsAny
        filter.productIDs = Set(Self.productIDs(parameters))
        let period = parameters["period"].flatMap(Period.init(rawValue:)) ?? .custom
        filter.created = period.bounds(at: clock.now, in: timeZone)
        if period == .custom {
            filter.created.from = parameters.integer("time_from").map { Timestamp(seconds: $0).milliseconds }
            filter.created.to = parameters.integer("time_to").map { Timestamp(seconds: $0).milliseconds + 999 }
        }
        let (offset, overflow) = (Self.page(parameters) - 1).multipliedReportingOverflow(by: Self.perPage(parameters))
        query = CartQuery(
            filter: filter, clock: clock, sort: CartSort(Self.sortField(parameters), Self.direction(parameters)),
            start: .offset(Int(overflow ? .max : offset)), limit: Int(Self.perPage(parameters)))
    }

    /// The member `params`: what took effect, and the filters that were sent.
    func writeParameters(total: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.name("page")
        json.integer(Self.page(parameters), quoted: parameters.positive("page") != nil)
        json.name("items_per_page")
        json.integer(Self.perPage(parameters), quoted: parameters.positive("items_per_page") != nil)
        if let storeID {
            json.name("company_id")
            json.quotedInteger(storeID)
        } else if let asked = parameters["company_id"] {
            json.name("company_id")
            json.string(asked)
        }
        for name in Self.filters {
            if name == "p_ids", parameters.isList(name) {
                json.name(name)
                json.beginArray()
                for value in parameters.list(name) { json.string(value) }
                json.endArray()
            } else if let value = parameters[name] {
                json.name(name)
                json.string(value)
            }
        }
        json.name("sort_order")
        json.string(query.sort.direction.rawValue)
        json.name("sort_by")
        json.string(sortName)
        json.name("sort_order_rev")
        json.string(query.sort.direction == .ascending ? "desc" : "asc")
        json.name("total_items")
        json.quotedInteger(Int64(total))
        json.endObject()
    }

    private var sortName: String {
        switch query.sort.field {
        case .customer: "customer"
        case .productsTotal: "total"
        case .id, .created, .updated, .expires, .total: "date"
        }
    }

    private static func page(_ parameters: QueryParameters) -> Int64 { parameters.positive("page") ?? 1 }

    private static func perPage(_ parameters: QueryParameters) -> Int64 { min(parameters.positive("items_per_page") ?? 10, mostPerPage) }

    private static func sortField(_ parameters: QueryParameters) -> CartSort.Field {
        switch parameters["sort_by"] {
        case "customer", "name": .customer
        case "total": .productsTotal
        default: .created
        }
    }

    private static func direction(_ parameters: QueryParameters) -> CartSort.Direction {
        parameters["sort_order"] == "asc" ? .ascending : .descending
    }

    /// `p_ids[]=1&p_ids[]=2`, `p_ids[0]=1`, or `p_ids=1,2`.
    private static func productIDs(_ parameters: QueryParameters) -> [Int64] {
        let texts = parameters.isList("p_ids") ? parameters.list("p_ids") : [parameters["p_ids"] ?? ""]
        return texts.flatMap { $0.split(separator: ",") }.compactMap { QueryParameters.integer($0.trimmingCharacters(in: .whitespaces)) }
    }
}

extension QueryParameters {
    /// A whole number in decimal digits; one beyond all that exist is the largest or smallest.
    static func integer(_ text: some StringProtocol) -> Int64? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text) ?? (text.hasPrefix("-") ? .min : .max)
    }

    fileprivate func integer(_ name: String) -> Int64? { self[name].flatMap { Self.integer($0) } }

    fileprivate func positive(_ name: String) -> Int64? { integer(name).flatMap { $0 > 0 ? $0 : nil } }

    fileprivate func ownerKind(_ name: String) -> Owner.Kind? { self[name].flatMap { ["R": .customer, "G": .guest][$0] } }

    fileprivate func isOn(_ name: String) -> Bool { ["true", "1", "Y"].contains(self[name]) }
}

extension JSONWriter {
    fileprivate mutating func integer(_ value: Int64, quoted: Bool) {
        if quoted { quotedInteger(value) } else { integer(value) }
    }
}
