import CartCore
import CartHTTP
import Hummingbird

extension Gate {
    /// The caller of a route of this API. Programs alone use it; people's names and passwords are for the dialects that know them.
    ///
    /// - Throws: ``CartError`` `.unauthenticated`, and what ``Gate/caller(showing:as:in:)`` throws.
    func consumerKeyCaller(of request: Request, in context: CartRequestContext) async throws(CartError) -> Caller {
        if let caller = try rememberedCaller(of: request, in: context) { return caller }
        guard let credentials = Credentials(authorization: request.headers[.authorization]) else {
            throw CartError(.unauthenticated, "no credentials")
        }
        guard credentials.login.hasPrefix(ConsumerKey.keyPrefix) else { throw CartError(.unauthenticated, "no consumer key") }
        return try await caller(showing: credentials, in: context)
    }
}
