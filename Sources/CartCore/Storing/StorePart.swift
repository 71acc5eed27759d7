/// What a store keeps, part by part: everything but leases, and what is derived from carts.
package enum StorePart: String, Hashable, Sendable, CaseIterable {
    // In the order in which they are copied: what changes most while a store is only read comes last.
    case carts
    case audit
    /// What happened to carts, counted for the statistics.
    case events
    case users
    case keys
    case keyUsage = "key_usage"
    case keyAddresses = "key_addresses"
    case sessions
    /// Kept for requests that may be sent again.
    case answers
    case notes

    /// The table that has the rows, in every store; carts have more than one.
    package var table: String {
        switch self {
        case .carts: "carts"
        case .audit: "audit"
        case .events: "cart_events"
        case .users: "users"
        case .keys: "consumer_keys"
        case .keyUsage: "key_usage"
        case .keyAddresses: "key_addresses"
        case .sessions: "sessions"
        case .answers: "answers"
        case .notes: "notes"
        }
    }

    /// For people: such as `carts`, `keys' use`.
    package var name: String {
        switch self {
        case .carts: "carts"
        case .audit: "entries of the audit trail"
        case .events: "counts of events"
        case .users: "users"
        case .keys: "keys"
        case .keyUsage: "counts of the use of keys"
        case .keyAddresses: "addresses of keys"
        case .sessions: "sessions"
        case .answers: "kept answers"
        case .notes: "notes"
        }
    }

    /// A column of a part's table.
    package struct Column: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case integer, text, bytes
        }

        package let name: String
        package let kind: Kind
        package var mayBeNull = false

        static func integer(_ name: String) -> Column { Column(name: name, kind: .integer) }
        static func text(_ name: String) -> Column { Column(name: name, kind: .text) }
        static func bytes(_ name: String) -> Column { Column(name: name, kind: .bytes) }

        var orNull: Column { Column(name: name, kind: kind, mayBeNull: true) }
    }

    /// How many of the columns, from the first, say which row it is; by these, compared as numbers and bytes, the rows are in order.
    package var keyColumns: Int {
        switch self {
        case .carts, .audit, .users, .keys, .sessions, .answers, .notes: 1
        case .keyAddresses: 2
        case .events, .keyUsage: 3
        }
    }

    /// The columns of ``StoreRow/values(_:)``; carts have rows of their own, of which this is the position alone.
    package var columns: [Column] {
        switch self {
        case .carts: [.integer("id")]
        case .audit:
            [
                .integer("id"), .integer("at"), .text("actor"), .text("address").orNull, .text("action"), .text("subject"),
                .text("details"),
            ]
        case .events: [.integer("store_id"), .text("event"), .integer("quarter"), .integer("count")]
        case .users:
            [
                .integer("id"), .text("name"), .text("folded_name"), .text("email"), .text("folded_email"), .text("role"),
                .text("password"), .integer("created"),
            ]
        case .keys:
            [
                .integer("id"), .integer("user_id"), .text("kind"), .text("description"), .text("permission"), .integer("store_id").orNull,
                .text("allowed_ranges"), .text("key_hash"), .bytes("secret_hash"), .text("truncated_key"), .integer("created"),
                .integer("expires").orNull, .integer("revoked").orNull, .integer("disabled").orNull, .integer("enabled").orNull,
                .text("previous_key_hash").orNull, .bytes("previous_secret_hash").orNull, .integer("previous_until").orNull,
                .integer("last_access").orNull, .text("last_address").orNull, .integer("last_from_page").orNull, .integer("requests"),
            ]
        case .keyUsage: [.integer("key_id"), .integer("day"), .text("kind"), .integer("requests")]
        case .keyAddresses: [.integer("key_id"), .text("address"), .integer("last_access")]
        case .sessions: [.bytes("id"), .integer("user_id"), .integer("created"), .integer("expires")]
        case .answers: [.bytes("request"), .integer("expires"), .bytes("answer")]
        case .notes: [.text("name"), .bytes("note")]
        }
    }
}

/// A value of a row.
package enum StoreValue: Sendable {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case null
}

/// A row of a part as it is kept.
package enum StoreRow: Sendable {
    /// A cart, with its own numbers and everything that is derived from it alone; `columns` have the whole name.
    case cart(CartColumns, document: [UInt8], id: Int64, revision: Int64)
    /// The values of ``StorePart/columns``.
    case values([StoreValue])

    /// What says which row it is, to go on behind it.
    package func position(in part: StorePart) -> [StoreValue] {
        switch self {
        case .cart(_, _, let id, _): [.integer(id)]
        case .values(let values): Array(values.prefix(part.keyColumns))
        }
    }

    /// Bytes of a row that make it large.
    package var size: Int {
        switch self {
        case .cart(_, let document, _, _): document.count
        case .values(let values):
            values.reduce(0) { sum, value in
                if case .bytes(let bytes) = value { sum + bytes.count } else { sum }
            }
        }
    }

    /// Bytes of rows that are enough for one batch.
    package static let enoughBytes = 8 << 20
}
