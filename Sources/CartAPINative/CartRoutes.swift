import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/v1/carts/{key}`: a cart as a document.
struct CartRoutes: Sendable {
    let carts: CartService
    let authenticator: Authenticator
    let clock: any WallClock
    let limits: HTTPLimits

    func add(to group: RouterGroup<CartRequestContext>) {
        group.get("{key}", use: show)
        group.put("{key}", use: put)
        group.delete("{key}", use: delete)
    }

    private func caller(_ request: Request) async throws(CartError) -> Caller {
        guard let credentials = Credentials(authorization: request.headers[.authorization]) else {
            throw CartError(.unauthenticated, "no credentials")
        }
        return try await authenticator.caller(showing: credentials, now: clock.now)
    }

    private func key(_ context: CartRequestContext) throws(CartError) -> CartKey {
        guard let key = CartKey(QueryParameters.decode((context.parameters.get("key") ?? "").utf8)) else {
            throw CartError(.cartNotFound, "No key has this form.")
        }
        return key
    }

    private func show(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        try await caller(request).requireReading()
        let record = try await carts.cart(try key(context))
        return answer(record, cart: try record.cart())
    }

    private func put(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        try await caller(request).requireWriting()
        guard let key = CartKey(QueryParameters.decode((context.parameters.get("key") ?? "").utf8)) else {
            throw CartError.invalid("key", "must be 1 to 42 of A-Z a-z 0-9 _ -")
        }
        let draft = try CartDraft(document: try await request.body(limit: limits.body), maximumDepth: limits.jsonDepth)
        let saved = try await carts.put(draft, under: key, if: try precondition(request))
        return answer(saved.record, cart: saved.cart, status: saved.isNew ? .created : .ok)
    }

    private func delete(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        try await caller(request).requireWriting()
        try await carts.delete(try key(context), if: try precondition(request))
        return Response(status: .noContent, headers: .native)
    }

    /// `If-Match` with the revision, `If-None-Match: *`.
    private func precondition(_ request: Request) throws(CartError) -> CartService.Precondition {
        if let tag = request.headers[.ifMatch] {
            let digits = tag.trimmingPrefix("\"")
            guard digits.hasSuffix("\""), let revision = Int64(digits.dropLast()) else {
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

    /// The stored document with the fields in front that the store and the clock add; the rest is not taken apart.
    private func answer(_ record: CartRecord, cart: Cart, status: HTTPResponse.Status = .ok) -> Response {
        let moment = carts.stateClock
        let state = cart.state(at: moment.now, wasAbandoned: record.wasAbandoned, abandonedAfter: moment.abandonedAfter)
        var body = Array("{\"id\":\(record.id),\"revision\":\(record.revision),\"state\":\"\(state.rawValue)\",".utf8)
        body.append(contentsOf: record.document.dropFirst())
        var headers = HTTPFields.native
        headers[.eTag] = "\"\(record.revision)\""
        return Response(status: status, headers: headers, json: body)
    }
}
