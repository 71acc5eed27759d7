#if Postgres
import CartCore

/// A filter as conditions in SQL on the table `carts`.
struct FilterSQL {
    /// Conditions that must all hold.
    private(set) var conditions: [String] = []
    /// The values of all placeholders so far; see ``placeholder(_:)``.
    private(set) var values: [Value]
    /// Whether the conditions look at nothing but store and flags, so that `cart_facets` can count.
    private(set) var isFacet = true
    /// The last of the conditions on what is kept beside `carts`: it finds the keys of all that meet it, each once.
    private var keys: String?

    /// What the conditions are for.
    enum Purpose {
        /// Finding the carts among all: the rarest condition shall lead to them.
        case finding
        /// Looking at each of some rows: no condition may look beyond the row and what else is kept of the same cart.
        case checking
    }

    private let purpose: Purpose
    private static let fewProducts = 8
    /// Words of a search that become conditions.
    private static let mostWords = 8

    /// - Parameter values: of the placeholders that the statement has already.
    init(_ filter: CartFilter, at clock: StateClock, for purpose: Purpose = .finding, behind values: [Value] = []) {
        self.purpose = purpose
        self.values = values
        if let store = filter.storeID { facet("store_id = \(placeholder(.integer(store)))") }
        for condition in filter.flagConditions { facet(condition) }
        if let state = filter.state { add(state, at: clock) }
        if let owner = filter.ownerID { add("owner_id = \(placeholder(.integer(owner)))") }
        if let source = filter.source { add("source = \(placeholder(.encoded(source)))") }
        if let email = filter.email { add(email: Folding.fold(email)) }
        add(filter.total, on: "total")
        add(filter.productsTotal, on: "products_total")
        add(filter.created, on: "created")
        add(filter.updated, on: "updated")
        add(filter.expires, on: "expires")
        add(products: filter.productIDs.sorted(), in: filter.productKinds)
        if let part = filter.emailPart, case let part = Folding.fold(part), !part.isEmpty { add(text: "email LIKE \(holding(part))") }
        if let name = filter.name { add(name) }
        if let search = filter.search, !search.isEmpty { add(search: search) }
    }

    /// The conditions after `WHERE`, and with it; empty if there are none.
    var clause: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    /// What counts the carts that meet all conditions: by `cart_facets`, by what is kept beside `carts` if that decides alone, or else by
    /// looking at them.
    var count: String {
        if isFacet { return "SELECT coalesce(sum(carts), 0)::bigint FROM cart_facets\(clause)" }
        if conditions.count == 1, let keys { return "SELECT count(*) FROM (\(keys)) AS found" }
        return "SELECT count(*) FROM carts\(clause)"
    }

    /// Adds one more condition, whose values stand at placeholders.
    mutating func add(_ condition: String) {
        isFacet = false
        conditions.append(condition)
    }

    /// Adds the condition that a cart stands on one side of a position.
    mutating func add(_ sort: SortIndex, _ comparison: String, _ position: CartPosition) {
        let places = sort.values(of: position).map { placeholder($0) }
        add("\(sort.row) \(comparison) \(places.count == 1 ? places[0] : "(" + places.joined(separator: ", ") + ")")")
    }

    /// The text that stands for a value in the statement.
    mutating func placeholder(_ value: Value) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    private mutating func facet(_ condition: String) { conditions.append(condition) }

    private mutating func add(keys: String) {
        add("key IN (\(keys))")
        self.keys = keys
    }

    private mutating func add(_ state: CartState, at clock: StateClock) {
        let flag = CartFlag.self
        guard state != .converted else { return facet("flags & \(flag.converted) <> 0") }
        let now = placeholder(.integer(clock.now.milliseconds))
        guard state != .expired else { return add("flags & \(flag.converted) = 0 AND expires <= \(now)") }
        let rested = placeholder(.integer((clock.now - clock.abandonedAfter).milliseconds))
        if state == .abandoned {
            add("flags & \(flag.converted | flag.holdsCart) = \(flag.holdsCart) AND expires > \(now) AND updated <= \(rested)")
        } else {
            let expected = state == .recovered ? flag.wasAbandoned : 0
            add(
                """
                flags & \(flag.converted | flag.wasAbandoned) = \(expected) AND expires > \(now) \
                AND (flags & \(flag.holdsCart) = 0 OR updated > \(rested))
                """)
        }
    }

