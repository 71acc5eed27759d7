import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/v1/carts`: carts as documents.
struct CartRoutes: Sendable {
    let carts: CartService
    let gate: Gate
    let limits: HTTPLimits

    func add(to group: RouterGroup<CartRequestContext>) {
        group.get(use: list)
        group.get("{key}", use: show)
        group.put("{key}", use: put)
        group.delete("{key}", use: delete)
    }

    /// The same for carts that are called like a route. Only `GET /v1/carts/export` is always the route.
    func addNamesakes(to group: RouterGroup<CartRequestContext>) {
        for name in ["delete", "export"] {
            group.put(RouterPath(name), use: put)
            group.delete(RouterPath(name), use: delete)
        }
        group.get("delete", use: show)
    }

    /// The key at the end of the path; nil if no cart can have it.
    private func key(_ request: Request, _ context: CartRequestContext) -> CartKey? {
        context.cartKey ?? request.uri.path.split(separator: "/").last.flatMap { CartKey(String($0)) }
    }

    private func standingKey(_ request: Request, _ context: CartRequestContext) throws(CartError) -> CartKey {
        guard let key = key(request, context) else { throw CartError(.cartNotFound, "No key has this form.") }
        return key
    }

    private func list(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireReading()
        let list = try ListRequest(QueryParameters(request.uri.query))
        let clock = carts.stateClock(at: context.now)
        var page = CartPage(records: [], total: 0, next: nil)
        if let filter = list.filter.narrowed(to: caller.storeID) {
            let start = CartPosition(value: .integer(list.last), ownerID: .max, id: list.last)
            page = try await carts.store.page(CartQuery(filter: filter, clock: clock, start: .after(start), limit: list.limit))
        }
        return List.response(page.records[...], next: page.next.map { ListRequest.cursor($0.id) }, total: page.total) { record, json in
            context.withReadable(record) { _ in record.write(state: record.state(at: clock), to: &json) }
        }
    }

    private func show(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireReading()
        let record = try await carts.cart(try standingKey(request, context), in: caller.storeID)
        // A document that is damaged is not handed on.
        return try record.withStoredCart { _ in answer(record, state: record.state(at: carts.stateClock(at: context.now))) }
    }

    private func put(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireWriting()
        guard let key = key(request, context) else {
            throw CartError.invalid("key", "must be 1 to 42 of A-Z a-z 0-9 _ -")
        }
        let body = try await request.body(limit: limits.body)
        let draft = try CartDraft(document: body, maximumDepth: limits.jsonDepth)
        let saved = try await carts.put(
            draft, under: key, if: try precondition(request), in: caller.storeID, by: context.author(caller),
            once: try IdempotentRequest(request, body: body, caller, context))
        return answer(saved.record, state: saved.state, status: saved.isNew ? .created : .ok)
    }

    private func delete(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireWriting()
        let body = try await request.body(limit: limits.body)
        try await carts.delete(
            try standingKey(request, context), if: try precondition(request), in: caller.storeID, by: context.author(caller),
            once: try IdempotentRequest(request, body: body, caller, context))
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }

    /// `If-Match` with the revision, `If-None-Match: *`.
    private func precondition(_ request: Request) throws(CartError) -> CartService.Precondition {
        if let tag = request.headers[.ifMatch] {
            guard let match = tag.wholeMatch(of: /"([0-9]+)"/), let revision = Int64(match.1) else {
                throw .invalid("If-Match", "must be an ETag of the cart")
            }
            return .revision(revision)
        }
        if let tag = request.headers[.ifNoneMatch] {
            guard tag == "*" else { throw .invalid("If-None-Match", "must be *") }
            return .absent
        }
        return .none
    }

    private func answer(_ record: CartRecord, state: CartState, status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields.native
        headers[.eTag] = "\"\(record.revision)\""
        var json = JSONWriter(capacity: record.document.count + 128)
        record.write(state: state, to: &json)
        return Response(status: status, headers: headers, json: json)
    }
}
