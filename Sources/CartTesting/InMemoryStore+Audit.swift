import CartCore
import Synchronization

extension InMemoryStore {
    /// One page of the audit trail, by looking at every entry there is.
    public func audit(_ query: AuditQuery) async throws(CartError) -> AuditPage {
        let found = state.withLock { $0.audit }.filter { query.filter.matches($0) }.sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        let rest = found.drop { entry in query.after.map { (entry.at, entry.id) >= ($0.at, $0.id) } ?? false }
        let page = rest.prefix(query.limit)
        let next = page.count < rest.count ? page.last.map { AuditQuery.Place(at: $0.at, id: $0.id) } : nil
        return AuditPage(entries: Array(page), total: found.count, next: next)
    }

    /// The next entries; they are kept in the order of their ids.
    public func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry] {
        Array(state.withLock { $0.audit }.filter { $0.id > id }.prefix(limit))
    }

    /// Keeps entries in their order.
    public func add(_ entries: [AuditEntry]) async throws(CartError) {
        state.withLock { state in
            for entry in entries { state.note(entry) }
        }
    }

    /// Removes the oldest entries.
    public func forgetAudit(before moment: Timestamp, limit: Int) async throws(CartError) -> Int {
        state.withLock { state in
            let old = state.audit.filter { $0.at < moment }.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.prefix(limit).map(\.id)
            let refused = state.audit.filter { $0.action == .requestRefused && !old.contains($0.id) }.sorted {
                ($0.at, $0.id) > ($1.at, $1.id)
            }
            let removed = Set(old + refused.dropFirst(AuditEntry.mostRefusals).prefix(limit - old.count).map(\.id))
            state.audit.removeAll { removed.contains($0.id) }
            return removed.count
        }
    }
}

extension AuditFilter {
    fileprivate func matches(_ entry: AuditEntry) -> Bool {
        if let actor, !actor.utf8.elementsEqual(entry.actor.utf8) { return false }
        if let subject, !subject.utf8.elementsEqual(entry.subject.utf8) { return false }
        if let action, action != entry.action { return false }
        if let from, entry.at < from { return false }
        if let to, entry.at > to { return false }
        return true
    }
}
