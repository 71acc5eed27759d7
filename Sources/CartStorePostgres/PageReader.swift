#if Postgres
import CartCore

/// Reads one page of a list on one unchanging view of the database.
struct PageReader {
    /// Begins what reads at one moment.
    static let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    let connection: Connection
    let query: CartQuery
    /// Up to this many carts are collected and sorted even where a walk might be shorter: the matches of a filter often stand close
    /// together in an order, and then a walk passes nearly all carts before it meets the first.
    var cheapToSort = standardCheapToSort
    static let standardCheapToSort = 20_000
    /// Bytes of the documents of one page: of one that may end early, and of one that must hold what it was asked for.
    private static let (enoughBytes, mostBytes) = (8 << 20, 32 << 20)

    private var sort: SortIndex { SortIndex(field: query.sort.field) }

    /// A statement with its values.
    private typealias Statement = (sql: String, values: [Value])

    /// - Throws: ``CartError`` `.tooLarge` if the documents have more bytes than an answer may hold.
    func page() throws -> CartPage {
        // Whoever goes on from a position misses nothing when a page ends early; whoever counts pages would.
        var mayEndEarly = false
        if case .after = query.start { mayEndEarly = true }
        let (total, rows) = try read(upTo: mayEndEarly ? Self.enoughBytes : Self.mostBytes)
        guard let rows else { return CartPage(records: [], total: total, next: nil) }
        let (records, last) = records(rows)
        let shown = min(rows.count, query.limit)
        guard records.count == shown || mayEndEarly else {
            throw CartError(.tooLarge, "The page is larger than \(Self.mostBytes) bytes; ask for fewer carts at once.")
        }
        return CartPage(records: records, total: total, next: records.count == shown && rows.count <= query.limit ? nil : last)
    }

    /// The next carts in the order of ids, without a count; the query's start and order do not matter.
    ///
    /// - Returns: none only if none follow.
    func next(after id: Int64) throws(PostgresError) -> [CartRecord] {
        var filter = FilterSQL(query.filter, at: query.clock)
        filter.add("id > \(filter.placeholder(.integer(id)))")
        // A filter that finds few by an index of its own does so each time anew; others must not, or the walk would pass all that match on
        // each page.
        let places = query.filter.isSelective ? collect(filter, offset: 0) : walk(filter, offset: 0)
        let statement = shown(places, upTo: Self.enoughBytes)
        return records(try connection.query(statement.sql, statement.values)).records
    }

    /// Counts and finds the places, in one round trip where the count does not decide how.
    ///
    /// - Returns: the total, and what ``shown(_:upTo:)`` answers; nil if there is nothing to show.
    private func read(upTo bytes: Int) throws(PostgresError) -> (total: Int, rows: Rows?) {
        var filter = FilterSQL(query.filter, at: query.clock)
        try connection.send(Self.begin)
        if let range = query.filter.soleRange, let count = CartRanks.count(range) {
            try connection.send(count.sql, count.values)
        } else {
            try connection.send(filter.count, filter.values)
        }
        var offset = 0
        switch query.start {
        case .offset(let given): offset = max(given, 0)
        case .after(let position): filter.add(sort, query.sort.direction == .ascending ? ">" : "<", position)
        }
        if let filledOnly = query.filter.isAboutContentsAlone {
            return try readAlongRuns(filter, offset: offset, filledOnly: filledOnly, upTo: bytes)
        }
        try connection.send("SELECT coalesce(sum(carts), 0)::bigint FROM cart_facets")
        let counts = try connection.finish()
        let (total, all) = (Int(counts[1].integer(0, 0)), Int(counts[2].integer(0, 0)))
        guard offset < total else { return (total, try end(nil)) }
        let isWalk = isWalkShorter(offset: offset, total: total, of: all)
        return (total, try end(shown(isWalk ? walk(filter, offset: offset) : collect(filter, offset: offset), upTo: bytes)))
    }

