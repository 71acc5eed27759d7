import CartCore
import CartHTTP

/// The parameters of the list of carts.
struct ListRequest {
    let filter: CartFilter
    let limit: Int
    /// The id of the last cart that was seen.
    let last: Int64

    /// - Throws: ``CartError`` `.invalid` that names every parameter that is unknown or has a wrong value.
    init(_ parameters: QueryParameters) throws(CartError) {
        var check = ParameterCheck(parameters)
        filter = CartFilter(&check)
        limit = check.limit()
        last = check.cursor() ?? 0
        try check.finishKnowingAll()
    }

    /// The lists are in the order of ids, so a place in one is an id.
    static func cursor(_ id: Int64) -> String { Cursor.encode("id:\(id)") }
}

extension ParameterCheck {
    /// How many entries a list shall have.
    mutating func limit() -> Int { Int(integer("limit", in: 1...1000) ?? 50) }

    /// The id that a list goes on behind.
    mutating func cursor() -> Int64? {
        read("cursor", "must be the next_cursor of a list") { cursor in
            Cursor.decode(cursor).flatMap { text in text.hasPrefix("id:") ? Int64(text.dropFirst(3)) : nil }
        }
    }
}
