import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/v1/audit`: the audit trail, newest first, for administrators' keys with the permission `admin`.
struct AuditRoute: Sendable {
    let audit: any AuditStore
    let gate: Gate

    func add(to router: Router<CartRequestContext>) { router.get("/v1/audit", use: list) }

    private func list(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireManaging()
        var check = ParameterCheck(QueryParameters(request.uri.query))
        var query = AuditQuery()
        query.filter.actor = check.condition("actor") { $0 }
        query.filter.action = check.choice("action")
        query.filter.subject = check.condition("subject") { $0 }
        query.filter.from = check.timestamp("after")
        query.filter.to = check.timestamp("before")
        query.limit = check.limit()
        query.after = check.read("cursor", "must be the next_cursor of a list", Self.place(cursor:))
        try check.finishKnowingAll()
        let page = try await audit.audit(query)
        return List.response(page.entries[...], next: page.next.map(Self.cursor), total: page.total) { $0.write(to: &$1) }
    }

    private static func cursor(_ place: AuditQuery.Place) -> String {
        Cursor.encode("at:\(place.at.milliseconds):\(place.id)")
    }

    private static func place(cursor: String) -> AuditQuery.Place? {
        guard let text = Cursor.decode(cursor) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "at", let at = Int64(parts[1]), let id = Int64(parts[2]) else { return nil }
        return AuditQuery.Place(at: Timestamp(milliseconds: at), id: id)
    }
}