    /// Of all carts, or of those with items to buy.
    private func readAlongRuns(
        _ filter: FilterSQL, offset: Int, filledOnly: Bool, upTo bytes: Int
    ) throws(PostgresError) -> (total: Int, rows: Rows?) {
        var filter = filter
        // Whatever the values are, this order's index is gone along; making a plan would take longer than that.
        try connection.send("SET LOCAL plan_cache_mode = force_generic_plan")
        guard offset > CartRanks.most else {
            let statement = shown(walk(filter, offset: offset), upTo: bytes)
            try connection.send(statement.sql, statement.values)
            try connection.send("COMMIT")
            let answers = try connection.finish()
            return (Int(answers[1].integer(0, 0)), answers[3])
        }
        try CartRanks(connection: connection).sendStart(offset: offset, in: sort, query.sort.direction, filledOnly: filledOnly)
        let answers = try connection.finish()
        let total = Int(answers[1].integer(0, 0))
        guard offset < total, let start = CartRanks.start(answers[3], in: sort) else { return (total, try end(nil)) }
        if let position = start.position { filter.add(sort, query.sort.direction == .ascending ? ">=" : "<", position) }
        return (total, try end(shown(walk(filter, offset: start.rest), upTo: bytes)))
    }

    /// Runs the last statement of the transaction, and ends it.
    private func end(_ statement: Statement?) throws(PostgresError) -> Rows? {
        if let statement { try connection.send(statement.sql, statement.values) }
        try connection.send("COMMIT")
        let answers = try connection.finish()
        return statement == nil ? nil : answers.first
    }

    /// Whether going along the order and passing over what does not match is likely to be shorter than collecting what matches.
    private func isWalkShorter(offset: Int, total: Int, of all: Int) -> Bool {
        if total <= cheapToSort, 2 * total < all { return false }
        return Double(offset + query.limit) * Double(all) / Double(total) <= 2 * Double(total)
    }

    private func walk(_ filter: FilterSQL, offset: Int) -> Statement {
        limited("SELECT \(columns) FROM carts\(filter.clause) ORDER BY \(sort.order(query.sort.direction))", filter, offset)
    }

    /// `OFFSET 0` keeps the planner from taking the order's index, so that it takes the filter's.
    private func collect(_ filter: FilterSQL, offset: Int) -> Statement {
        limited(
            "SELECT value, owner_id, id FROM (SELECT \(columns) FROM carts\(filter.clause) OFFSET 0) AS matches ORDER BY \(order)", filter,
            offset)
    }

    private var columns: String { "\(sort.column) AS value, owner_id, id" }

    /// The order of places that were found.
    private var order: String {
        let direction = query.sort.direction == .ascending ? "ASC" : "DESC"
        return (sort.field == .id ? ["id"] : ["value", "owner_id", "id"]).map { "\($0) \(direction)" }.joined(separator: ", ")
    }

    /// One more than is shown tells whether more follow. The limit stands in the statement itself, so that a plan which does not depend on
    /// values knows how few rows there are.
    private func limited(_ places: String, _ filter: FilterSQL, _ offset: Int) -> Statement {
        var filter = filter
        let start = filter.placeholder(.integer(Int64(offset)))
        return ("\(places) LIMIT \(query.limit + 1) OFFSET \(start)", filter.values)
    }

    /// The places in their order, each with the columns of its record; the document is NULL behind the last that is shown, be it because of
    /// the limit or because the documents before it have so many bytes. The first is always shown.
    private func shown(_ places: Statement, upTo bytes: Int) -> Statement {
        let count = places.values.count
        let sql = """
            SELECT place.value, place.owner_id, place.id, \(Self.facts), CASE WHEN place.n <= $\(count + 1) AND (place.n = 1
                OR sum(octet_length(cart_documents.document)) OVER (ORDER BY place.n) <= $\(count + 2)) THEN cart_documents.document END
            FROM (SELECT value, owner_id, id, row_number() OVER (ORDER BY \(order)) AS n FROM (\(places.sql)) AS found) AS place
            JOIN cart_documents ON cart_documents.id = place.id
            ORDER BY place.n
            """
        return (sql, places.values + [.integer(Int64(query.limit)), .integer(Int64(bytes))])
    }

    /// ``CartRecord/columns`` but the document.
    private static let facts = CartRecord.columns.replacing(", cart_documents.document", with: "")

    /// What ``shown(_:upTo:)`` answers.
    ///
    /// - Returns: `last`: the place of the last record; nil if there are none.
    private func records(_ rows: Rows) -> (records: [CartRecord], last: CartPosition?) {
        var records: [CartRecord] = []
        records.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            if rows.isNull(row, 11) { break }
            records.append(CartRecord(rows, row, from: 3))
        }
        guard case let row = records.count - 1, row >= 0 else { return (records, nil) }
        let value: CartPosition.Value = sort.field == .customer ? .text(rows.text(row, 0)) : .integer(rows.integer(row, 0))
        return (records, CartPosition(value: value, ownerID: rows.integer(row, 1), id: rows.integer(row, 2)))
    }
}
#endif
