/// The figures as JSON, as `/v1/stats` shows them.
extension CartStatistics {
    /// Products that are named.
    public static let topProducts = 10

    /// - Parameters:
    ///   - asOf: the moment at which was counted.
    ///   - names: of the products, by their numbers.
    ///   - day: words the date of a day that begins at a moment.
    public func write(to json: inout JSONWriter, asOf: Timestamp, names: [Int64: String], day: (Timestamp) -> String) {
        let total = self.total
        json.beginObject()
        json.name("as_of")
        json.timestamp(asOf)
        total.writeMembers(to: &json)
        json.name("average")
        json.beginObject()
        json.name("items")
        json.raw(Self.average(total.items, of: total.carts).utf8)
        json.name("value")
        Self.write(total.averageValue, to: &json)
        json.endObject()
        json.name("states")
        json.beginObject()
        for state in CartState.allCases {
            json.name(state.rawValue)
            json.beginObject()
            (states[state] ?? Figures()).writeMembers(to: &json)
            json.endObject()
        }
        json.endObject()
        json.name("days")
        json.beginArray()
        for entry in days {
            json.beginObject()
            json.name("day")
            json.string(day(entry.start))
            for event in CartEvent.allCases {
                json.name(event == .created ? "new" : event.rawValue)
                json.integer(entry.events[event] ?? 0)
            }
            json.endObject()
        }
        json.endArray()
        json.name("top_abandoned_products")
        json.beginArray()
        for (product, carts) in topProducts(Self.topProducts) {
            json.beginObject()
            json.name("product_id")
            json.integer(product)
            json.name("name")
            json.string(names[product] ?? "")
            json.name("carts")
            json.integer(carts)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    /// A mean with two digits; 0 of nothing.
    static func average(_ sum: Int64, of count: Int64) -> String {
        guard count > 0 else { return "0.00" }
        let hundredths = Amount.rounded(Int128(sum) * 100, divisor: Int128(count))
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    fileprivate static func write(_ value: [String: Int64], to json: inout JSONWriter) {
        json.beginObject()
        for (currency, amount) in value.sorted(by: { $0.key < $1.key }) {
            json.name(currency)
            json.integer(amount)
        }
        json.endObject()
    }
}

extension CartStatistics.Figures {
    /// Items of a cart on average, with two digits.
    public var averageItems: String { CartStatistics.average(items, of: carts) }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.name("carts")
        json.integer(carts)
        json.name("with_items")
        json.integer(withItems)
        json.name("items")
        json.integer(items)
        json.name("value")
        CartStatistics.write(value, to: &json)
    }
}
