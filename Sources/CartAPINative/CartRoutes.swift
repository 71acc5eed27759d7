import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/v1/carts/{key}`: a cart as a document.
struct CartRoutes: Sendable {
    let carts: CartService
    let authenticator: Authenticator
    let limits: HTTPLimits

    func add(to group: RouterGroup<CartRequestContext>) {
        group.get("{key}", use: show)
        group.put("{key}", use: put)
        group.delete("{key}", use: delete)
    }

    /// Programs alone use this API; people's names and passwords are for the dialects that know them.
    private func caller(_ request: Request, _ context: CartRequestContext) async throws(CartError) -> Caller {
        guard let credentials = Credentials(authorization: request.headers[.authorization]) else {
            throw CartError(.unauthenticated, "no credentials")
        }
        guard credentials.login.hasPrefix(ConsumerKey.keyPrefix) else { throw CartError(.unauthenticated, "no consumer key") }
        return try await authenticator.caller(showing: credentials, from: context.clientAddress, now: context.now)
    }

    private func key(_ context: CartRequestContext) throws(CartError) -> CartKey {
        guard let key = context.cartKey else {
            throw CartError(.cartNotFound, "No key has this form.")
        }
        return key
    }

    private func show(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await caller(request, context)
        try caller.requireReading()
        let record = try await carts.cart(try key(context), in: caller.storeID)
        return answer(record, cart: try record.cart(), context)
    }

    private func put(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await caller(request, context)
        try caller.requireWriting()
        guard let key = context.cartKey else {
            throw CartError.invalid("key", "must be 1 to 42 of A-Z a-z 0-9 _ -")
        }
        let draft = try CartDraft(document: try await request.body(limit: limits.body), maximumDepth: limits.jsonDepth)
        let saved = try await carts.put(draft, under: key, if: try precondition(request), in: caller.storeID, at: context.now)
        return answer(saved.record, cart: saved.cart, context, status: saved.isNew ? .created : .ok)
    }

    private func delete(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await caller(request, context)
        try caller.requireWriting()
        try await carts.delete(try key(context), if: try precondition(request), in: caller.storeID)
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
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

    private func answer(
        _ record: CartRecord, cart: Cart, _ context: CartRequestContext, status: HTTPResponse.Status = .ok
    ) -> Response {
        let state = cart.state(
            at: context.now, wasAbandoned: record.wasAbandoned, abandonedAfter: carts.policy.abandonedAfter)
        var headers = HTTPFields.native
        headers[.eTag] = "\"\(record.revision)\""
        return Response(status: status, headers: headers, json: record.answer(state: state))
    }
}
