/// A change with everything worked out that needs no look at the database, so that the thread that writes has less to do.
package enum PreparedChange: Sendable {
    case save(CartColumns, document: [UInt8], replacing: Int64?)
    case delete(key: String, revision: Int64?)

    package init(_ change: CartChange) {
        switch change {
        case .save(let cart, let document, let wasAbandoned, let replacing):
            self = .save(CartColumns(cart, wasAbandoned: wasAbandoned), document: document, replacing: replacing)
        case .delete(let key, let revision):
            self = .delete(key: key.text, revision: revision)
        }
    }

    /// The cart that is meant.
    package var key: String {
        switch self {
        case .save(let columns, _, _): columns.key
        case .delete(let key, _): key
        }
    }
}

/// A cart that stands nowhere yet.
package struct NewCart: Sendable {
    package var columns: CartColumns
    package var document: [UInt8]

    package init(_ cart: Cart) {
        columns = CartColumns(cart, wasAbandoned: false)
        document = cart.document
    }
}
