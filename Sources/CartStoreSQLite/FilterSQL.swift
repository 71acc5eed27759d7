import CartCore

/// A filter as conditions in SQL on the table `carts`.
struct FilterSQL {
    /// Conditions that must all hold.
    private(set) var conditions: [String] = []
    /// The values of the conditions' placeholders, in order.
    private(set) var values: [Binding] = []
    /// Whether the conditions look at nothing but store and flags, so that `cart_facets` can count.
    private(set) var isFacet = true

    /// What the conditions are for.
    enum Purpose {
        /// Finding the carts among all: the rarest condition shall lead to them.
        case finding
        /// Looking at each of some rows: no condition may look beyond the row and its own products.
        case checking
    }

    private let purpose: Purpose
    private static let fewProducts = 8
    /// The shortest text that the trigrams can find.
    private static let trigram = 3

    init(_ filter: CartFilter, at clock: StateClock, for purpose: Purpose = .finding) {
        self.purpose = purpose
        if let store = filter.storeID { facet("store_id = ?", [.integer(store)]) }
        for condition in filter.flagConditions { facet(condition) }
        if let state = filter.state { add(state, at: clock) }
        if let owner = filter.ownerID { add("owner_id = ?", [.integer(owner)]) }
        if let source = filter.source { add("source = ?", [.text(source)]) }
        if let email = filter.email {
            let folded = Folding.fold(email)
            // The index on e-mail leaves out carts without one, and must be told that they are not asked for.
            add(folded.isEmpty ? "email = ?" : "email = ? AND email <> ''", [.text(folded)])
        }
        add(filter.total, on: "total")
        add(filter.productsTotal, on: "products_total")
        add(filter.created, on: "created")
        add(filter.updated, on: "updated")
        add(filter.expires, on: "expires")
        add(products: filter.productIDs.sorted(), in: filter.productKinds)
        if let part = filter.emailPart {
            let part = Folding.fold(part)
            add(text: "instr(email, ?) > 0", [.text(part)], holding: [part])
        }
        if let name = filter.name { add(name) }
        if let search = filter.search { add(search: search) }
    }

    /// The conditions after `WHERE`, and with it; empty if there are none.
    var clause: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    /// Adds one more condition.
    mutating func add(_ condition: String, _ values: [Binding] = []) {
        isFacet = false
        conditions.append(condition)
        self.values += values
    }

    private mutating func facet(_ condition: String, _ values: [Binding] = []) {
        conditions.append(condition)
        self.values += values
    }

    private mutating func add(_ state: CartState, at clock: StateClock) {
        let now = Binding.integer(clock.now.milliseconds)
        let rested = Binding.integer((clock.now - clock.abandonedAfter).milliseconds)
        let flag = CartFlag.self
        switch state {
        case .converted:
            facet("flags & \(flag.converted) <> 0")
        case .expired:
            add("flags & \(flag.converted) = 0 AND expires <= ?", [now])
        case .abandoned:
            add("flags & \(flag.converted | flag.holdsCart) = \(flag.holdsCart) AND expires > ? AND updated <= ?", [now, rested])
        case .recovered, .active:
            let expected = state == .recovered ? flag.wasAbandoned : 0
            add(
                """
                flags & \(flag.converted | flag.wasAbandoned) = \(expected) AND expires > ? \
                AND (flags & \(flag.holdsCart) = 0 OR updated > ?)
                """, [now, rested])
        }
    }

    private mutating func add(products: [Int64], in kinds: CartContents) {
        guard purpose == .finding else {
            if products.isEmpty { return }
            add(
                """
                (SELECT count(*) FROM json_each(?) JOIN cart_products ON product_id = value AND cart_id = carts.id \
                WHERE kinds & \(kinds.rawValue) <> 0) = ?
                """, [.text("[\(products.map(String.init).joined(separator: ","))]"), .integer(Int64(products.count))])
            return
        }
        // Each on its own as long as they are few, so that the rarest finds the carts.
        guard products.count > Self.fewProducts else {
            for product in products {
                add(
                    "id IN (SELECT cart_id FROM cart_products WHERE product_id = ? AND kinds & \(kinds.rawValue) <> 0)",
                    [.integer(product)])
            }
            return
        }
        // As one condition otherwise: SQLite has a limit for how many there may be, and keeps each statement of another text.
        add(
            """
            id IN (SELECT cart_id FROM cart_products WHERE product_id IN (SELECT value FROM json_each(?)) \
            AND kinds & \(kinds.rawValue) <> 0 GROUP BY cart_id HAVING count(*) = ?)
            """, [.text("[\(products.map(String.init).joined(separator: ","))]"), .integer(Int64(products.count))])
    }

