#if Postgres
import CartCore
import CartTesting
import PostgresTesting
import Testing

@testable import CartStorePostgres

/// What must hold of a store with many carts, on one store that is made once.
@Suite("A store of 20,000 carts", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct LargeStoreTests {
    @Test("its deep pages are right, its runs short, and its plans go by indexes")
    func large() async throws {
        try await withLargeStore { store, location in
            for field in CartSort.Field.allCases {
                for direction in CartSort.Direction.allCases { try await Self.expectDeepPages(field, direction, store, location) }
            }
            try withConnection(to: location) { connection in
                try Self.expectRuns(connection)
                try Self.expectRangeCounts(connection)
                try Self.expectPointPlans(connection)
                for field in CartSort.Field.allCases {
                    for direction in CartSort.Direction.allCases { try Self.expectPagePlans(CartSort(field, direction), connection) }
                }
                try Self.expectFilterPlans(connection)
                try Self.expectWalkPlans(connection)
                try Self.expectAuditPlans(connection)
                try Self.expectRemovalPlans(connection)
            }
            let wrong = try await store.verify()
            #expect(wrong == [])
        }
    }

    // MARK: Deep pages

    /// The same carts as a walk through all of them.
    private static func expectDeepPages(
        _ field: CartSort.Field, _ direction: CartSort.Direction, _ store: PostgresStore, _ location: PostgresLocation
    ) async throws {
        let sort = SortIndex(field: field)
        for filledOnly in [false, true] {
            let ids = try withConnection(to: location) { connection in
                let rows = try connection.query(
                    "SELECT id FROM carts \(filledOnly ? "WHERE flags & 1 <> 0" : "") ORDER BY \(sort.order(direction))")
                return (0..<rows.count).map { rows.integer($0, 0) }
            }
            var filter = CartFilter()
            if filledOnly { filter.isEmpty = false }
            for offset in [
                0, 10, 2047, 2048, 2049, 5000, ids.count / 2, ids.count - 2049, ids.count - 10, ids.count - 1, ids.count, ids.count + 5,
            ] {
                let page = try await store.page(
                    CartQuery(
                        filter: filter, clock: LargeStore.clock, sort: CartSort(field, direction), start: .offset(offset), limit: 10))
                #expect(
                    page.records.map(\.id) == Array(ids.dropFirst(offset).prefix(10)),
                    "by \(field) \(direction), offset \(offset), filled only: \(filledOnly)")
                #expect(page.total == ids.count)
                #expect((page.next == nil) == (offset + 10 >= ids.count))
            }
        }
    }

    /// The runs of every order add up to all carts, and none is longer than it may be.
    private static func expectRuns(_ connection: Connection) throws {
        let carts = try connection.integer("SELECT count(*) FROM carts")
        let filled = try connection.integer("SELECT count(*) FROM carts WHERE flags & 1 <> 0")
        #expect(carts > 15_000)
        for sort in SortIndex.all {
            let runs = try connection.query(
                "SELECT sum(carts)::bigint, sum(filled)::bigint, max(carts), count(*) FROM cart_ranks WHERE sort = $1",
                [.integer(sort.number)])
            #expect(runs.integer(0, 0) == carts && runs.integer(0, 1) == filled, "\(sort.column)")
            #expect(runs.integer(0, 2) <= CartRanks.most, "\(sort.column)")
            #expect(runs.integer(0, 3) > 8, "\(sort.column)")
            for direction in CartSort.Direction.allCases {
                try CartRanks(connection: connection).sendStart(offset: 9000, in: sort, direction, filledOnly: false)
                let start = try #require(CartRanks.start(try connection.finish()[0], in: sort))
                #expect(start.position != nil && start.rest <= CartRanks.most)
            }
        }
    }

    /// The carts within bounds of one field are counted by the runs, exactly, wherever the bounds lie.
    private static func expectRangeCounts(_ connection: Connection) throws {
        var random = CartTesting.SplitMix64(seed: 1)
        for (field, path) in [
            (CartSort.Field.created, \CartFilter.created), (.updated, \.updated), (.expires, \.expires), (.total, \.total),
            (.productsTotal, \.productsTotal),
        ] as [(CartSort.Field, WritableKeyPath<CartFilter, CartFilter.Bounds>)] {
            let sort = SortIndex(field: field)
            let rows = try connection.query(
                """
                (SELECT value FROM cart_ranks WHERE sort = $1 AND value > -9223372036854775808 ORDER BY value LIMIT 6)
                UNION SELECT \(sort.column) FROM carts WHERE id % 1511 = 3
                """, [.integer(sort.number)])
            let values = (0..<rows.count).map { rows.integer($0, 0) }.flatMap { [$0 - 1, $0, $0 + 1] }
            try #require(values.count > 30)
            for round in 0..<60 {
                var filter = CartFilter()
                if round % 2 == 0 { filter.isEmpty = false }
                filter[keyPath: path] = CartFilter.Bounds(
                    from: Int.random(in: 0...4, using: &random) == 0 ? nil : values.randomElement(using: &random),
                    to: Int.random(in: 0...4, using: &random) == 0 ? .max : values.randomElement(using: &random))
                let bounds = filter[keyPath: path]
                let query = CartQuery(filter: filter, clock: LargeStore.clock, limit: 1)
                let statements = try connection.statements { connection in
                    let total = try PageReader(connection: connection, query: query).page().total
                    let condition = "\(sort.column) BETWEEN $1 AND $2\(round % 2 == 0 ? " AND flags & 1 <> 0" : "")"
                    let all = try connection.integer(
                        "SELECT count(*) FROM carts WHERE \(condition)", [.integer(bounds.from ?? .min), .integer(bounds.to ?? .max)])
                    #expect(Int64(total) == all, "\(sort.column) \(bounds)")
                }
                guard round == 0, let count = statements.first(where: { $0.sql.contains("WITH last") }) else { continue }
                let plan = try connection.plan(of: count.sql, count.values)
                let isGood = plan.contains { $0.contains(" \(sort.name) ") } && !plan.contains { $0.contains("Seq Scan on carts") }
                #expect(isGood, "\(plan.joined(separator: "\n"))")
            }
        }
    }

    // MARK: Plans

    private static func expect(
        _ plan: [String], uses indexes: String..., of sql: String, notSorting: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = Comment(rawValue: sql + "\n" + plan.joined(separator: "\n"))
        #expect(
            !plan.contains { $0.contains("Seq Scan on cart") || $0.contains("Seq Scan on audit") }, text, sourceLocation: sourceLocation)
        if notSorting { #expect(!plan.contains { $0.contains("Sort") }, text, sourceLocation: sourceLocation) }
        for index in indexes {
            #expect(plan.contains { $0.contains(" \(index) ") }, text, sourceLocation: sourceLocation)
        }
    }

    private static func expectPointPlans(_ connection: Connection) throws {
        let byKey = try connection.plan(of: PostgresStore.byKey, [.text("k")])
        expect(byKey, uses: "cart_documents_pkey", of: PostgresStore.byKey)
        let newest = try connection.plan(of: PostgresStore.newestOfOwner, [.integer(12), .null, .integer(100)])
        #expect(newest.contains { $0.contains("carts_owner") } && newest.contains { $0.contains("cart_documents_pkey") }, "\(newest)")
        #expect(!newest.contains { $0.contains("Seq Scan") }, "\(newest)")
        let standing = try connection.plan(of: WriteTransaction.standing, [.texts(["a", "b"])])
        expect(standing, uses: "carts_pkey", of: WriteTransaction.standing)
        let feed = try connection.plan(of: PostgresStore.feed, [.integer(10), .integer(100)])
        expect(feed, uses: "audit_pkey", of: PostgresStore.feed)
    }

    /// A page of 10, without conditions and of carts with items: at the beginning, far down, and behind a position.
    private static func expectPagePlans(_ sort: CartSort, _ connection: Connection) throws {
        var filled = CartFilter()
        filled.isEmpty = false
        let index = SortIndex(field: sort.field)
        for filter in [CartFilter(), filled] {
            let first = try PageReader(
                connection: connection, query: CartQuery(filter: filter, clock: LargeStore.clock, sort: sort, limit: 10)
            ).page()
            let position = try #require(first.next)
            for start in [CartQuery.Start.offset(0), .offset(9000), .after(position)] {
                let query = CartQuery(filter: filter, clock: LargeStore.clock, sort: sort, start: start, limit: 10)
                let statements = try connection.statements { _ = try PageReader(connection: $0, query: query).page() }
                #expect(statements.contains { $0.sql == "SET LOCAL plan_cache_mode = force_generic_plan" })
                let page = try #require(statements.first { $0.sql.contains("cart_documents") })
                let plan = try connection.genericPlan(of: page.sql, page.values)
                expect(plan, uses: index.name, "cart_documents_id", of: page.sql, notSorting: false)
                #expect(
                    plan.contains { $0.contains("Index Only Scan") && $0.contains(index.name + " ") },
                    "\(plan.joined(separator: "\n"))")
                let counts = statements.filter { $0.sql.contains("count(*)") }
                #expect(counts.isEmpty, "\(counts)")
            }
        }
    }

    /// What finds few carts finds them by its own index, to count them and to show them.
    private static func expectFilterPlans(_ connection: Connection) throws {
        var filters: [(String, String, CartFilter)] = []
        func add(_ name: String, by index: String, _ set: (inout CartFilter) -> Void) {
            var filter = CartFilter()
            set(&filter)
            filters.append((name, index, filter))
        }
        add("owner", by: "carts_owner") { $0.ownerID = 12 }
        add("e-mail", by: "carts_email") { $0.email = "nobody@example.com" }
        add("product", by: "cart_products_product") { $0.productIDs = [203] }
        add("two products", by: "cart_products_product") { $0.productIDs = [203, 275] }
        add("created", by: "carts_created") { $0.created.from = LargeStore.clock.now.milliseconds - 600_000 }
        add("least total", by: "carts_total") { $0.total.from = 100_000_000 }
        add("part of the e-mail", by: "cart_search_trigrams") { $0.emailPart = "zzsmith" }
        add("name", by: "cart_search_trigrams") { $0.name = .either("smithson") }
        add("both names", by: "cart_search_trigrams") { $0.name = .both(first: "annabel", last: "smith") }
        add("search", by: "cart_search_trigrams") { $0.search = "annabelle" }
        add("search over a space", by: "cart_search_trigrams") { $0.search = "annabelle smith" }
        for (name, index, filter) in filters {
            for field in CartSort.Field.allCases {
                let query = CartQuery(filter: filter, clock: LargeStore.clock, sort: CartSort(field), limit: 10)
                // Counted first, as a page is read of which there is something to show.
                let sql = FilterSQL(filter, at: query.clock)
                let count = sql.count
                let plans =
                    [(sql: count, plan: try connection.plan(of: count, sql.values))]
                    + (try connection.plans { _ = try PageReader(connection: $0, query: query).page() }.filter {
                        $0.sql.contains("OFFSET 0")
                    })
                for (sql, plan) in plans {
                    let text = Comment(rawValue: "\(name) by \(field): \(sql)\n" + plan.joined(separator: "\n"))
                    #expect(plan.contains { $0.contains(index) }, text)
                    // Which carts have a product that many have is found by both tables at once.
                    #expect(!plan.contains { $0.contains("Seq Scan on cart") } || filter.productIDs.count > 0, text)
                }
            }
        }
    }

    /// A step of a walk by ids begins where the last one ended and sorts nothing.
    private static func expectWalkPlans(_ connection: Connection) throws {
        let query = CartQuery(clock: LargeStore.clock, limit: 100)
        let plans = try connection.plans { _ = try PageReader(connection: $0, query: query).next(after: 5000) }
        #expect(plans.count == 1)
        expect(plans[0].plan, uses: "carts_id", "cart_documents_id", of: plans[0].sql, notSorting: false)
        #expect(plans[0].plan.contains { $0.contains("Index Cond: (id > ") }, "\(plans[0].plan)")
    }

    private static func expectAuditPlans(_ connection: Connection) throws {
        func check(_ index: String, _ set: (inout AuditFilter) -> Void) throws {
            var filter = AuditFilter()
            set(&filter)
            for after in [nil, AuditQuery.Place(at: LargeStore.clock.now, id: 5)] {
                let reader = AuditReader(connection: connection, query: AuditQuery(filter: filter, after: after))
                let page = reader.statements()[1]
                let plan = try connection.plan(of: page.sql, page.values)
                #expect(plan.contains { $0.contains(index) } && !plan.contains { $0.contains("Sort") }, "\(plan)")
            }
        }
        // Of 20,000 entries of one actor the planner may as well take the index on the time.
        try check("audit_") { _ in }
        try check("audit_") { $0.actor = "key:3" }
        try check("audit_subject") { $0.subject = "cart:a" }
        try check("audit_") { $0.from = LargeStore.clock.now }
    }

    private static func expectRemovalPlans(_ connection: Connection) throws {
        for group in SweepPolicy.Group.allCases {
            guard let filter = SweepPolicy().due(group, at: LargeStore.clock.now) else { continue }
            let removal = CartRows.removal(of: [1, 2], meeting: filter, at: LargeStore.clock)
            let plan = try connection.plan(of: removal.sql, removal.values)
            expect(plan, uses: "carts_id", of: removal.sql, notSorting: false)
        }
    }
}
#endif
