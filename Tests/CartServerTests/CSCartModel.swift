import CartCore
import CartTesting
import Foundation

/// What the list of CS-Cart's Carts API must answer: the documented parameters, read word by word over a plain array of carts.
///
/// Nothing of the server's own filters, orders and pages is used. The shop's time zone is UTC and the time stands still at ``now``.
struct CSCartModel: Sendable {
    typealias Pair = (name: String, value: String)

    static let now = CartGenerator.base

    /// A cart, and what the parameters ask about.
    struct Entry: Sendable {
        let cart: Cart
        let row: [String: String?]
        /// In the order in which the carts were made.
        fileprivate let place: Int
        fileprivate let date: Int64
        /// Hundredths of a major unit.
        fileprivate let total: Int64
        fileprivate let first: Data
        fileprivate let last: Data
        fileprivate let email: Data
    }

    struct Answer {
        /// Every cart that the filters let through, in order.
        let all: [Entry]
        /// Those of the page.
        let page: [Entry]
        let params: [String: CSCartValue]
    }

    /// All carts in ascending order, by the name of the order.
    private let orders: [String: [Entry]]

    init(_ carts: [Cart]) {
        let entries = carts.enumerated().map { Entry($1, place: $0) }
        let byDate = entries.sorted { ($0.date, $0.cart.owner.id, $0.place) < ($1.date, $1.cart.owner.id, $1.place) }
        let byTotal = entries.sorted { ($0.total, $0.cart.owner.id, $0.place) < ($1.total, $1.cart.owner.id, $1.place) }
        let byName = entries.sorted { a, b in
            // Those without any name have the smallest one.
            if a.last != b.last { return a.last.lexicographicallyPrecedes(b.last) }
            if a.first != b.first { return a.first.lexicographicallyPrecedes(b.first) }
            return (a.cart.owner.id, a.place) < (b.cart.owner.id, b.place)
        }
        orders = ["date": byDate, "total": byTotal, "customer": byName]
    }

    /// - Parameter company: the one that the key is tied to.
    func answer(to pairs: [Pair], company: Int64? = nil) -> Answer {
        func last(_ name: String) -> String? { pairs.last { $0.name == name }?.value }
        func count(_ name: String) -> Int? {
            guard let text = last(name), let count = Int(text), count > 0 else { return nil }
            return count
        }
        let page = count("page")
        let items = count("items_per_page").map { min($0, 250) }
        var sort = last("sort_by") ?? ""
        if sort == "name" { sort = "customer" }
        if orders[sort] == nil { sort = "date" }
        let isAscending = last("sort_order") == "asc"

        var conditions = conditions(of: pairs)
        if let company = company ?? last("company_id").flatMap({ Int64($0) }) { conditions.append { $0.cart.storeID == company } }
        var all = (orders[sort] ?? []).filter { entry in conditions.allSatisfy { $0(entry) } }
        if !isAscending { all.reverse() }

        let shownPage: CSCartValue = page.map { CSCartValue.text(String($0)) } ?? .integer(1)
        let shownItems: CSCartValue = items.map { CSCartValue.text(String($0)) } ?? .integer(10)
        var params: [String: CSCartValue] = [
            "page": shownPage, "items_per_page": shownItems, "sort_by": .text(sort), "sort_order": .text(isAscending ? "asc" : "desc"),
            "sort_order_rev": .text(isAscending ? "desc" : "asc"), "total_items": .text(String(all.count)),
        ]
        let filters: Set<String> = [
            "cname", "email", "user_id", "with_info_only", "users_type", "user_type", "total_from", "total_to", "product_type_c",
            "product_type_w", "period", "time_from", "time_to", "p_ids", "company_id",
        ]
        for pair in pairs where filters.contains(pair.name) { params[pair.name] = .text(pair.value) }
        let list = pairs.filter { $0.name.hasPrefix("p_ids[") }.map(\.value)
        if !list.isEmpty { params["p_ids"] = .list(list) }
        if let company { params["company_id"] = .text(String(company)) }
        let size = items ?? 10
        return Answer(all: all, page: Array(all.dropFirst(((page ?? 1) - 1) * size).prefix(size)), params: params)
    }

