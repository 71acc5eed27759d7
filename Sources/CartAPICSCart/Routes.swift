import CartCore
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird

/// What each path and method does.
struct Routes: Sendable {
    let carts: CartService
    let gate: Gate
    let timeZone: TimeZone

    func router() -> Router<CartRequestContext> {
        let router = Router(context: CartRequestContext.self)
        router.get("/api/carts") { try await admit($0, $1, list) }
        router.get("/api/carts/{user_id}") { try await admit($0, $1, show) }
        router.delete("/api/carts/{user_id}") { try await admit($0, $1, delete) }
        router.get("/api/version") { request, context in
            try await admit(request, context) { _, _, _ in Response(headers: .cscart, bytes: Array(#"{"Version":"2.1"}"#.utf8)) }
        }
        // Behind the routes: what is none of them asks for credentials, too, before it says so.
        router.add(middleware: UnknownRoute(routes: self))
        return router
    }

    private struct UnknownRoute: RouterMiddleware {
        let routes: Routes

        func handle(
            _ request: Request, context: CartRequestContext, next: (Request, CartRequestContext) async throws -> Response
        ) async throws -> Response {
            _ = try await routes.caller(request, context)
            return try await next(request, context)
        }
    }

    private typealias Handler = @Sendable (Caller, Request, CartRequestContext) async throws -> Response

    /// What every route begins with: who calls, what the caller may do, and whether the answer can be read.
    private func admit(_ request: Request, _ context: CartRequestContext, _ handler: Handler) async throws -> Response {
        let caller = try await caller(request, context)
        guard request.acceptsJSON else { return ErrorBody.notAcceptable.response() }
        if request.method == .get { try caller.requireReading() } else { try caller.requireWriting() }
        return try await handler(caller, request, context)
    }

    private func caller(_ request: Request, _ context: CartRequestContext) async throws(CartError) -> Caller {
        if let caller = try gate.rememberedCaller(of: request, as: .cscart, in: context) { return caller }
        guard let credentials = Credentials(authorization: request.headers[.authorization]) else {
            throw CartError(.unauthenticated, "no credentials")
        }
        return try await gate.caller(showing: credentials, as: .cscart, in: context)
    }

    /// The owner in the path.
    private func ownerID(_ context: CartRequestContext) throws(CartError) -> Int64 {
        let text = QueryParameters.decode((context.parameters.get("user_id") ?? "").utf8)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let owner = Int64(text).flatMap(Owner.init(id:))
        else { throw CartError(.cartNotFound, "No owner has this number.") }
        return owner.id
    }

    @Sendable private func list(_ caller: Caller, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        let list = ListRequest(
            QueryParameters(request.uri.query), storeID: caller.storeID, clock: carts.stateClock(at: context.now), timeZone: timeZone)
        let page = try await carts.store.page(list.query)
        var json = JSONWriter(capacity: 512 + page.records.count * 1024)
        json.beginObject()
        json.name("carts")
        json.beginArray()
        for record in page.records {
            context.withReadable(record) { cart in
                json.beginObject()
                CartWriter(cart).writeFields(to: &json)
                json.endObject()
            }
        }
        json.endArray()
        json.name("params")
        list.writeParameters(total: page.total, to: &json)
        json.endObject()
        return Response(headers: .cscart, json: json)
    }

    /// The newest cart of an owner with something to buy.
    @Sendable private func show(_ caller: Caller, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        guard let record = try await carts.store.newestCart(of: try ownerID(context), in: caller.storeID) else {
            throw CartError(.cartNotFound, "The owner has no cart with anything to buy.")
        }
        var json = JSONWriter(capacity: 4096)
        try record.withStoredCart { CartWriter($0).write(to: &json) }
        return Response(headers: .cscart, json: json)
    }

    @Sendable private func delete(_ caller: Caller, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        try await carts.emptyCarts(of: try ownerID(context), in: caller.storeID, by: context.author(caller))
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }
}

extension Request {
    /// Whether the client can read JSON: it says so, or nothing.
    fileprivate var acceptsJSON: Bool {
        guard let accept = headers.value(.accept) else { return true }
        let types = accept.lowercased().split(separator: ",").map { $0.prefix(while: { $0 != ";" }).filter { $0 != " " } }
        return types.isEmpty || types.contains { ["application/json", "application/*", "*/*"].contains($0) }
    }
}
