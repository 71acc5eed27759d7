/// Reading what is asked for of keys.
extension KeyDraft {
    /// Reads a key that is asked for: `user`, `description` and `permissions`, and what else is wanted of `kind`, `store_id`,
    /// `allowed_ips` and `expires`, the last as a time or as a span from now such as `90d`.
    ///
    /// - Throws: ``CartError`` `.malformedJSON`, or `.invalid` that names the field which is missing, unknown, stands twice, or has a value
    ///   of a wrong type.
    public init(document: [UInt8], at now: Timestamp) throws(CartError) {
        var reader = JSONReader(document, maximumDepth: 8)
        var user: String?
        var description: String?
        var permission: Permission?
        var draft = KeyDraft(user: "", description: "", permission: .read)
        try reader.object { (reader, name) throws(CartError) in
            switch name {
            case "user": user = try reader.text()
            case "description": description = try reader.text()
            case "permissions": permission = try reader.choice()
            case "kind": draft.kind = try reader.choice()
            case "store_id": draft.storeID = try reader.skipNull() ? nil : try reader.integer(in: 1...Int64(Int32.max))
            case "allowed_ips": draft.allowedRanges = try reader.networkRanges()
            case "expires": draft.expires = try reader.skipNull() ? nil : try reader.moment(from: now)
            default: throw .unknownField
            }
        }
        try reader.end()
        guard let user else { throw .invalid("user", "is missing") }
        guard let description else { throw .invalid("description", "is missing") }
        guard let permission else { throw .invalid("permissions", "is missing") }
        draft.user = user
        draft.description = description
        draft.permission = permission
        self = draft
    }
}

extension KeyService.Step {
    /// Reads how a key shall be rotated: `grace`, a span such as `12h`; without it a week. An empty document says nothing.
    ///
    /// - Throws: ``CartError`` `.malformedJSON`, or `.invalid` that names the field.
    public static func rotate(document: [UInt8]) throws(CartError) -> KeyService.Step {
        var grace = TimeSpan.days(7)
        guard !document.isEmpty else { return .rotate(grace: grace) }
        var reader = JSONReader(document, maximumDepth: 8)
        try reader.object { (reader, name) throws(CartError) in
            switch name {
            case "grace":
                guard let span = TimeSpan(text: try reader.string()) else { throw .invalid("", "must be a time such as 0s, 12h or 7d") }
                grace = span
            default: throw .unknownField
            }
        }
        try reader.end()
        return .rotate(grace: grace)
    }
}

extension JSONReader {
    fileprivate mutating func networkRanges() throws(CartError) -> [NetworkRange] {
        var ranges: [NetworkRange] = []
        try array { (reader, place) throws(CartError) in
            guard place < KeyDraft.mostRanges else { throw .invalid("", "is one more than the \(KeyDraft.mostRanges) there can be") }
            guard let range = NetworkRange(try reader.string()) else {
                throw .invalid("", "must be an address or a network such as 192.0.2.0/24")
            }
            ranges.append(range)
        }
        return ranges
    }

    /// A time, or a span from now on.
    fileprivate mutating func moment(from now: Timestamp) throws(CartError) -> Timestamp {
        let text = try string()
        guard let moment = TimeSpan(text: text).map({ now + $0 }) ?? Timestamp(iso8601: text) else {
            throw .invalid("", "must be an ISO 8601 time such as 2030-01-31T00:00:00Z, or a span such as 90d")
        }
        return moment
    }
}