    /// The conditions of all parameters but the company; a value that is not of its type gives none.
    private func conditions(of pairs: [Pair]) -> [(Entry) -> Bool] {
        func last(_ names: String...) -> String? { pairs.last { names.contains($0.name) }?.value }
        func isTrue(_ name: String) -> Bool { ["true", "1", "Y"].contains(last(name)) }
        var conditions: [(Entry) -> Bool] = []

        let words = (last("cname") ?? "").unicodeScalars.split(separator: " ").map { Data(Folding.fold(String($0)).utf8) }
        if words.count == 1 { conditions.append { $0.first.holds(words[0]) || $0.last.holds(words[0]) } }
        if words.count == 2 { conditions.append { $0.first.holds(words[0]) && $0.last.holds(words[1]) } }
        if let email = last("email") {
            let part = Data(Folding.fold(email).utf8)
            conditions.append { $0.email.holds(part) }
        }
        if let id = last("user_id").flatMap({ Int64($0) }) { conditions.append { $0.cart.owner.id == id } }
        if isTrue("with_info_only") {
            conditions.append { entry in
                let customer = entry.cart.customer
                return [customer.firstName, customer.lastName, customer.email, customer.phone].contains { !$0.isEmpty }
            }
        }
        let type = last("users_type", "user_type")
        if type == "R" { conditions.append { $0.cart.owner.id < 1 << 31 } }
        if type == "G" { conditions.append { $0.cart.owner.id >= 1 << 31 } }
        if let from = last("total_from").flatMap(Self.hundredths) { conditions.append { $0.total >= from.ceiling } }
        if let to = last("total_to").flatMap(Self.hundredths) { conditions.append { $0.total <= to.floor } }

        var kinds: Set<CartItem.Kind> = []
        if isTrue("product_type_c") { kinds.insert(.cart) }
        if isTrue("product_type_w") { kinds.insert(.wishlist) }
        // Neither means carts: an owner with nothing but a wish list has none.
        if kinds.isEmpty { kinds = [.cart] }
        conditions.append { $0.cart.items.contains { kinds.contains($0.kind) } }
        var products = pairs.filter { $0.name.hasPrefix("p_ids[") }.map(\.value)
        for product in (last("p_ids") ?? "").split(separator: ",") { products.append(String(product)) }
        for product in products.compactMap({ Int64($0.trimmingCharacters(in: .whitespaces)) }) {
            conditions.append { $0.cart.items.contains { $0.productID == product && kinds.contains($0.kind) } }
        }

        let period = last("period")
        if let span = Self.periods[period ?? ""] { conditions.append { span.contains($0.date) } }
        if period == nil || period == "C" {
            if let from = last("time_from").flatMap({ Int64($0) }) { conditions.append { $0.date >= from } }
            if let to = last("time_to").flatMap({ Int64($0) }) { conditions.append { $0.date <= to } }
        }
        return conditions
    }

    /// The periods around ``now``, a Tuesday in November, in Unix seconds.
    private static let periods: [String: Range<Int64>] = {
        let days: [String: (String, String)] = [
            "D": ("2023-11-14", "2023-11-15"), "LD": ("2023-11-13", "2023-11-14"), "W": ("2023-11-13", "2023-11-20"),
            "LW": ("2023-11-06", "2023-11-13"), "M": ("2023-11-01", "2023-12-01"), "LM": ("2023-10-01", "2023-11-01"),
            "Y": ("2023-01-01", "2024-01-01"), "LY": ("2022-01-01", "2023-01-01"),
        ]
        var periods: [String: Range<Int64>] = [:]
        for (name, span) in days {
            guard let first = Timestamp(iso8601: span.0), let end = Timestamp(iso8601: span.1) else { continue }
            periods[name] = first.seconds..<end.seconds
        }
        for (name, days) in [("HH", 1), ("HW", 7), ("HM", 30)] as [(String, Int64)] {
            periods[name] = (now.seconds - days * 86_400)..<(now.seconds + 1)
        }
        return periods
    }()

    /// The whole hundredths at or below, and at or above, a decimal of any length; nil if the text is none.
    static func hundredths(_ text: String) -> (floor: Int64, ceiling: Int64)? {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let whole = parts[0].drop { $0 == "0" }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        // No total is as large as that.
        var near: Int64 = 1 << 62
        if whole.count <= 16 { near = Int64(String(whole) + (fraction + "00").prefix(2)) ?? 0 }
        let more: Int64 = fraction.dropFirst(2).contains { $0 != "0" } ? 1 : 0
        if isNegative { return (floor: -near - more, ceiling: -near) }
        return (floor: near, ceiling: near + more)
    }
}

