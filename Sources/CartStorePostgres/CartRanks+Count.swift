#if Postgres
import CartCore

extension CartRanks {
    /// The question how many carts have a value within bounds, at the cost of the runs and of two walks within one.
    ///
    /// - Parameter range: of an order of numbers; see ``CartCore/CartFilter/soleRange``.
    /// - Returns: nil if the bounds are the wrong way round.
    static func count(
        _ range: (field: CartSort.Field, bounds: CartFilter.Bounds, filledOnly: Bool)
    ) -> (sql: String, values: [Value])? {
        let from = range.bounds.from ?? .min
        let to = range.bounds.to ?? .max
        guard from <= to else { return nil }
        let sort = SortIndex(field: range.field)
        var values = [Value.integer(sort.number)]
        var parts: [String] = []
        for end in [to == .max ? nil : to + 1, from] {
            guard let end else {
                parts.append("(SELECT coalesce(sum(\(range.filledOnly ? "filled" : "carts")), 0) FROM cart_ranks WHERE sort = $1)")
                continue
            }
            values.append(.integer(end))
            parts.append(below("$\(values.count)", in: sort, filledOnly: range.filledOnly))
        }
        return ("SELECT (\(parts.joined(separator: " - ")))::bigint", values)
    }

    /// How many carts stand before a value: those of all runs but the last that begins before it, which may go beyond it, and of that one.
    private static func below(_ end: String, in sort: SortIndex, filledOnly: Bool) -> String {
        """
        (WITH last AS (
            SELECT value, owner_id, id FROM cart_ranks WHERE sort = $1 AND value < \(end)
            ORDER BY value DESC, name DESC, owner_id DESC, id DESC LIMIT 1
        )
        SELECT coalesce((
            SELECT sum(cart_ranks.\(filledOnly ? "filled" : "carts")) FROM last JOIN cart_ranks
            ON sort = $1 AND (cart_ranks.value, cart_ranks.owner_id, cart_ranks.id) < (last.value, last.owner_id, last.id)
        ), 0) + (
            SELECT count(*) FROM last JOIN carts
            ON (carts.\(sort.column), carts.owner_id, carts.id) >= (last.value, last.owner_id, last.id) AND carts.\(sort.column) < \(end)
            \(filledOnly ? "AND flags & \(CartFlag.holdsCart) <> 0" : "")
        ))
        """
    }
}
#endif
