import CartCore
import CartHTTP
import Hummingbird
import ServiceLifecycle

/// `/v1/carts/delete`: removes all carts that a filter finds. First a dry run tells their number and its confirmation; sent back, that
/// removes them.
struct BulkDeleteRoute: Sendable {
    let carts: CartService
    let answers: any CredentialStore
    let gate: Gate
    let limits: HTTPLimits

    func add(to group: RouterGroup<CartRequestContext>) { group.post("delete", use: delete) }

    private func delete(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireWriting()
        let body = try await request.body(limit: limits.body)
        let asked = try BulkDeleteRequest(document: body, maximumDepth: limits.jsonDepth)
        let filter = try asked.filter.narrowedOrRefused(to: caller.storeID, field: "filter.store_id")
        let delete = BulkDelete(filter, in: carts.store, at: carts.stateClock(at: context.now))
        if asked.isDryRun {
            let count = try await delete.count()
            return Self.answer { json in
                json.name("count")
                json.integer(Int64(count))
                json.name("confirmation")
                json.string(delete.confirmation(count: count))
            }
        }
        let once = try IdempotentRequest(request, body: body, caller, context)
        if let once, let kept = try await answers.answer(to: once) { return try Self.answer(kept, once) }
        guard let confirmed = delete.count(confirmedBy: asked.confirmation ?? "") else {
            throw CartError.invalid("confirmation", "is not that of this filter")
        }
        let author = context.author(caller)
        let deleted = try await delete.run(confirmed: confirmed, by: author, shouldStop: { Task.isShuttingDownGracefully })
        if let once {
            // The carts went in many transactions. If the server stopped before this one, the request is done again and finds the rest.
            let kept = Self.kept(deleted, once)
            if case .repeated(let kept) = try await carts.store.apply([], by: author, once: once, answer: { _ in kept }) {
                return try Self.answer(kept, once)
            }
        }
        return Self.answer(deleted: deleted)
    }

    private static func kept(_ deleted: Int, _ request: IdempotentRequest) -> [UInt8] { request.bodyHash + Array("\(deleted)".utf8) }

    private static func answer(_ kept: [UInt8], _ request: IdempotentRequest) throws(CartError) -> Response {
        let count = request.bodyHash.count
        guard kept.starts(with: request.bodyHash), let deleted = Int(String(decoding: kept.dropFirst(count), as: UTF8.self)) else {
            throw .invalid("Idempotency-Key", "was sent before with another body")
        }
        return answer(deleted: deleted)
    }

    private static func answer(deleted: Int) -> Response {
        answer { json in
            json.name("deleted")
            json.integer(Int64(deleted))
        }
    }

    private static func answer(_ members: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        json.beginObject()
        members(&json)
        json.endObject()
        return Response(headers: .native, json: json)
    }
}
