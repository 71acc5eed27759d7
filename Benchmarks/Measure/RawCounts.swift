import CartCore

/// An order of a list, as `SortIndex` has it; the raw value is the number that `cart_ranks` knows it by.
enum RawOrder: Int, CaseIterable {
    case id, created, updated, expires, total, productsTotal, customer

    /// Goes through carts from a position on: value, owner and id are `?1`, `?2` and `?3`, and `?4` is how many.
    var walk: String {
        let column = self == .productsTotal ? "products_total" : "\(self)"
        let (row, first, order) =
            self == .id
            ? ("id", "?3", "id ASC") : ("(\(column), owner_id, id)", "(?1, ?2, ?3)", "\(column) ASC, owner_id ASC, id ASC")
        return """
            SELECT \(column), owner_id, id, flags & \(RawCart.Flag.holdsCart) FROM carts INDEXED BY carts_\(column)
            WHERE \(row) >= \(first) ORDER BY \(order) LIMIT ?4
            """
    }
}

/// What carts are counted by, brought up to date once for each transaction: what `WriteTransaction` and `CartRanks` do.
final class RawCounts {
    /// As `CartRanks.most`.
    private static let mostInRun: Int64 = 2048

    private struct Position {
        /// What the order of customers has no use for, as the others have none for `text`.
        var number: Int64
        var text: RawText
        var ownerID: Int64
        var id: Int64

        func isLess(than other: Position, in order: RawOrder) -> Bool {
            if order == .customer {
                let order = text.order(against: other.text)
                if order != 0 { return order < 0 }
            } else if number != other.number {
                return number < other.number
            }
            return ownerID != other.ownerID ? ownerID < other.ownerID : id < other.id
        }
    }

    private struct Change {
        var position: Position
        var count: Int64
        /// `count` if the cart holds items to buy, else 0.
        var filled: Int64
    }

    private struct Facet: Hashable {
        var storeID: Int64
        var flags: Int64
    }

    private struct Event: Hashable {
        var storeID: Int64
        var event: CartEvent
        var quarter: Int64
    }

    private var changes: [[Change]]
    private var facets: [Facet: Int64] = [:]
    private var events: [Event: Int64] = [:]
    private let noText = RawText("")
    private let countEvents: RawStatement
    private let countFacet: RawStatement
    private let removeFacet: RawStatement
    private let findRun: RawStatement
    private let findNextRun: RawStatement
    private let keepRun: RawStatement
    private let removeRun: RawStatement
    /// One for each order.
    private let walks: [RawStatement]

    init(_ database: RawDatabase) throws {
        changes = Array(repeating: [], count: RawOrder.allCases.count)
        countEvents = try database.statement(RawSQL.countEvents)
        countFacet = try database.statement(RawSQL.countFacet)
        removeFacet = try database.statement(RawSQL.removeFacet)
        findRun = try database.statement(RawSQL.findRun)
        findNextRun = try database.statement(RawSQL.findNextRun)
        keepRun = try database.statement(RawSQL.keepRun)
        removeRun = try database.statement(RawSQL.removeRun)
        walks = try RawOrder.allCases.map { try database.statement($0.walk) }
    }

    /// Notes that a cart has gone from one place in an order of numbers to another.
    func move(_ order: RawOrder, from old: Int64, to new: Int64, _ cart: RawCart) {
        if old == new { return }
        note(order, old, noText, cart, -1)
        note(order, new, noText, cart, 1)
    }

    /// Notes that a cart is new.
    func add(_ cart: RawCart, at now: Int64) {
        note(.id, cart.id, noText, cart, 1)
        note(.created, cart.created, noText, cart, 1)
        note(.updated, cart.updated, noText, cart, 1)
        note(.expires, cart.expires, noText, cart, 1)
        note(.total, cart.total, noText, cart, 1)
        note(.productsTotal, cart.productsTotal, noText, cart, 1)
        note(.customer, 0, cart.customer, cart, 1)
        count(1, storeID: cart.storeID, flags: cart.flags)
        count(.created, storeID: cart.storeID, at: min(cart.created, now))
    }

    private func note(_ order: RawOrder, _ number: Int64, _ text: RawText, _ cart: RawCart, _ count: Int64) {
        changes[order.rawValue].append(
            Change(
                position: Position(number: number, text: text, ownerID: cart.ownerID, id: cart.id), count: count,
                filled: cart.flags & RawCart.Flag.holdsCart == 0 ? 0 : count))
    }

    func count(_ carts: Int64, storeID: Int64, flags: Int64) {
        facets[Facet(storeID: storeID, flags: flags), default: 0] += carts
    }

    func count(_ event: CartEvent, storeID: Int64, at moment: Int64) {
        events[Event(storeID: storeID, event: event, quarter: moment / CartEvent.quarter), default: 0] += 1
    }