    private mutating func add(_ bounds: CartFilter.Bounds, on column: String) {
        if let from = bounds.from { add("\(column) >= ?", [.integer(from)]) }
        if let to = bounds.to { add("\(column) <= ?", [.integer(to)]) }
    }

    /// `customer` is the last name, U+0001, the first name; a folded text never holds U+0001.
    private mutating func add(_ name: CartFilter.NamePart) {
        switch name {
        case .either(let part):
            let part = Folding.fold(part)
            add(text: "instr(customer, ?) > 0", [.text(part)], holding: [part])
        case .both(let first, let last):
            let first = Folding.fold(first)
            let last = Folding.fold(last)
            add(
                text: "instr(\(Self.firstName), ?) > 0 AND instr(\(Self.lastName), ?) > 0", [.text(first), .text(last)],
                holding: [first, last])
        }
    }

    /// Adds a condition on `customer` and `email` alone.
    ///
    /// - Parameter parts: texts that name or e-mail must hold. The trigrams choose the candidates by those that are long enough; if none
    ///   is, the index that holds both texts is gone through, so that the documents need not be read.
    private mutating func add(text condition: String, _ values: [Binding], holding parts: [String]) {
        let trigrams = parts.map(Self.trigrams(of:)).filter { !$0.isEmpty }
        if purpose == .checking {
            add("(\(condition))", values)
        } else if trigrams.isEmpty {
            add("id IN (SELECT id FROM carts INDEXED BY carts_customer WHERE \(condition))", values)
        } else {
            add("id IN (SELECT rowid FROM cart_search WHERE cart_search MATCH ?)", [.text(trigrams.joined(separator: " AND "))])
            add(condition, values)
        }
    }

    private static let lastName = "substr(customer, 1, instr(customer, char(1)) - 1)"
    private static let firstName = "substr(customer, instr(customer, char(1)) + 1)"
    /// As ``CartColumns/fullName`` puts it together.
    private static let fullName =
        "(\(firstName) || CASE WHEN \(firstName) = '' OR \(lastName) = '' THEN '' ELSE ' ' END || \(lastName))"

    private mutating func add(search: String) {
        let folded = Folding.fold(search)
        let keyPart = CartKey.canHold(search) ? search : nil
        // Only a text with a space can reach from the first name into the last.
        let texts = "instr(\(folded.utf8.contains(UInt8(ascii: " ")) ? Self.fullName : "customer"), ?) > 0 OR instr(email, ?) > 0"
        let values: [Binding] = [.text(folded), .text(folded)] + (keyPart.map { [.text($0)] } ?? [])
        let candidates = Set([folded, keyPart ?? folded].map(Self.trigrams(of:)))
        if purpose == .checking {
            add("(\(texts)\(keyPart == nil ? "" : " OR instr(key, ?) > 0"))", values)
        } else if !candidates.contains("") {
            let query = candidates.sorted().map { "(\($0))" }.joined(separator: " OR ")
            add("id IN (SELECT rowid FROM cart_search WHERE cart_search MATCH ?)", [.text(query)])
            add("(\(texts)\(keyPart == nil ? "" : " OR instr(key, ?) > 0"))", values)
        } else {
            // Too short for the trigrams. Two indexes hold all the texts, so the documents need not be read.
            let keys = keyPart == nil ? "" : " UNION SELECT id FROM carts INDEXED BY carts_key WHERE instr(key, ?) > 0"
            add("id IN (SELECT id FROM carts INDEXED BY carts_customer WHERE \(texts)\(keys))", values)
        }
    }

    /// The full-text query for carts that hold every trigram of a text; empty if it is too short to have one.
    private static func trigrams(of text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= trigram else { return "" }
        // Scalar by scalar: a quotation mark with an accent behind it is one Character.
        let all = Set(
            (0...(scalars.count - trigram)).map { start in
                scalars[start..<(start + trigram)].map { $0 == "\"" ? "\"\"" : String($0) }.joined()
            })
        return all.sorted().map { "\"\($0)\"" }.joined(separator: " AND ")
    }
}
