import CartCore
import Testing

@testable import CartStoreSQLite

@Suite("No list reads the table where an index can serve")
struct QueryPlanTests {
    /// Every filter that a dialect documents, alone.
    static let filters: [(name: String, filter: CartFilter)] = {
        let day = LargeStore.clock.now - .days(1)
        var filters: [(String, CartFilter)] = [("no filter", CartFilter())]
        func add(_ name: String, _ set: (inout CartFilter) -> Void) {
            var filter = CartFilter()
            set(&filter)
            filters.append((name, filter))
        }
        for state in CartState.allCases { add("state \(state)") { $0.state = state } }
        for kind in Owner.Kind.allCases { add("owner kind \(kind)") { $0.ownerKind = kind } }
        add("owner") { $0.ownerID = 12 }
        add("e-mail") { $0.email = "nobody@example.com" }
        add("part of the e-mail") { $0.emailPart = "smith" }
        add("short part of the e-mail") { $0.emailPart = "sm" }
        add("name") { $0.name = .either("smith") }
        add("short name") { $0.name = .either("s") }
        add("both names") { $0.name = .both(first: "ann", last: "smith") }
        add("search") { $0.search = "smith" }
        add("short search") { $0.search = "sm" }
        add("a product") { $0.productIDs = [203] }
        add("two products") { $0.productIDs = [203, 275] }
        add("least total") { $0.total.from = 100_000 }
        add("total") { $0.total = CartFilter.Bounds(from: 1000, to: 2000) }
        add("products' total") { $0.productsTotal = CartFilter.Bounds(from: 1000, to: 2000) }
        add("created") { $0.created.from = day.milliseconds }
        add("updated") { $0.updated.to = day.milliseconds }
        add("expires") { $0.expires = CartFilter.Bounds(from: day.milliseconds, to: LargeStore.clock.now.milliseconds) }
        add("source") { $0.source = "woocommerce" }
        add("store") { $0.storeID = 1 }
        for flag in [true, false] {
            add("contact \(flag)") { $0.hasContact = flag }
            add("empty \(flag)") { $0.isEmpty = flag }
        }
        add("wish list") { $0.holdsAny = .wishlist }
        add("cart or wish list") { $0.holdsAny = [.cart, .wishlist] }
        // The lists of CS-Cart are always about carts with something in them.
        func addFilled(_ name: String, _ set: (inout CartFilter) -> Void) {
            add("filled, \(name)") {
                $0.holdsAny = .cart
                set(&$0)
            }
        }
        addFilled("period") { $0.created = CartFilter.Bounds(from: day.milliseconds, to: LargeStore.clock.now.milliseconds) }
        addFilled("products' total") { $0.productsTotal.from = 100_000 }
        addFilled("owner") { $0.ownerID = 12 }
        addFilled("owner kind") { $0.ownerKind = .guest }
        addFilled("contact") { $0.hasContact = true }
        addFilled("store") { $0.storeID = 1 }
        addFilled("name") { $0.name = .both(first: "ann", last: "smith") }
        addFilled("part of the e-mail") { $0.emailPart = "smith" }
        addFilled("product") { $0.productIDs = [203] }
        return filters
    }()

    /// Filters on what every order's index carries, so that even a walk along it reads no row of the table.
    static let carried: Set<String> = [
        "no filter", "state converted", "owner kind guest", "owner kind customer", "store", "contact true", "contact false", "empty true",
        "empty false", "wish list", "cart or wish list", "filled, owner kind", "filled, contact", "filled, store",
    ]

    /// Where matches are collected and sorted (20,000), and where the order's index is walked along (0).
    @Test("whatever the filter and the order", arguments: filters.map(\.name), [0, 20_000])
    func plans(name: String, cheapToSort: Int) async throws {
        let store = try await LargeStore.shared.store()
        let filter = try #require(Self.filters.first { $0.name == name }?.filter)
        for field in CartSort.Field.allCases {
            for direction in CartSort.Direction.allCases {
                for start in [CartQuery.Start.offset(0), .offset(6000)] {
                    let query = CartQuery(
                        filter: filter, clock: LargeStore.clock, sort: CartSort(field, direction), start: start, limit: 10)
                    let plans = try store.readers.read { connection in
                        try connection.plans {
                            _ = try PageReader(connection: $0, query: query, cheapToSort: cheapToSort).page()
                        }
                    }
                    for (sql, plan) in plans {
                        for scan in plan where scan.hasPrefix("SCAN carts") {
                            // A walk may look up in the table what the order's index does not carry; nothing else may.
                            let isWalk = sql.contains("FROM carts INDEXED BY") && !Self.carried.contains(name)
                            let isGood = scan.contains("COVERING INDEX") || isWalk && scan.contains("INDEX")
                            #expect(isGood, "\(name), by \(field) \(direction): \(sql)\n\(plan.joined(separator: "\n"))")
                        }
                    }
                }
            }
        }
    }

    @Test("a step of a walk by ids begins where the last one ended and sorts nothing, unless an index finds few carts", arguments: filters)
    func steps(name: String, filter: CartFilter) async throws {
        let store = try await LargeStore.shared.store()
        let query = CartQuery(filter: filter, clock: LargeStore.clock, limit: 10)
        let plans = try store.readers.read { connection in
            try connection.plans { _ = try PageReader(connection: $0, query: query).next(after: 5000) }
        }
        let plan = try #require(plans.first { $0.sql.contains("ORDER BY") }?.plan)
        let isWalk =
            plan.contains { $0.hasPrefix("SEARCH carts USING") && $0.contains("INDEX carts_id (id>?") }
            && !plan.contains { $0.contains("TEMP") }
        let finds = plan.contains { $0.hasPrefix("SEARCH") } && !plan.contains { $0.hasPrefix("SCAN carts") && !$0.contains("COVERING") }
        let isSelective = [
            "owner", "e-mail", "part of the e-mail", "short part of the e-mail", "name", "short name", "both names", "search",
            "short search", "a product", "two products", "filled, owner", "filled, name", "filled, part of the e-mail", "filled, product",
        ].contains(name)
        #expect(isSelective ? finds : isWalk, "\(name): \(plan.joined(separator: "\n"))")
    }

    @Test("an owner's newest cart is found through one index, in its order")
    func newestOfOwner() async throws {
        let store = try await LargeStore.shared.store()
        let plan = try store.readers.read { try $0.plan(of: SQLiteStore.newestOfOwner) }
        #expect(plan.contains("SEARCH carts USING COVERING INDEX carts_owner (owner_id=?)"))
        #expect(plan.contains("SEARCH cart_documents USING INTEGER PRIMARY KEY (rowid=?)"))
        let isGood = !plan.contains { $0.contains("TEMP") || $0.hasPrefix("SCAN cart") }
        #expect(isGood, "\(plan.joined(separator: "\n"))")
    }

    @Test("a cart is found by its key through one index")
    func pointRead() async throws {
        let store = try await LargeStore.shared.store()
        let plan = try store.readers.read { try $0.plan(of: SQLiteStore.byKey) }
        #expect(
            plan == [
                "SEARCH carts USING COVERING INDEX carts_key (key=?)", "SEARCH cart_documents USING INTEGER PRIMARY KEY (rowid=?)",
            ])
    }
}

extension Connection {
    /// The statements that `body` prepares, each with its plan. The connection must be fresh.
    func plans(_ body: (Connection) throws -> Void) throws -> [(sql: String, plan: [String])] {
        forgetStatements()
        try body(self)
        return try preparedStatements.filter { $0.hasPrefix("SELECT") }.map { ($0, try plan(of: $0)) }
    }
}
