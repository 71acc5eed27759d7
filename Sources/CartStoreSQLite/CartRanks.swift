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

    /// Counts carts in and out of the runs that they belong to, and cuts runs that have grown too long.
    ///
    /// Call it when the rows and so the index have the new form already. Changes to neighbours cost as much as one.
    func count(_ changes: [CartCounts.RankChange], in sort: SortIndex) throws(SQLiteError) {
        var rest = changes.sorted { $0.position.isLess(than: $1.position) }[...]
        while let first = rest.first {
            var run = try run(holding: first.position, in: sort)
            let end = rest.count > 1 ? try start(after: run.start, in: sort) : nil
            while let change = rest.first, end.map({ change.position.isLess(than: $0) }) ?? true {
                run.carts += change.count
                run.filled += change.isFilled ? change.count : 0
                rest.removeFirst()
            }
            if run.carts > Self.most {
                try cut(run, in: sort)
            } else if run.carts > 0 || run.start == sort.first {
                try keep(run, in: sort)
            } else {
                try remove(run, in: sort)
            }
        }
    }

    /// Counts every cart of an order that has no runs yet.
    func countEverything(in sort: SortIndex) throws(SQLiteError) {
        let carts = try connection.integer("SELECT count(*) FROM carts INDEXED BY \(sort.name)") ?? 0
        try cut(Run(start: sort.first, carts: carts, filled: 0), in: sort)
    }

    private struct Run {
        var start: CartPosition
        var carts: Int64
        var filled: Int64
    }

    private func run(holding position: CartPosition, in sort: SortIndex) throws(SQLiteError) -> Run {
        let find = try connection.statement(
            """
            SELECT value, owner_id, id, carts, filled FROM cart_ranks
            WHERE sort = ?1 AND (value, owner_id, id) <= (?2, ?3, ?4)
            ORDER BY value DESC, owner_id DESC, id DESC LIMIT 1
            """)
        find.bind(sort.number, at: 1)
        bind(position, to: find, from: 2)
        defer { find.reset() }
        guard try find.step() else { return Run(start: sort.first, carts: 0, filled: 0) }
        return Run(
            start: CartPosition(value: find.value(0), ownerID: find.integer(1), id: find.integer(2)), carts: find.integer(3),
            filled: find.integer(4))
    }

    /// Where the next run begins; nil after the last.
    private func start(after position: CartPosition, in sort: SortIndex) throws(SQLiteError) -> CartPosition? {
        let find = try connection.statement(
            """
            SELECT value, owner_id, id FROM cart_ranks
            WHERE sort = ?1 AND (value, owner_id, id) > (?2, ?3, ?4) ORDER BY value, owner_id, id LIMIT 1
            """)
        find.bind(sort.number, at: 1)
        bind(position, to: find, from: 2)
        defer { find.reset() }
        guard try find.step() else { return nil }
        return CartPosition(value: find.value(0), ownerID: find.integer(1), id: find.integer(2))
    }

    /// Cuts a run into pieces of half the length that it may have.
    private func cut(_ run: Run, in sort: SortIndex) throws(SQLiteError) {
        let walk = try connection.statement(
            """
            SELECT \(sort.column), owner_id, id, flags & \(CartFlag.holdsCart) FROM carts INDEXED BY \(sort.name)
            WHERE \(sort.row) >= \(sort.placeholders) ORDER BY \(sort.order(.ascending)) LIMIT \(run.carts)
            """)
        walk.bind(sort.bindings(of: run.start))
        var pieces: [Run] = []
        var piece = Run(start: run.start, carts: 0, filled: 0)
        while try walk.step() {
            if piece.carts == Self.most / 2 {
                pieces.append(piece)
                piece = Run(
                    start: CartPosition(value: walk.value(0), ownerID: walk.integer(1), id: walk.integer(2)), carts: 0, filled: 0)
            }
            piece.carts += 1
            piece.filled += walk.integer(3)
        }
        walk.reset()
        for piece in pieces + [piece] { try keep(piece, in: sort) }
    }

    private func keep(_ run: Run, in sort: SortIndex) throws(SQLiteError) {
        let replace = try connection.statement("INSERT OR REPLACE INTO cart_ranks VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        replace.bind(sort.number, at: 1)
        bind(run.start, to: replace, from: 2)
        replace.bind(run.carts, at: 5)
        replace.bind(run.filled, at: 6)
        try replace.run()
    }

    private func remove(_ run: Run, in sort: SortIndex) throws(SQLiteError) {
        let delete = try connection.statement(
            "DELETE FROM cart_ranks WHERE sort = ?1 AND value = ?2 AND owner_id = ?3 AND id = ?4")
        delete.bind(sort.number, at: 1)
        bind(run.start, to: delete, from: 2)
        try delete.run()
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
