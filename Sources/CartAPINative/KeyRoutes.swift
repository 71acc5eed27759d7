import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/v1/keys`: the life and the use of keys, for administrators' keys with the permission `admin`.
struct KeyRoutes: Sendable {
    let keys: KeyService
    let gate: Gate
    let limits: HTTPLimits

    func add(to group: RouterGroup<CartRequestContext>) {
        group.get(use: list)
        group.post(use: create)
        group.get("{id}", use: show)
        group.get("{id}/usage", use: usage)
        group.post("{id}/rotate") { try await change($0, $1) { body throws(CartError) in try .rotate(document: body) } }
        group.post("{id}/revoke") { try await change($0, $1) { _ throws(CartError) in .revoke } }
        group.post("{id}/disable") { try await change($0, $1) { _ throws(CartError) in .disable } }
        group.post("{id}/enable") { try await change($0, $1) { _ throws(CartError) in .enable } }
    }

    private func manager(_ request: Request, _ context: CartRequestContext) async throws -> Caller {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireManaging()
        return caller
    }

    private func id(_ context: CartRequestContext) throws(CartError) -> Int64 {
        guard let text = context.parameters.get("id"), let id = Int64(text), text == String(id) else { throw .noKey }
        return id
    }

    private func list(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        _ = try await manager(request, context)
        var check = ParameterCheck(QueryParameters(request.uri.query))
        let limit = check.limit()
        let last = check.cursor() ?? 0
        try check.finishKnowingAll()
        let all = try await keys.store.keys()
        let rest = all.drop { $0.key.id <= last }
        let page = rest.prefix(limit)
        return List.response(
            page, next: page.count < rest.count ? page.last.map { ListRequest.cursor($0.key.id) } : nil, total: all.count
        ) { $0.write(to: &$1, at: context.now) }
    }

    private func show(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        _ = try await manager(request, context)
        guard let entry = try await keys.store.key(id: try id(context)) else { throw CartError.noKey }
        return Response(headers: .native, bytes: Self.answer(KeyService.Issued(entry: entry), at: context.now))
    }

    private func usage(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        _ = try await manager(request, context)
        let id = try id(context)
        guard try await keys.store.key(id: id) != nil else { throw CartError.noKey }
        var json = JSONWriter()
        try await keys.store.usage(ofKey: id).write(to: &json)
        return Response(headers: .native, json: json)
    }

    private func create(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await manager(request, context)
        let body = try await request.body(limit: limits.body)
        let answer = try await keys.create(
            try KeyDraft(document: body, at: context.now), by: context.author(caller),
            once: try AnswerSeal(request, body: body, caller, context)
        ) { [now = context.now] in Self.answer($0, at: now) }
        return Response(status: .created, headers: .native, bytes: answer)
    }

    private func change(
        _ request: Request, _ context: CartRequestContext, _ step: ([UInt8]) throws(CartError) -> KeyService.Step
    ) async throws -> Response {
        let caller = try await manager(request, context)
        let body = try await request.body(limit: limits.body)
        let answer = try await keys.change(
            try id(context), try step(body), by: context.author(caller), once: try AnswerSeal(request, body: body, caller, context)
        ) { [now = context.now] in Self.answer($0, at: now) }
        return Response(headers: .native, bytes: answer)
    }

    private static func answer(_ issued: KeyService.Issued, at now: Timestamp) -> [UInt8] {
        var json = JSONWriter()
        issued.entry.write(to: &json, at: now, secret: issued.secret)
        return json.bytes
    }
}

extension AnswerSeal {
    /// - Returns: nil if the client gave the request no name.
    fileprivate init?(_ request: Request, body: [UInt8], _ caller: Caller, _ context: CartRequestContext) throws(CartError) {
        guard let named = try IdempotentRequest(request, body: body, caller, context),
            let credentials = Credentials(authorization: request.headers[.authorization])
        else { return nil }
        self.init(request: named, secret: credentials.secret)
    }
}
