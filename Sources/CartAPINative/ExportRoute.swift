import CartCore
import CartHTTP
import Hummingbird

/// `/v1/carts/export`: carts as a file.
struct ExportRoute: Sendable {
    let carts: CartService
    let gate: Gate

    func add(to group: RouterGroup<CartRequestContext>) { group.get("export", use: export) }

    private func export(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let caller = try await gate.consumerKeyCaller(of: request, in: context)
        try caller.requireReading()
        var check = ParameterCheck(QueryParameters(request.uri.query))
        let format: ExportFormat = check.choice("format") ?? .ndjson
        let asked = CartFilter(&check)
        try check.finishKnowingAll()
        let filter = try asked.narrowedOrRefused(to: caller.storeID)
        return try await .export(format, of: filter, in: carts.store, at: carts.stateClock(at: context.now), context)
    }
}

extension CartFilter {
    /// The same among the carts of the one store that a caller may see, where nothing at all could be mistaken for an answer.
    ///
    /// - Throws: ``CartError`` `.invalid` if the filter asks for another store.
    func narrowedOrRefused(to storeID: Int64?, field: String = "store_id") throws(CartError) -> CartFilter {
        guard let filter = narrowed(to: storeID) else {
            throw .invalid(field, "must be \(storeID ?? 1), the store of the key")
        }
        return filter
    }
}
