/// Which entries of the audit trail are asked for; a condition that is nil is none.
public struct AuditFilter: Hashable, Sendable {
    /// ``AuditEntry/actor`` to the letter.
    public var actor: String?
    public var action: AuditAction?
    /// ``AuditEntry/subject`` to the letter.
    public var subject: String?
    /// At this moment or later.
    public var from: Timestamp?
    /// At this moment or before.
    public var to: Timestamp?

    public init() {}
}

/// One page of the audit trail, newest first; entries of one moment with the highest id first.
public struct AuditQuery: Hashable, Sendable {
    /// A place in the trail: an entry's moment and id.
    public struct Place: Hashable, Sendable {
        public var at: Timestamp
        public var id: Int64

        public init(at: Timestamp, id: Int64) {
            self.at = at
            self.id = id
        }
    }

    public var filter: AuditFilter
    /// The page begins behind it; nil: with the newest.
    public var after: Place?
    /// 1…1000 entries.
    public var limit: Int

    public init(filter: AuditFilter = AuditFilter(), after: Place? = nil, limit: Int = 50) {
        self.filter = filter
        self.after = after
        self.limit = limit
    }
}

/// What a store answers to an ``AuditQuery``.
public struct AuditPage: Hashable, Sendable {
    public var entries: [AuditEntry]
    /// How many entries the filter finds on all pages.
    public var total: Int
    /// Where the next page begins; nil after the last.
    public var next: AuditQuery.Place?

    public init(entries: [AuditEntry], total: Int, next: AuditQuery.Place?) {
        self.entries = entries
        self.total = total
        self.next = next
    }
}