    func writeEvents() throws {
        for (event, count) in events {
            countEvents.bind(event.storeID, at: 1)
            countEvents.bind(event.event.text, at: 2)
            countEvents.bind(event.quarter, at: 3)
            countEvents.bind(count, at: 4)
            try countEvents.run()
        }
        events.removeAll(keepingCapacity: true)
    }

    func writeRanksAndFacets() throws {
        for order in RawOrder.allCases where !changes[order.rawValue].isEmpty {
            changes[order.rawValue].sort { $0.position.isLess(than: $1.position, in: order) }
            try count(changes[order.rawValue], in: order)
            changes[order.rawValue].removeAll(keepingCapacity: true)
        }
        for (facet, count) in facets where count != 0 {
            countFacet.bind(facet.storeID, at: 1)
            countFacet.bind(facet.flags, at: 2)
            countFacet.bind(count, at: 3)
            try countFacet.run()
            if count < 0 {
                removeFacet.bind(facet.storeID, at: 1)
                removeFacet.bind(facet.flags, at: 2)
                try removeFacet.run()
            }
        }
        facets.removeAll(keepingCapacity: true)
    }

    private func count(_ changes: [Change], in order: RawOrder) throws {
        let number = Int64(order.rawValue)
        for statement in [findRun, findNextRun, keepRun, removeRun] { statement.bind(number, at: 1) }
        var next = 0
        while next < changes.count {
            let position = changes[next].position
            if order == .customer { findRun.bind(position.text, at: 2) } else { findRun.bind(position.number, at: 2) }
            findRun.bind(position.ownerID, at: 3)
            findRun.bind(position.id, at: 4)
            let isFound = try findRun.step()
            // The first run begins before everything.
            let isFirst = !isFound || (findRun.integer(1) == 0 && findRun.integer(2) == 0)
            var carts = isFound ? findRun.integer(3) : 0
            var filled = isFound ? findRun.integer(4) : 0
            bindStart(isFound, order, to: keepRun, from: 2)
            var hasEnd = false
            if next + 1 < changes.count {
                bindStart(isFound, order, to: findNextRun, from: 2)
                hasEnd = try findNextRun.step()
            }
            findRun.reset()
            repeat {
                carts += changes[next].count
                filled += changes[next].filled
                next += 1
            } while next < changes.count && (!hasEnd || isBeforeNextRun(changes[next].position, order))
            findNextRun.reset()
            if carts > Self.mostInRun {
                try cut(order, carts: carts)
            } else if carts > 0 || isFirst {
                try keep(carts: carts, filled: filled)
            } else {
                try remove(order)
            }
        }
    }

    private func isBeforeNextRun(_ position: Position, _ order: RawOrder) -> Bool {
        let start = Position(
            number: order == .customer ? 0 : findNextRun.integer(0), text: order == .customer ? findNextRun.text(0) : noText,
            ownerID: findNextRun.integer(1), id: findNextRun.integer(2))
        return position.isLess(than: start, in: order)
    }

    /// Binds the start of the run that ``findRun`` stands on, or that of the first if it found none.
    private func bindStart(_ isFound: Bool, _ order: RawOrder, to statement: RawStatement, from first: Int32) {
        if isFound {
            for column in 0..<Int32(3) { statement.bind(findRun, column, at: first + column) }
        } else {
            if order == .customer { statement.bind(noText, at: first) } else { statement.bind(Int64.min, at: first) }
            statement.bind(0, at: first + 1)
            statement.bind(0, at: first + 2)
        }
    }

    /// Writes the run whose start is bound.
    private func keep(carts: Int64, filled: Int64) throws {
        keepRun.bind(carts, at: 5)
        keepRun.bind(filled, at: 6)
        try keepRun.run()
    }

    /// Removes the run that ``findRun`` finds, whose parameters are still bound.
    private func remove(_ order: RawOrder) throws {
        bindStart(try findRun.step(), order, to: removeRun, from: 2)
        findRun.reset()
        try removeRun.run()
    }

    /// Cuts the run that ``findRun`` finds, and whose start ``keepRun`` has, into pieces of half the length that it may have.
    private func cut(_ order: RawOrder, carts: Int64) throws {
        let walk = walks[order.rawValue]
        bindStart(try findRun.step(), order, to: walk, from: 1)
        findRun.reset()
        walk.bind(carts, at: 4)
        var (count, filled): (Int64, Int64) = (0, 0)
        while try walk.step() {
            if count == Self.mostInRun / 2 {
                try keep(carts: count, filled: filled)
                for column in 0..<Int32(3) { keepRun.bind(walk, column, at: 2 + column) }
                (count, filled) = (0, 0)
            }
            count += 1
            filled += walk.integer(3)
        }
        walk.reset()
        try keep(carts: count, filled: filled)
    }
}

extension CartEvent {
    /// The raw value.
    fileprivate var text: RawText {
        switch self {
        case .created: RawText("created")
        case .abandoned: RawText("abandoned")
        case .recovered: RawText("recovered")
        }
    }
}
