import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// What each path and method does.
struct Routes: Sendable {
    let carts: CartService
    let gate: Gate
    let baseURL: BaseURL
    let limits: HTTPLimits
    let dateFormat: CoCartAPI.DateFormat?

    /// `preview` is the name under which the consumer-key guide's environments know the API.
    func router() -> Router<CartRequestContext> {
        let router = Router(context: CartRequestContext.self)
        for namespace in ["cocart/v2", "cocart/preview/v2"] {
            let group = router.group(RouterPath("\(CoCartAPI.root)/\(namespace)"))
            group.get("sessions", use: list)
            for path in ["session/{key}", "sessions/{key}"] {
                group.get(RouterPath(path + "/items"), use: items)
            }
            group.get("session/{key}", use: storedCart)
            group.get("sessions/{key}", use: row)
            group.delete("session/{key}", use: deleteQuietly)
            group.delete("sessions/{key}", use: delete)
        }
        return router
    }

    /// What every route begins with: who calls, and a body that is at least JSON.
    private func caller(_ request: Request, _ context: CartRequestContext) async throws(CartError) -> (
        caller: Caller, parameters: QueryParameters
    ) {
        let parameters = QueryParameters(request.uri.query)
        let caller = try await caller(request, parameters, context)
        if request.method == .get { try caller.requireReading() } else { try caller.requireWriting() }
        let body = try await request.body(limit: limits.body)
        if !body.isEmpty, request.isJSON {
            var reader = JSONReader(body, maximumDepth: limits.jsonDepth)
            try reader.skip()
            try reader.end()
        }
        return (caller, parameters)
    }

    /// From the query, if both parts stand there, else from the header: WooCommerce's order. A person's password is not taken from a URL,
    /// which ends up in logs.
    private func caller(
        _ request: Request, _ parameters: QueryParameters, _ context: CartRequestContext
    ) async throws(CartError) -> Caller {
        if let key = parameters["consumer_key"], let secret = parameters["consumer_secret"], !key.isEmpty, !secret.isEmpty {
            guard key.hasPrefix(ConsumerKey.keyPrefix) else { throw CartError(.unauthenticated, "no consumer key in the query") }
            return try await gate.caller(showing: Credentials(login: key, secret: secret), in: context)
        }
        if let caller = try gate.rememberedCaller(of: request, in: context) { return caller }
        guard let credentials = Credentials(authorization: request.headers[.authorization]) else {
            throw CartError(.unauthenticated, "no credentials")
        }
        return try await gate.caller(showing: credentials, in: context)
    }

    private func key(_ context: CartRequestContext) throws(CartError) -> CartKey {
        guard let key = context.cartKey else { throw CartError(.cartNotFound, "No key has this form.") }
        return key
    }

    private func list(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let (caller, parameters) = try await caller(request, context)
        let list = try ListRequest(parameters, storeID: caller.storeID, clock: carts.stateClock(at: context.now))
        let page = try await carts.store.page(list.query)
        let base = baseURL.text(for: request, context)
        let writer = RowWriter(dateFormat: list.dateFormat ?? dateFormat ?? .standard(for: caller), baseURL: base)
        var json = JSONWriter(capacity: 256 + page.records.count * 2048)
        json.beginArray()
        for record in page.records { context.withReadable(record) { writer.write($0, id: record.id, to: &json) } }
        json.endArray()
        var headers = HTTPFields.cocart(at: context.now)
        headers[.wpTotal] = String(page.total)
        headers[.wpTotalPages] = String(list.pages(of: page.total))
        headers[.accessControlExposeHeaders] = "X-WP-Total, X-WP-TotalPages, Link"
        if let links = list.links(total: page.total, path: base + request.uri.path, parameters) {
            headers[.link] = links
        }
        return Response(headers: headers, json: try FieldSelection(parameters).apply(to: json))
    }

    private func row(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let (caller, parameters) = try await caller(request, context)
        let format = try parameters.dateFormat()
        let record = try await carts.cart(try key(context), in: caller.storeID)
        let writer = RowWriter(dateFormat: format ?? dateFormat ?? .standard(for: caller), baseURL: baseURL.text(for: request, context))
        var json = JSONWriter(capacity: 2048)
        try record.withStoredCart { writer.write($0, id: record.id, to: &json) }
        return try answer(json, parameters, context)
    }

    private func storedCart(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let (caller, parameters) = try await caller(request, context)
        let writer = StoredCartWriter(showsImages: try parameters.bool("thumb") ?? true)
        let record = try await carts.cart(try key(context), in: caller.storeID)
        var json = JSONWriter(capacity: 4096)
        try record.withStoredCart { writer.write($0, to: &json) }
        return try answer(json, parameters, context)
    }

    private func items(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let (caller, parameters) = try await caller(request, context)
        let writer = StoredCartWriter(showsImages: try parameters.bool("thumb") ?? true)
        let record = try await carts.cart(try key(context), in: caller.storeID)
        var json = JSONWriter(capacity: 2048)
        try record.withStoredCart { writer.writeItems(of: $0, to: &json) }
        return try answer(json, parameters, context)
    }

    /// The older spelling, whose answer is a sentence.
    private func deleteQuietly(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let (caller, parameters) = try await caller(request, context)
        try await carts.delete(try key(context), in: caller.storeID, by: context.author(caller))
        var json = JSONWriter()
        json.string("Session successfully deleted!")
        return try answer(json, parameters, context)
    }

    private func delete(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let (caller, parameters) = try await caller(request, context)
        let key = try key(context)
        try await carts.delete(key, in: caller.storeID, by: context.author(caller))
        var json = JSONWriter()
        json.beginObject()
        json.name("deleted")
        json.bool(true)
        json.name("cart_key")
        json.string(key.text)
        json.endObject()
        return try answer(json, parameters, context)
    }

    private func answer(_ json: consuming JSONWriter, _ parameters: QueryParameters, _ context: CartRequestContext) throws(CartError)
        -> Response
    {
        Response(headers: .cocart(at: context.now), json: try FieldSelection(parameters).apply(to: json))
    }
}

extension CoCartAPI.DateFormat {
    /// The guide's clients, which use consumer keys, compute with seconds; people with a password read the plugin's text.
    static func standard(for caller: Caller) -> Self {
        switch caller.credential {
        case .consumerKey: .unix
        case .password: .text
        }
    }
}
