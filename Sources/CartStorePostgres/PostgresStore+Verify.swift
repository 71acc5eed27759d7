#if Postgres
import CartCore

extension PostgresStore {
    /// What each of two tables has of a cart.
    private static let twice = ["id", "revision", "store_id", "owner_id", "flags", "created", "updated", "expires"]
    private static let textsTwice = ["store_id", "email"]

    public func verify() async throws(CartError) -> [String] {
        func row(_ columns: [String], of table: String) -> String { "(\(columns.map { "\(table).\($0)" }.joined(separator: ", ")))" }
        // Each join is by the key alone, whatever the planner thinks of the other values.
        let statements = [
            "SELECT count(*) FROM carts", "SELECT count(*) FROM cart_documents", "SELECT count(*) FROM cart_search",
            "SELECT coalesce(sum(carts), 0)::bigint FROM cart_facets",
            """
            SELECT count(CASE WHEN \(row(Self.twice, of: "carts")) = \(row(Self.twice, of: "cart_documents")) THEN 1 END)
            FROM carts JOIN cart_documents USING (key)
            """,
            """
            SELECT count(CASE WHEN \(row(Self.textsTwice, of: "carts")) = \(row(Self.textsTwice, of: "cart_search"))
            AND left(cart_search.customer, length(carts.customer)) = carts.customer THEN 1 END) FROM carts JOIN cart_search USING (key)
            """,
            "SELECT sort, sum(carts)::bigint FROM cart_ranks GROUP BY sort",
        ]
        return try await pool.readAside { connection in
            try connection.withTimeout(Self.longTimeout) {
                try connection.transaction(PageReader.begin) {
                    for sql in statements { try connection.send(sql) }
                    let answers = try connection.finish()
                    let counts = answers.prefix(6).map { $0.integer(0, 0) }
                    guard let ranks = answers.last, answers.count == statements.count else { throw CartError.damaged("carts") }
                    let (carts, documents, texts, counted) = (counts[0], counts[1], counts[2], counts[3])
                    var wrong: [String] = []
                    if carts != documents || carts != counted || carts != texts {
                        wrong.append(
                            "There are \(carts) carts, \(documents) documents, \(texts) texts to search, and \(counted) carts are counted.")
                    } else {
                        if counts[4] != carts { wrong.append("\(carts - counts[4]) carts have other values beside their documents.") }
                        if counts[5] != carts { wrong.append("\(carts - counts[5]) carts have other texts to search.") }
                    }
                    let sums = Dictionary((0..<ranks.count).map { (ranks.integer($0, 0), ranks.integer($0, 1)) }) { first, _ in first }
                    for sort in SortIndex.all where sums[sort.number, default: 0] != carts {
                        wrong.append(
                            "There are \(carts) carts, and \(sums[sort.number, default: 0]) in the order by \(sort.field.rawValue).")
                    }
                    return wrong
                }
            }
        }
    }
}
#endif
