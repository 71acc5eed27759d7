import CartCore

/// Reads one page of a list on one unchanging view of the database.
struct PageReader {
    let connection: Connection
    let query: CartQuery
    /// Up to this many carts are collected and sorted even where a walk might be shorter: the matches of a filter often stand close
    /// together in an order, and then a walk passes nearly all carts before it meets the first.
    var cheapToSort = standardCheapToSort
    static let standardCheapToSort = 20_000
    /// Bytes of the documents of one page: of one that may end early, and of one that must hold what it was asked for.
    private static let (enoughBytes, mostBytes) = (8 << 20, 32 << 20)

    private var sort: SortIndex { SortIndex(field: query.sort.field) }

    func page() throws -> CartPage {
        try connection.reading {
            let filter = FilterSQL(query.filter, at: query.clock)
            let total = try count(filter)
            let places = try places(filter, total: total)
            let shown = places.prefix(query.limit)
            // Whoever goes on from a position misses nothing when a page ends early; whoever counts pages would.
            var mayEndEarly = false
            if case .after = query.start { mayEndEarly = true }
            let (records, last) = try records(shown, upTo: mayEndEarly ? Self.enoughBytes : Self.mostBytes)
            guard last == shown.last || mayEndEarly else {
                throw CartError(.tooLarge, "The page is larger than \(Self.mostBytes) bytes; ask for fewer carts at once.")
            }
            return CartPage(records: records, total: total, next: last == shown.last && places.count <= query.limit ? nil : last)
        }
    }

    /// The next carts in the order of ids, without a count; the query's start and order do not matter.
    ///
    /// - Returns: none only if none follow.
    func next(after id: Int64) throws -> [CartRecord] {
        try connection.reading {
            var filter = FilterSQL(query.filter, at: query.clock)
            filter.add("id > ?", [.integer(id)])
            // A filter that finds few by an index of its own does so each time anew; others must not, or the walk would pass all that
            // match on each page.
            let places = try query.filter.isSelective ? collect(filter, offset: 0) : walk(filter, offset: 0)
            return try records(places.prefix(query.limit), upTo: Self.enoughBytes).records
        }
    }

    /// The documents of carts in their order, as far as they fit into so many bytes; at least the first.
    ///
    /// - Returns: `last`: the last of the places that was read; nil if there are none.
    private func records(
        _ places: ArraySlice<CartPosition>, upTo most: Int
    ) throws(SQLiteError) -> (records: [CartRecord], last: CartPosition?) {
        var records: [CartRecord] = []
        records.reserveCapacity(places.count)
        var last: CartPosition?
        var bytes = 0
        let statement = try connection.statement("SELECT \(CartRecord.columns) FROM cart_documents WHERE id = ?1")
        defer { statement.reset() }
        for place in places {
            statement.reset()
            statement.bind(place.id, at: 1)
            if try statement.step() {
                let record = CartRecord(statement)
                bytes += record.document.count
                if bytes > most, !records.isEmpty { break }
                records.append(record)
            }
            last = place
        }
        return (records, last)
    }

    /// How many carts meet the filter.
    private func count(_ filter: FilterSQL) throws(SQLiteError) -> Int {
        if let range = query.filter.soleRange {
            let sort = SortIndex(field: range.field)
            return try CartRanks(connection: connection).count(range.bounds, in: sort, filledOnly: range.filledOnly)
        }
        let sql = filter.isFacet ? "SELECT sum(carts) FROM cart_facets" : "SELECT count(*) FROM carts"
        return Int(try connection.integer(sql + filter.clause, filter.values) ?? 0)
    }

    /// The carts of the page in order, and one more if more follow.
    private func places(_ filter: FilterSQL, total: Int) throws(SQLiteError) -> [CartPosition] {
        var filter = filter
        var offset = 0
        switch query.start {
        case .offset(let given):
            guard given < total else { return [] }
            offset = max(given, 0)
        case .after(let position):
            guard total > 0 else { return [] }
            let comparison = query.sort.direction == .ascending ? ">" : "<"
            filter.add("\(sort.row) \(comparison) \(sort.placeholders)", sort.bindings(of: position))
        }
        if offset > 0, let filledOnly = query.filter.isAboutContentsAlone {
            let start = try CartRanks(connection: connection)
                .start(offset: offset, in: sort, query.sort.direction, filledOnly: filledOnly)
            if let position = start.position {
                let comparison = query.sort.direction == .ascending ? ">=" : "<"
                filter.add("\(sort.row) \(comparison) \(sort.placeholders)", sort.bindings(of: position))
            }
            return try walk(filter, offset: start.rest)
        }
        return try isWalkShorter(offset: offset, total: total) ? walk(filter, offset: offset) : collect(filter, offset: offset)
    }

    /// Whether going along the order and passing over what does not match is likely to be shorter than collecting what matches.
    private func isWalkShorter(offset: Int, total: Int) throws(SQLiteError) -> Bool {
        if query.filter.isAboutContentsAlone != nil { return true }
        if total <= cheapToSort { return false }
        let all = Double(try connection.integer("SELECT sum(carts) FROM cart_facets") ?? 0)
        return Double(offset + query.limit) * all / Double(total) <= 2 * Double(total)
    }

    private func walk(_ filter: FilterSQL, offset: Int) throws(SQLiteError) -> [CartPosition] {
        try positions(
            "FROM carts INDEXED BY \(sort.name)\(filter.clause) ORDER BY \(sort.order(query.sort.direction))", filter, offset: offset)
    }

    /// The plus signs keep the planner from using the order's index, so that it takes the filter's.
    private func collect(_ filter: FilterSQL, offset: Int) throws(SQLiteError) -> [CartPosition] {
        try positions("FROM carts\(filter.clause) ORDER BY \(sort.order(query.sort.direction, prefix: "+"))", filter, offset: offset)
    }

    private func positions(_ source: String, _ filter: FilterSQL, offset: Int) throws(SQLiteError) -> [CartPosition] {
        let statement = try connection.statement("SELECT \(sort.column), owner_id, id \(source) LIMIT ? OFFSET ?")
        statement.bind(filter.values + [.integer(Int64(query.limit) + 1), .integer(Int64(offset))])
        defer { statement.reset() }
        var positions: [CartPosition] = []
        positions.reserveCapacity(query.limit + 1)
        while try statement.step() {
            positions.append(CartPosition(value: statement.value(0), ownerID: statement.integer(1), id: statement.integer(2)))
        }
        return positions
    }
}

extension CartRecord {
    /// The columns of `cart_documents`.
    static let columns = ["id", "revision", "store_id", "owner_id", "flags", "created", "updated", "expires", "document"]
        .map { "cart_documents.\($0)" }.joined(separator: ", ")

    /// Reads ``columns``.
    init(_ row: Statement) {
        let facts = CartFacts(
            storeID: row.integer(2), ownerID: row.integer(3), flags: row.integer(4), created: row.integer(5), updated: row.integer(6),
            expires: row.integer(7))
        self.init(id: row.integer(0), revision: row.integer(1), facts: facts, document: row.blob(8))
    }
}
