import CartCore

/// Tells entries of the audit trail in the words of people.
struct AuditTeller: Sendable {
    private let keys: [Int64: String]
    private let users: [Int64: String]
    private let currency: Currency?
    let wording: Wording

    /// - Parameter currency: of all totals; nil: nobody knows.
    init(keys: [KeyAndUser], users: [User], currency: Currency?, wording: Wording) {
        self.keys = keys.reduce(into: [:]) { $0[$1.key.id] = $1.key.description }
        self.users = users.reduce(into: [:]) { $0[$1.id] = $1.name }
        self.currency = currency
        self.wording = wording
    }

    /// Who it was: `key 3, Stock report`, `anna`, `command line, root`, `service sweep`, `nobody`.
    ///
    /// - Parameter actor: ``AuditEntry/actor``
    func name(ofActor actor: String) -> String {
        let (kind, name) = Self.halves(actor)
        return switch kind {
        case "key": Int64(name).flatMap { keys[$0] }.map { "key \(name), \($0)" } ?? "key \(name)"
        case "user": self.name(ofUser: name)
        case "cli": "command line, \(name)"
        case "service": "service \(name)"
        case "anonymous": "nobody"
        default: actor
        }
    }

    private func name(ofUser id: String) -> String { Int64(id).flatMap { users[$0] } ?? "user \(id)" }

    /// The page of what an entry is about; nil if there is none, or what it showed is gone.
    func href(ofSubjectOf entry: AuditEntry) -> String? {
        let (kind, name) = Self.halves(entry.subject)
        return switch kind {
        case "cart": entry.action == .cartDelete ? nil : CartKey(name).map { "/carts/\($0.text)" }
        case "key": Int64(name).flatMap { keys[$0] == nil ? nil : "/keys/\($0)" }
        default: nil
        }
    }

    /// What the entry says of before and after: of a change what differs, else all. Details that cannot be read are shown as they are.
    func changes(of entry: AuditEntry) -> [ChangeView] {
        guard let details = try? AuditDetails(entry.details) else {
            return [ChangeView(name: "Details", before: nil, after: String(decoding: entry.details, as: UTF8.self))]
        }
        let isChange = !details.before.isEmpty && !details.after.isEmpty
        let names = details.after.map(\.name) + details.before.map(\.name).filter { name in !details.after.contains { $0.name == name } }
        var changes: [ChangeView] = []
        // The revision is the number of the entry, and new with every write.
        for name in names where name != "revision" {
            let before = details.before.first { $0.name == name }?.value
            let after = details.after.first { $0.name == name }?.value
            if isChange, before == after { continue }
            changes.append(
                ChangeView(
                    name: label(of: name, in: entry.action), before: before.map { say($0, name) }, after: after.map { say($0, name) }))
        }
        for member in details.others {
            let after = member.value.map { say($0, member.name) }
            changes.append(ChangeView(name: label(of: member.name, in: entry.action), before: nil, after: after))
        }
        return changes
    }

    private func label(of name: String, in action: AuditAction) -> String {
        switch name {
        case "owner_id": "Owner"
        case "total": currency == nil ? "Total in minor units" : "Total"
        case "products": "Products"
        case "email": "E-mail"
        case "description": "Description"
        case "user_id": "User"
        case "permissions": "Permission"
        case "state": "State"
        case "store_id": "Store"
        case "allowed_ips": "Allowed addresses"
        case "expires": "Expires"
        case "grace_until": "Old secret works until"
        case "name": "Name"
        case "role": "Role"
        case "count": action == .requestRefused ? "Times" : "Carts"
        case "reason": "Reason"
        case "until": "Until"
        default: name
        }
    }

    private func say(_ value: String, _ name: String) -> String {
        switch name {
        case "total":
            Int64(value).map { minor in currency.map { Wording.money(minor, $0) } ?? Wording.number(minor) } ?? value
        case "products", "count": Int64(value).map { Wording.number($0) } ?? value
        case "expires", "grace_until", "until": Timestamp(iso8601: value).map(wording.text) ?? value
        case "user_id": self.name(ofUser: value)
        case "permissions": Permission(rawValue: value)?.label ?? value
        case "role": Role(rawValue: value)?.label ?? value
        default: value
        }
    }

    /// `key:3` as `key` and `3`.
    private static func halves(_ text: String) -> (kind: String, name: String) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (halves.first ?? "", halves.count > 1 ? halves[1] : "")
    }
}

/// The details of an entry, taken from its JSON.
private struct AuditDetails {
    typealias Member = (name: String, value: String?)

    let before: [Member]
    let after: [Member]
    let others: [Member]

    init(_ details: [UInt8]) throws(CartError) {
        var json = JSONReader(details, maximumDepth: 8)
        var before: [Member] = []
        var after: [Member] = []
        var others: [Member] = []
        try json.object { (json, name) throws(CartError) in
            switch name {
            case "before": before = try json.members()
            case "after": after = try json.members()
            default: others.append((name, try json.plainText()))
            }
        }
        self.before = before
        self.after = after
        self.others = others
    }
}

extension JSONReader {
    /// The members of an object in their order.
    fileprivate mutating func members() throws(CartError) -> [AuditDetails.Member] {
        var members: [AuditDetails.Member] = []
        try object { (json, name) throws(CartError) in members.append((name, try json.plainText())) }
        return members
    }

    /// Any value as a text; nil for `null`.
    fileprivate mutating func plainText() throws(CartError) -> String? {
        switch try peek() {
        case .string: return try string()
        case .number: return try number()
        case .bool: return try bool() ? "yes" : "no"
        case .null:
            _ = try skipNull()
            return nil
        case .array:
            var texts: [String] = []
            try array { (json, _) throws(CartError) in
                if let text = try json.plainText() { texts.append(text) }
            }
            return texts.joined(separator: ", ")
        case .object: return String(decoding: try verbatim(), as: UTF8.self)
        }
    }
}
