/// The carts of a store in figures, at one moment.
public struct CartStatistics: Hashable, Sendable {
    /// Carts of one state.
    public struct Figures: Hashable, Sendable {
        public var carts: Int64 = 0
        /// Carts with items to buy.
        public var withItems: Int64 = 0
        /// Lines of kind `cart` in all carts.
        public var items: Int64 = 0
        /// The sum of the totals in minor units, by the code of the currency. A sum that would be larger than 2^63 − 1 stays there.
        public var value: [String: Int64] = [:]
        /// Carts by the code of their currency.
        public var currencies: [String: Int64] = [:]

        public init() {}

        /// The total of a cart on average, in minor units rounded half up, by the code of the currency.
        public var averageValue: [String: Int64] {
            currencies.reduce(into: [:]) { averages, entry in
                averages[entry.key] = Int64(clamping: Amount.rounded(Int128(value[entry.key] ?? 0), divisor: Int128(entry.value)))
            }
        }

        /// Adds one cart.
        public mutating func add(items: Int64, total: Int64, currency: String) {
            carts += 1
            currencies[currency, default: 0] += 1
            if items > 0 { withItems += 1 }
            self.items += items
            value[currency, default: 0].addClamping(total)
        }

        public static func + (a: Figures, b: Figures) -> Figures {
            var sum = a
            sum.carts += b.carts
            sum.withItems += b.withItems
            sum.items += b.items
            sum.currencies.merge(b.currencies, uniquingKeysWith: +)
            for (currency, amount) in b.value { sum.value[currency, default: 0].addClamping(amount) }
            return sum
        }
    }

    /// What happened on one day.
    public struct Day: Hashable, Sendable {
        /// When it begins.
        public var start: Timestamp
        public var events: [CartEvent: Int64] = [:]

        public init(start: Timestamp) { self.start = start }
    }

    /// Every state has an entry.
    public var states: [CartState: Figures] = Dictionary(uniqueKeysWithValues: CartState.allCases.map { ($0, Figures()) })
    /// Ascending.
    public var days: [Day]
    /// In how many abandoned carts each product stands, by its number.
    public var abandonedProducts: [Int64: Int64] = [:]

    /// No carts.
    ///
    /// - Parameter days: when each begins, ascending.
    public init(days: [Timestamp]) { self.days = days.map(Day.init) }

    /// All carts.
    public var total: Figures { states.values.reduce(Figures(), +) }

    /// Adds one cart.
    ///
    /// - Parameters:
    ///   - items: lines of kind `cart`.
    ///   - products: those among the items to buy; only those of an abandoned cart count.
    public mutating func add(
        _ state: CartState, _ history: CartHistory, items: Int64, total: Int64, currency: String, at clock: StateClock, products: [Int64]
    ) {
        states[state, default: Figures()].add(items: items, total: total, currency: currency)
        // Nobody has counted it yet, since nothing was written when it happened.
        if let moment = history.abandoned(by: clock.now, after: clock.abandonedAfter) { add(.abandoned, at: moment) }
        guard state == .abandoned else { return }
        for product in products { abandonedProducts[product, default: 0] += 1 }
    }

    /// Counts events on the day they fall into; those before the first day are left out.
    public mutating func add(_ event: CartEvent, at moment: Timestamp, count: Int64 = 1) {
        guard let after = days.lastIndex(where: { $0.start <= moment }) else { return }
        days[after].events[event, default: 0] += count
    }

    /// The products that stand in the most abandoned carts, those of equal count by their number.
    ///
    /// - Parameter limit: how many at most.
    public func topProducts(_ limit: Int) -> [(product: Int64, carts: Int64)] {
        let sorted = abandonedProducts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        return sorted.prefix(limit).map { ($0.key, $0.value) }
    }

    /// Adds the carts of another store that were counted at the same moment.
    public mutating func merge(_ other: CartStatistics) {
        for (state, figures) in other.states { states[state] = (states[state] ?? Figures()) + figures }
        for day in other.days {
            for (event, count) in day.events { add(event, at: day.start, count: count) }
        }
        abandonedProducts.merge(other.abandonedProducts, uniquingKeysWith: +)
    }
}

extension Int64 {
    /// Adds, and stays at the nearest end where the sum would be out of range.
    fileprivate mutating func addClamping(_ other: Int64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? (other < 0 ? .min : .max) : sum
    }
}
