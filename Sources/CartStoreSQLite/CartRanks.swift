import CartCore

/// The orders of the lists, cut into runs of neighbouring carts that know how many they are.
///
/// A run is known by its first position; each holds at most ``most`` carts, so the n-th cart is found by adding up a thousand
/// numbers and walking along one run, not along n rows. All carts of an order belong to exactly one run; the first run of each
/// begins before everything.
struct CartRanks {
    /// The carts of a run before it is cut in two.
    static let most: Int64 = 2048

    let connection: Connection

    /// Counts a cart in (`change` 1) or out (−1) of the run that it belongs to, and cuts a run that has grown too long.
    ///
    /// Call it when the row and so the index have the new form already.
    func count(_ position: CartPosition, in sort: SortIndex, filled: Bool, by change: Int64) throws(SQLiteError) {
        let find = try connection.statement(
            """
            SELECT value, owner_id, id, carts, filled FROM cart_ranks
            WHERE sort = ?1 AND (value, owner_id, id) <= (?2, ?3, ?4)
            ORDER BY value DESC, owner_id DESC, id DESC LIMIT 1
            """)
        find.bind(sort.number, at: 1)
        bind(position, to: find, from: 2)
        var run = sort.first
        var carts: Int64 = 0
        var filledCarts: Int64 = 0
        if try find.step() {
            run = CartPosition(value: find.value(0), ownerID: find.integer(1), id: find.integer(2))
            carts = find.integer(3)
            filledCarts = find.integer(4)
        }
        find.reset()
        carts += change
        filledCarts += filled ? change : 0
        if carts > Self.most {
            try cut(run, in: sort, carts: carts, filled: filledCarts)
        } else if carts > 0 || run == sort.first {
            try keep(run, in: sort, carts: carts, filled: filledCarts)
        } else {
            let delete = try connection.statement(
                "DELETE FROM cart_ranks WHERE sort = ?1 AND value = ?2 AND owner_id = ?3 AND id = ?4")
            delete.bind(sort.number, at: 1)
            bind(run, to: delete, from: 2)
            try delete.run()
        }
    }

    /// Cuts a run in the middle.
    private func cut(_ run: CartPosition, in sort: SortIndex, carts: Int64, filled: Int64) throws(SQLiteError) {
        let walk = try connection.statement(
            """
            SELECT \(sort.column), owner_id, id, flags & \(Schema.Flag.holdsCart) FROM carts INDEXED BY \(sort.name)
            WHERE \(sort.row) >= \(sort.placeholders) ORDER BY \(sort.order(.ascending))
            """)
        walk.bind(sort.bindings(of: run))
        var kept: Int64 = 0
        var keptFilled: Int64 = 0
        while kept < carts / 2, try walk.step() {
            kept += 1
            keptFilled += walk.integer(3)
        }
        guard try walk.step() else { return walk.reset() }
        let middle = CartPosition(value: walk.value(0), ownerID: walk.integer(1), id: walk.integer(2))
        walk.reset()
        try keep(run, in: sort, carts: kept, filled: keptFilled)
        try keep(middle, in: sort, carts: carts - kept, filled: filled - keptFilled)
    }

    private func keep(_ run: CartPosition, in sort: SortIndex, carts: Int64, filled: Int64) throws(SQLiteError) {
        let replace = try connection.statement("INSERT OR REPLACE INTO cart_ranks VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        replace.bind(sort.number, at: 1)
        bind(run, to: replace, from: 2)
        replace.bind(carts, at: 5)
        replace.bind(filled, at: 6)
        try replace.run()
    }

    /// Where a walk must begin to come to the cart after `offset` others, and how many it still has to pass.
    struct Start: Equatable {
        /// nil: at the end of the order that the walk begins at.
        var position: CartPosition?
        /// Ascending walks begin at `position`, descending ones right before it.
        var rest: Int
    }

    /// Finds the start of a page.
    ///
    /// - Parameter filledOnly: carts without items to buy do not count.
    func start(offset: Int, in sort: SortIndex, _ direction: CartSort.Direction, filledOnly: Bool) throws(SQLiteError) -> Start {
        guard offset > Self.most else { return Start(position: nil, rest: offset) }
        let way = direction == .ascending ? "ASC" : "DESC"
        let runs = try connection.statement(
            """
            SELECT \(filledOnly ? "filled" : "carts"), value, owner_id, id FROM cart_ranks WHERE sort = ?1
            ORDER BY value \(way), owner_id \(way), id \(way)
            """)
        runs.bind(sort.number, at: 1)
        defer { runs.reset() }
        var rest = Int64(offset)
        var before: CartPosition?
        while try runs.step() {
            let count = runs.integer(0)
            if direction == .ascending {
                if rest < count {
                    return Start(
                        position: CartPosition(value: runs.value(1), ownerID: runs.integer(2), id: runs.integer(3)), rest: Int(rest))
                }
            } else {
                if rest < count { return Start(position: before, rest: Int(rest)) }
                before = CartPosition(value: runs.value(1), ownerID: runs.integer(2), id: runs.integer(3))
            }
            rest -= count
        }
        return Start(position: before, rest: Int(rest))
    }

    private func bind(_ position: CartPosition, to statement: Statement, from first: Int32) {
        switch position.value {
        case .integer(let value): statement.bind(value, at: first)
        case .text(let value): statement.bind(value, at: first)
        }
        statement.bind(position.ownerID, at: first + 1)
        statement.bind(position.id, at: first + 2)
    }
}