extension CSCartModel.Entry {
    fileprivate init(_ cart: Cart, place: Int) {
        self.cart = cart
        self.place = place
        date = cart.created.seconds
        first = Data(Folding.fold(cart.customer.firstName).utf8)
        last = Data(Folding.fold(cart.customer.lastName).utf8)
        email = Data(Folding.fold(cart.customer.email).utf8)
        let items = cart.items.filter { $0.kind == .cart }
        var exact: Int128 = 0
        var millionths: Int64 = 0
        for item in items {
            exact += Int128(item.unitPrice) * Int128(item.quantity.millionths) * 100
            millionths += item.quantity.millionths
        }
        let unit = 1_000_000 * Int128(cart.currency.minorUnits)
        let magnitude = exact < 0 ? -exact : exact
        let rounded = Int64((2 * magnitude + unit) / (2 * unit))
        total = exact < 0 ? -rounded : rounded
        let cents = rounded % 100 < 10 ? "0\(rounded % 100)" : "\(rounded % 100)"
        let amount = "\(total < 0 ? "-" : "")\(rounded / 100).\(cents)"
        var quantity = "\(millionths / 1_000_000)."
        quantity += "\(millionths % 1_000_000 + 1_000_000)".dropFirst()
        while quantity.hasSuffix("0") { quantity.removeLast() }
        if quantity.hasSuffix(".") { quantity.removeLast() }
        row = [
            "user_id": String(cart.owner.id),
            "firstname": cart.customer.firstName.isEmpty ? nil : cart.customer.firstName,
            "lastname": cart.customer.lastName.isEmpty ? nil : cart.customer.lastName,
            "date": String(date),
            "ip_address": cart.ipAddress,
            "company_id": String(cart.storeID),
            "cart_products": quantity,
            "total": amount,
            "order_id": cart.orderID.map(String.init),
        ]
    }
}

extension Data {
    /// Whether the bytes stand somewhere; always true for none.
    fileprivate func holds(_ part: Data) -> Bool { part.isEmpty || range(of: part) != nil }
}

extension CSCartModel {
    /// The times at which the generated carts were made: few, so that ties are many, and on both sides of every period's borders.
    ///
    /// Carts of one second were made at the same moment of it, some in the middle of the second. None was made just 24 hours, 7 or 30
    /// days ago.
    static let moments: [Timestamp] = {
        var seconds: Set<Int64> = [Timestamp.earliest.seconds, 0, Timestamp.latest.seconds - 1]
        for period in periods.values {
            seconds.formUnion([period.lowerBound - 1, period.lowerBound, period.lowerBound + 1, period.upperBound - 1, period.upperBound])
        }
        for step in -8...8 { seconds.insert(now.seconds + Int64(step) * 1800) }
        for days in [1, 7, 30] as [Int64] { seconds.remove(now.seconds - days * 86_400) }
        return seconds.sorted().map { second in
            second > 0 && second % 3 == 0 ? Timestamp(milliseconds: second * 1000 + 700) : Timestamp(seconds: second)
        }
    }()

    /// Random carts, each with an address of its own, by which it is known in a list.
    static func carts(_ count: Int, seed: UInt64) -> [Cart] {
        var generator = CartGenerator(seed: seed)
        var random = SplitMix64(seed: seed)
        return (0..<count).map { place in
            var cart = generator.cart()
            cart.created = moments.randomElement(using: &random) ?? now
            cart.ipAddress = "10.0.\(place / 256).\(place % 256)"
            cart.customer.profile = place % 3 == 0 ? (try? JSONObject(#"{"points":0,"firstname":"Profiled"}"#)) ?? .empty : .empty
            cart.items = cart.items.map { item in
                var item = item
                item.variation = .empty
                item.product = ProductDetails()
                // Many of what is dear would be more than an amount can be.
                if item.unitPrice.magnitude > 10_000 { item.quantity = .one }
                return item
            }
            return cart
        }
    }
}
