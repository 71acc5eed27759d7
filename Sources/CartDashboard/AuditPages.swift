import CartCore
import CartHTTP
import Hummingbird

/// The audit trail: all of it for administrators, and the part of one cart for that cart's page.
extension Pages {
    private static let entriesOnPage = 50

    func addAudit(to router: Router<CartRequestContext>) { get("/audit", on: router, auditPage) }

    @Sendable private func auditPage(_ user: Operator, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        try user.caller.requireManaging()
        let search = AuditSearch(QueryParameters(request.uri.query), in: settings.timeZone)
        let found = try await store.audit(AuditQuery(filter: search.filter, after: search.after, limit: Self.entriesOnPage))
        let teller = try await auditTeller(in: nil, context)
        let view = AuditView(
            filters: AuditView.Filters(search), clearHref: search.isFiltered ? "/audit" : nil, hasEntries: !found.entries.isEmpty,
            total: Wording.count(found.total, "entry", "entries"), entries: found.entries.map { AuditEntryView($0, teller) },
            nothing: found.entries.isEmpty ? AuditView.Message(search) : nil, newestHref: search.after == nil ? nil : search.href(),
            olderHref: found.next.map { search.href(after: $0) })
        return page("audit", "Audit trail", in: .audit, of: user, view, notice: search.notice)
    }

    /// What happened to a cart, the newest first. Whoever shows it sees to who may see it.
    ///
    /// - Parameter currency: of the cart, which the audit trail does not tell; without it, totals are shown in minor units.
    func history(
        ofCart key: CartKey, in currency: Currency? = nil, _ context: CartRequestContext
    ) async throws -> [HistoryView] {
        var filter = AuditFilter()
        filter.subject = "cart:" + key.text
        let found = try await store.audit(AuditQuery(filter: filter, limit: Self.entriesOnPage))
        let teller = try await auditTeller(in: currency, context)
        return found.entries.map { HistoryView($0, teller) }
    }

    private func auditTeller(in currency: Currency?, _ context: CartRequestContext) async throws -> AuditTeller {
        AuditTeller(keys: try await store.keys(), users: try await store.users(), currency: currency, wording: wording(context))
    }
}
