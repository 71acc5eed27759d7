import CartCore
import CartHTTP
import Foundation

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
        limit = Int(check.integer("limit", in: 1...1000) ?? 50)
        last = check.read("cursor", "must be the next_cursor of a list", Self.id(cursor:)) ?? 0
        try check.finishKnowingAll()
    }

    /// The list is in the order of ids, so a place in it is an id. A cursor looks like nothing in particular, so that it can become
    /// something else.
    static func cursor(_ id: Int64) -> String {
        Data("id:\(id)".utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
    }

    private static func id(cursor: String) -> Int64? {
        let padding = String(repeating: "=", count: (4 - cursor.utf8.count % 4) % 4)
        guard let text = Data(base64Encoded: cursor + padding).map({ String(decoding: $0, as: UTF8.self) }),
            let id = Int64(text.trimmingPrefix("id:")), cursor == Self.cursor(id)
        else { return nil }
        return id
    }
}