    /// The index holds the beginning of each address, and leaves out carts without one.
    private mutating func add(email folded: String) {
        guard !folded.isEmpty else { return add("email = ''") }
        var beginning = String.UnicodeScalarView()
        beginning.append(contentsOf: folded.unicodeScalars.prefix(Schema.indexedEmail))
        add(
            """
            left(email, \(Schema.indexedEmail)) = \(placeholder(.text(String(beginning)))) AND email = \(placeholder(.text(folded))) \
            AND email <> ''
            """)
    }

    private mutating func add(products: [Int64], in kinds: CartContents) {
        if products.isEmpty { return }
        // Each on its own as long as they are few, so that the rarest finds the carts.
        if purpose == .finding, products.count <= Self.fewProducts {
            for product in products {
                add(
                    keys: """
                        SELECT key FROM cart_products \
                        WHERE product_id = \(placeholder(.integer(product))) AND kinds & \(kinds.rawValue) <> 0
                        """)
            }
            return
        }
        let found = "product_id = ANY(\(placeholder(.integers(products)))) AND kinds & \(kinds.rawValue) <> 0"
        let count = placeholder(.integer(Int64(products.count)))
        switch purpose {
        case .finding: add(keys: "SELECT key FROM cart_products WHERE \(found) GROUP BY key HAVING count(*) = \(count)")
        case .checking: add("(SELECT count(*) FROM cart_products WHERE cart_products.key = carts.key AND \(found)) = \(count)")
        }
    }

    private mutating func add(_ bounds: CartFilter.Bounds, on column: String) {
        if let from = bounds.from { add("\(column) >= \(placeholder(.integer(from)))") }
        if let to = bounds.to { add("\(column) <= \(placeholder(.integer(to)))") }
    }

    /// `customer` is the last name, U+0001, the first name; a folded text never holds U+0001.
    private mutating func add(_ name: CartFilter.NamePart) {
        switch name {
        case .either(let part):
            let part = Folding.fold(part)
            if !part.isEmpty { add(text: "customer LIKE \(holding(part))") }
        case .both(let first, let last):
            let (first, last) = (Folding.fold(first), Folding.fold(last))
            guard !first.isEmpty || !last.isEmpty else { return }
            add(text: "customer LIKE \(placeholder(.text("%\(Self.escaped(last))%\u{1}%\(Self.escaped(first))%")))")
        }
    }

    private mutating func add(search: String) {
        let folded = Folding.fold(search)
        let pattern = holding(folded)
        var conditions = ["customer LIKE \(pattern)", "email LIKE \(pattern)"]
        if CartKey.canHold(search) { conditions.append("key LIKE \(holding(search))") }
        if folded.utf8.contains(UInt8(ascii: " ")) {
            // Only a text with a space can reach from the first name into the last. Its words find the carts: some of them do, for the last
            // condition decides anyway, and each number of them is a statement of its own.
            let words = folded.unicodeScalars.split(separator: " ").prefix(Self.mostWords)
            var spanning = words.map { "customer LIKE \(holding(String($0)))" }
            spanning += [
                "\(Self.firstName) <> ''", "\(Self.lastName) <> ''", "\(Self.firstName) || ' ' || \(Self.lastName) LIKE \(pattern)",
            ]
            conditions.append(spanning.joined(separator: " AND "))
        }
        add(text: conditions.joined(separator: " OR "))
    }

    private static let lastName = "split_part(customer, chr(1), 1)"
    private static let firstName = "split_part(customer, chr(1), 2)"

    /// Adds a condition on `customer`, `email` and `key` in `cart_search`.
    private mutating func add(text condition: String) {
        switch purpose {
        case .finding: add(keys: "SELECT key FROM cart_search WHERE \(condition)")
        case .checking:
            let ofCart = condition.replacing("key LIKE", with: "cart_search.key LIKE")
            add("EXISTS (SELECT 1 FROM cart_search WHERE cart_search.key = carts.key AND (\(ofCart)))")
        }
    }

    /// A pattern for texts that hold a part.
    private mutating func holding(_ part: String) -> String { placeholder(.text("%\(Self.escaped(part))%")) }

    /// The text without what `LIKE` takes for its own.
    private static func escaped(_ part: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in part.unicodeScalars {
            if scalar == "\\" || scalar == "%" || scalar == "_" { scalars.append("\\") }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
#endif
