#if Postgres
import CartCore

/// The orders of the lists, cut into runs of neighbouring carts that know how many they are.
///
/// A run is known by its first position, so the n-th cart is found by adding up a thousand numbers and walking along one run, not along n
/// rows. All carts of an order belong to exactly one run. The counts are brought up to date in the transaction that writes; a run that
/// has grown beyond ``most`` is cut afterwards, in a transaction of its own.
struct CartRanks {
    /// The carts of a run before it is cut in pieces of half the length.
    static let most: Int64 = 2048

    let connection: Connection

    /// A run, by its first position.
    struct Run: Hashable {
        var field: CartSort.Field
        var start: CartPosition

        fileprivate var place: [Value] {
            let sort = SortIndex(field: field)
            let (value, name) = sort.rank(of: start)
            return [.integer(sort.number), .integer(value), .text(name), .integer(start.ownerID), .integer(start.id)]
        }
    }

    /// Counts carts in and out of the runs that they belong to, and answers with the runs that have changed.
    private static let count = """
        UPDATE cart_ranks SET carts = cart_ranks.carts + changed.carts, filled = cart_ranks.filled + changed.filled
        FROM (
            SELECT run.sort, run.value, run.name, run.owner_id, run.id, sum(cart.carts)::bigint AS carts, sum(cart.filled)::bigint AS filled
            FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
                AS cart (sort, value, name, owner_id, id, carts, filled)
            CROSS JOIN LATERAL (
                SELECT sort, value, name, owner_id, id FROM cart_ranks AS it
                WHERE it.sort = cart.sort
                AND (it.value, it.name, it.owner_id, it.id) <= (cart.value, cart.name, cart.owner_id, cart.id)
                ORDER BY value DESC, name DESC, owner_id DESC, id DESC LIMIT 1
            ) AS run
            GROUP BY run.sort, run.value, run.name, run.owner_id, run.id
            HAVING sum(cart.carts) <> 0 OR sum(cart.filled) <> 0
        ) AS changed
        WHERE cart_ranks.sort = changed.sort AND cart_ranks.value = changed.value AND cart_ranks.name = changed.name
        AND cart_ranks.owner_id = changed.owner_id AND cart_ranks.id = changed.id
        RETURNING cart_ranks.sort, cart_ranks.value, cart_ranks.name, cart_ranks.owner_id, cart_ranks.id, cart_ranks.carts
        """

    /// Sends what counts carts in and out, when their rows have the new form already; ``untidy(_:)`` reads the answer.
    ///
    /// - Parameter ranks: see ``CartCounts/ranks``.
    /// - Returns: false if there is nothing to count.
    func send(_ ranks: [[CartCounts.RankChange]]) throws(PostgresError) -> Bool {
        var sorts: [Int64] = []
        var values: [Int64] = []
        var names: [String] = []
        var owners: [Int64] = []
        var ids: [Int64] = []
        var carts: [Int64] = []
        var filled: [Int64] = []
        for (changes, sort) in zip(ranks, SortIndex.all) {
            for change in changes {
                let (value, name) = sort.rank(of: change.position)
                sorts.append(sort.number)
                values.append(value)
                names.append(name)
                owners.append(change.position.ownerID)
                ids.append(change.position.id)
                carts.append(change.count)
                filled.append(change.isFilled ? change.count : 0)
            }
        }
        guard !sorts.isEmpty else { return false }
        try connection.send(
            Self.count,
            [.integers(sorts), .integers(values), .texts(names), .integers(owners), .integers(ids), .integers(carts), .integers(filled)])
        return true
    }

    /// The runs that have grown too long, or have no carts any more.
    static func untidy(_ rows: Rows) -> [Run] {
        (0..<rows.count).compactMap { row in
            let carts = rows.integer(row, 5)
            guard carts > most || carts <= 0, let sort = SortIndex.all.first(where: { $0.number == rows.integer(row, 0) }) else {
                return nil
            }
            let run = Run(
                field: sort.field,
                start: sort.position(
                    value: rows.integer(row, 1), name: rows.text(row, 2), ownerID: rows.integer(row, 3), id: rows.integer(row, 4)))
            return carts > most || run.start != sort.field.first ? run : nil
        }
    }

    /// Cuts a run that is too long, or removes one without carts, in a transaction of its own.
    func tidy(_ run: Run) throws {
        let place = "sort = $1 AND value = $2 AND name = $3 AND owner_id = $4 AND id = $5"
        try connection.transaction(WriteTransaction.begin) {
            // Nobody else counts meanwhile.
            try connection.send(WriteTransaction.lock)
            if run.start != run.field.first { try connection.send("DELETE FROM cart_ranks WHERE \(place) AND carts <= 0", run.place) }
            let carts = try connection.query("SELECT carts FROM cart_ranks WHERE \(place)", run.place)
            guard carts.count == 1, case let count = carts.integer(0, 0), count > Self.most else { return }
            try cut(run, carts: count)
        }
    }

