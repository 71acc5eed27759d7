/// What the audit trail tells of.
public enum AuditAction: String, Hashable, Sendable, CaseIterable {
    case cartCreate = "cart.create"
    case cartReplace = "cart.replace"
    case cartDelete = "cart.delete"
    /// An empty store was filled with carts.
    case cartsFill = "carts.fill"
    case keyCreate = "key.create"
    case keyRotate = "key.rotate"
    case keyRevoke = "key.revoke"
    case keyDisable = "key.disable"
    case keyEnable = "key.enable"
    case userCreate = "user.create"
    case userRole = "user.role"
    case userPassword = "user.password"
    case userDelete = "user.delete"
    case userSignIn = "user.sign_in"
    case userSignOut = "user.sign_out"
    /// A backup took the place of everything that the store held.
    case storeRestore = "store.restore"
    /// Calls that were refused, those of a minute together.
    case requestRefused = "request.refused"
}

/// One line of the audit trail: who did what, from where, and how things were before and after.
///
/// It holds no secret, and of customers nothing but masked e-mail addresses.
public struct AuditEntry: Hashable, Sendable {
    /// Entries about refused calls that are kept at most.
    public static let mostRefusals = 1_000_000

    /// From the counter of revisions; that of a cart's write is the revision it made. 0 before the entry is kept.
    public var id: Int64
    public var at: Timestamp
    /// ``Author/Identity`` as text.
    public var actor: String
    /// From where; nil if unknown or the machine itself.
    public var address: String?
    public var action: AuditAction
    /// What it was done to: `cart:KEY`, `key:ID`, `user:ID`, `carts` for a store that was filled, `store` for one that was restored; empty for refused calls that showed no known key.
    public var subject: String
    /// A JSON object, in short: `before` and `after`, or how often and why.
    public var details: [UInt8]

    public init(
        id: Int64 = 0, at: Timestamp, actor: String, address: String?, action: AuditAction, subject: String, details: [UInt8]
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.address = address
        self.action = action
        self.subject = subject
        self.details = details
    }

    /// The entry as JSON, as the API and the command line show it.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("id")
        json.integer(id)
        json.name("at")
        json.timestamp(at)
        json.name("actor")
        json.string(actor)
        json.name("address")
        if let address { json.string(address) } else { json.null() }
        json.name("action")
        json.string(action.rawValue)
        json.name("subject")
        if subject.isEmpty { json.null() } else { json.string(subject) }
        json.name("details")
        json.raw(details)
        json.endObject()
    }
}

/// The entries that changes leave, one rule for all stores.
extension AuditEntry {
    private init(_ action: AuditAction, _ subject: String, by author: Author, details: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        details(&json)
        json.endObject()
        self.init(
            at: author.now, actor: author.identity.description, address: author.address?.description, action: action, subject: subject,
            details: json.bytes)
    }

    /// A cart that was created, replaced or deleted; nil is no cart.
    public static func cart(_ key: String, from old: CartSummary?, to new: CartSummary?, by author: Author) -> AuditEntry {
        let action: AuditAction = new == nil ? .cartDelete : old == nil ? .cartCreate : .cartReplace
        return AuditEntry(action, "cart:" + key, by: author) { json in
            old?.write(as: "before", to: &json)
            new?.write(as: "after", to: &json)
        }
    }

    /// An empty store that was filled with carts.
    public static func fill(count: Int, by author: Author) -> AuditEntry {
        AuditEntry(.cartsFill, "carts", by: author) { json in
            json.name("count")
            json.integer(Int64(count))
        }
    }

    /// A key that is new, or was changed.
    public static func key(_ action: AuditAction, from old: ConsumerKey?, to new: ConsumerKey, by author: Author) -> AuditEntry {
        AuditEntry(action, "key:\(new.id)", by: author) { json in
            old?.writeSummary(as: "before", at: author.now, to: &json)
            new.writeSummary(as: "after", at: author.now, to: &json)
        }
    }

    /// A user who is new, was changed or was deleted; nil is no user.
    public static func user(_ action: AuditAction, from old: User?, to new: User?, by author: Author) -> AuditEntry {
        AuditEntry(action, "user:\(new?.id ?? old?.id ?? 0)", by: author) { json in
            old?.writeSummary(as: "before", to: &json)
            new?.writeSummary(as: "after", to: &json)
        }
    }

    /// A store that was replaced by a backup.
    ///
    /// - Parameter revision: the last one of the backup.
    public static func restore(carts: Int, revision: Int64, by author: Author) -> AuditEntry {
        AuditEntry(.storeRestore, "store", by: author) { json in
            json.name("carts")
            json.integer(Int64(carts))
            json.name("revision")
            json.integer(revision)
        }
    }

    /// A user who signed in to the dashboard, or out.
    public static func session(_ action: AuditAction, of userID: Int64, by author: Author) -> AuditEntry {
        AuditEntry(action, "user:\(userID)", by: author) { _ in }
    }

    /// Calls that were refused for the same reason.
    ///
    /// - Parameters:
    ///   - author: who called first, and when.
    ///   - keyID: the key that was shown, whoever showed it; nil if it is none that exists.
    static func refusals(_ count: Int, reason: String, keyID: Int64?, until: Timestamp, by author: Author) -> AuditEntry {
        AuditEntry(.requestRefused, keyID.map { "key:\($0)" } ?? "", by: author) { json in
            json.name("reason")
            json.string(reason)
            json.name("count")
            json.integer(Int64(count))
            json.name("until")
            json.timestamp(until)
        }
    }
}

extension ConsumerKey {
    fileprivate func writeSummary(as name: String, at now: Timestamp, to json: inout JSONWriter) {
        json.name(name)
        json.beginObject()
        json.name("description")
        json.string(description)
        json.name("user_id")
        json.integer(userID)
        json.name("permissions")
        json.string(permission.rawValue)
        json.name("state")
        json.string(state(at: now).rawValue)
        if let storeID {
            json.name("store_id")
            json.integer(storeID)
        }
        if !allowedRanges.isEmpty {
            json.name("allowed_ips")
            json.beginArray()
            for range in allowedRanges { json.string(range.text) }
            json.endArray()
        }
        if let expires {
            json.name("expires")
            json.timestamp(expires)
        }
        if let previous {
            json.name("grace_until")
            json.timestamp(previous.until)
        }
        json.endObject()
    }
}

extension User {
    fileprivate func writeSummary(as name: String, to json: inout JSONWriter) {
        json.name(name)
        json.beginObject()
        json.name("name")
        json.string(self.name)
        json.name("role")
        json.string(role.rawValue)
        json.name("email")
        json.string(Masking.email(email))
        json.endObject()
    }
}
