/// One page of a list.
public struct CartQuery: Hashable, Sendable {
    /// Where the page begins.
    public enum Start: Hashable, Sendable {
        /// After this many carts, 0 or more.
        case offset(Int)
        /// After the cart at this position, whether or not it still stands.
        case after(CartPosition)
    }

    public var filter: CartFilter
    public var clock: StateClock
    public var sort: CartSort
    public var start: Start
    /// 1…1000 carts.
    public var limit: Int

    public init(filter: CartFilter = CartFilter(), clock: StateClock, sort: CartSort = CartSort(.id), start: Start = .offset(0), limit: Int)
    {
        self.filter = filter
        self.clock = clock
        self.sort = sort
        self.start = start
        self.limit = min(max(limit, 1), 1000)
    }
}

/// The carts of one page and how many there are in all, seen at one moment.
public struct CartPage: Sendable {
    public var records: [CartRecord]
    /// The carts that meet the filter, counted exactly.
    public var total: Int
    /// The position of the last cart of the page, if more follow it.
    public var next: CartPosition?

    public init(records: [CartRecord], total: Int, next: CartPosition?) {
        self.records = records
        self.total = total
        self.next = next
    }
}