    /// Sends what counts every cart of an order anew, in place of the runs that there are.
    func countEverything(in sort: SortIndex) throws(PostgresError) {
        let first = Run(field: sort.field, start: sort.field.first)
        try connection.send("DELETE FROM cart_ranks WHERE sort = $1", [.integer(sort.number)])
        try connection.send(
            "INSERT INTO cart_ranks (sort, value, name, owner_id, id, carts, filled) VALUES ($1, $2, $3, $4, $5, 0, 0)", first.place)
        try connection.send(Self.pieces(of: "carts", in: sort), first.place)
    }

    private func cut(_ run: Run, carts: Int64) throws(PostgresError) {
        let sort = SortIndex(field: run.field)
        let values = run.place + sort.values(of: run.start) + [.integer(carts)]
        let places = (6..<values.count).map { "$\($0)" }.joined(separator: ", ")
        let walk = """
            (
                SELECT \(sort.columns.contains("owner_id") ? "" : "owner_id, ")\(sort.columns.joined(separator: ", ")), flags FROM carts
                WHERE \(sort.row) >= (\(places)) ORDER BY \(sort.order(.ascending)) LIMIT $\(values.count)
            ) AS walk
            """
        try connection.send(Self.pieces(of: walk, in: sort), values)
    }

    /// What keeps carts in order as runs of half the length that one may have; the first has its beginning from `$1` to `$5`.
    private static func pieces(of source: String, in sort: SortIndex) -> String {
        let (value, name) = sort.field == .customer ? ("0", "customer") : (sort.column, "''")
        return """
            INSERT INTO cart_ranks (sort, value, name, owner_id, id, carts, filled)
            SELECT $1, CASE WHEN n = 0 THEN $2 ELSE value END, CASE WHEN n = 0 THEN $3 ELSE name END,
                CASE WHEN n = 0 THEN $4 ELSE owner_id END, CASE WHEN n = 0 THEN $5 ELSE id END, carts, filled
            FROM (
                SELECT value, name, owner_id, id, n, count(*) OVER piece AS carts, (sum(filled) OVER piece)::bigint AS filled
                FROM (
                    SELECT \(value) AS value, \(name) AS name, owner_id, id, flags & \(CartFlag.holdsCart) AS filled,
                        row_number() OVER (ORDER BY \(sort.order(.ascending))) - 1 AS n
                    FROM \(source)
                ) AS numbered
                WINDOW piece AS (PARTITION BY n - n % \(most / 2))
            ) AS counted
            WHERE n % \(most / 2) = 0
            ON CONFLICT (sort, value, name, owner_id, id) DO UPDATE SET carts = excluded.carts, filled = excluded.filled
            """
    }

    /// Where a walk must begin to come to the cart after `offset` others, and how many it still has to pass.
    struct Start: Equatable {
        /// nil: at the end of the order that the walk begins at.
        var position: CartPosition?
        /// Ascending walks begin at `position`, descending ones right before it.
        var rest: Int
    }

    /// Sends the question where a page begins; ``start(_:in:)`` reads the answer.
    ///
    /// - Parameter filledOnly: carts without items to buy do not count.
    func sendStart(offset: Int, in sort: SortIndex, _ direction: CartSort.Direction, filledOnly: Bool) throws(PostgresError) {
        let way = direction == .ascending ? "ASC" : "DESC"
        let count = filledOnly ? "filled" : "carts"
        let place = ["value", "name", "owner_id", "id"]
        // A descending walk begins where the run behind begins.
        let start = place.map { direction == .ascending ? $0 : "lag(\($0)) OVER way AS \($0)" }
        let order = place.map { "\($0) \(way)" }
        try connection.send(
            """
            SELECT $2 - passed, value, name, owner_id, id FROM (
                SELECT \(start.joined(separator: ", ")), \(count) AS carts, (sum(\(count)) OVER way)::bigint - \(count) AS passed
                FROM cart_ranks WHERE sort = $1 WINDOW way AS (ORDER BY \(order.joined(separator: ", ")))
            ) AS runs WHERE passed <= $2 AND passed + carts > $2
            """, [.integer(sort.number), .integer(Int64(offset))])
    }

    /// - Returns: nil if there are not so many carts.
    static func start(_ rows: Rows, in sort: SortIndex) -> Start? {
        guard rows.count > 0 else { return nil }
        let rest = Int(rows.integer(0, 0))
        guard let ownerID = rows.optionalInteger(0, 3) else { return Start(position: nil, rest: rest) }
        return Start(
            position: sort.position(value: rows.integer(0, 1), name: rows.text(0, 2), ownerID: ownerID, id: rows.integer(0, 4)), rest: rest)
    }
}
#endif
