import CartCore

/// What every store must do, as checks that a test of each store runs one by one.
///
/// A check is given a store that is fresh and empty. It returns if the store keeps to its ports, and throws ``ContractViolation``, or
/// what the store threw, if not.
public enum StoreContract {
    /// One promise of the ports.
    public struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        /// Holds a fresh and empty store to it.
        public let run: @Sendable (any Store) async throws -> Void

        /// The same as ``name``.
        public var description: String { name }

        init(_ name: String, _ run: @escaping @Sendable (Trial) async throws -> Void) {
            self.name = name
            self.run = { store in try await run(Trial(store: store)) }
        }
    }

    /// All checks, in no order that matters.
    public static let checks: [Check] =
        savingChecks + applyingChecks + fillingChecks + fieldChecks + productChecks + textChecks + stateChecks + sortingChecks + pageChecks
        + walkingChecks + statisticsChecks + deletingChecks + onceChecks + userChecks + keyChecks + usageChecks + sessionChecks
        + auditChecks + feedChecks + coordinationChecks
}

/// A store on trial, and the carts and questions that the checks put to it.
struct Trial: Sendable {
    let store: any Store

    static let base = CartGenerator.base
    static let clock = StateClock(now: base, abandonedAfter: .hours(1))

    /// A customer's cart with nothing in it, changed as the check needs it.
    static func cart(_ key: String, _ change: (inout Cart) throws -> Void = { _ in }) throws -> Cart {
        var cart = Cart(
            key: try require(CartKey(key), "the key \(key)"), owner: try require(Owner(id: 1), "the owner"),
            created: base, updated: base, expires: base + .days(7))
        try change(&cart)
        return cart
    }

    /// A cart that differs from ``cart(_:_:)`` in the names and the e-mail address.
    static func cart(_ key: String, first: String = "", last: String = "", email: String = "") throws -> Cart {
        try cart(key) { cart in
            cart.customer.firstName = first
            cart.customer.lastName = last
            cart.customer.email = email
        }
    }

    static func item(_ product: Int64, _ kind: CartItem.Kind = .cart, key: String? = nil) -> CartItem {
        CartItem(key: key ?? "\(kind.rawValue)\(product)", kind: kind, productID: product)
    }

    /// Keeps new carts, and finds it wrong if any is refused.
    @discardableResult
    func keep(_ carts: [Cart], wasAbandoned: Bool = false) async throws -> [CartRecord] {
        let results = try await store.apply(carts.map { .save($0, wasAbandoned: wasAbandoned, replacing: nil) })
        try expect(results.count, is: carts.count, "answers to \(carts.count) new carts")
        var records: [CartRecord] = []
        for (cart, result) in zip(carts, results) {
            guard case .saved(let id, let revision) = result else {
                throw ContractViolation("the new cart \(cart.key) was answered with \(result)")
            }
            records.append(
                CartRecord(id: id, revision: revision, facts: CartFacts(cart, wasAbandoned: wasAbandoned), document: cart.document))
        }
        return records
    }

    func apply(_ change: CartChange) async throws -> CartChangeResult {
        let results = try await store.apply([change])
        try expect(results.count, is: 1, "answers to one change")
        return results[0]
    }

    func load(_ key: String) async throws -> CartRecord? {
        try await store.cart(try require(CartKey(key), "the key \(key)"))
    }

    func page(
        _ filter: CartFilter = CartFilter(), at clock: StateClock = Trial.clock, sort: CartSort = CartSort(.id),
        start: CartQuery.Start = .offset(0), limit: Int = 1000
    ) async throws -> CartPage {
        try await store.page(CartQuery(filter: filter, clock: clock, sort: sort, start: start, limit: limit))
    }

    /// Finds it wrong unless the filter finds exactly these carts, and counts as many.
    func expectFound(
        _ keys: [String], by what: String, at clock: StateClock = Trial.clock, file: String = #fileID, line: Int = #line,
        _ set: (inout CartFilter) throws -> Void
    ) async throws {
        var filter = CartFilter()
        try set(&filter)
        let page = try await page(filter, at: clock)
        try expect(page.keys.sorted(), is: keys.sorted(), "carts found by \(what)", file: file, line: line)
        try expect(page.total, is: keys.count, "total by \(what)", file: file, line: line)
        try expect(page.next, is: nil, "next after all carts by \(what)", file: file, line: line)
    }
}

extension CartPage {
    /// The keys of the carts in their order; of a document that cannot be read, what is wrong with it.
    var keys: [String] { records.map(\.keyText) }
}

extension CartRecord {
    /// The key in the document; what is wrong with it if it cannot be read.
    var keyText: String {
        do { return try cart().key.text } catch { return "<\(error.reason)>" }
    }
}
