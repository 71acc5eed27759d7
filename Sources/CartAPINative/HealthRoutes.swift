import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// `/healthz`: the process answers. `/readyz`: so does the store.
struct HealthRoutes: Sendable {
    let store: any CartStore

    func add(to router: Router<CartRequestContext>) {
        router.get("/healthz") { _, _ in answer() }
        router.get("/readyz") { _, _ in
            try await store.check()
            return answer()
        }
    }

    private func answer() -> Response {
        Response(headers: .native, bytes: Array(#"{"status":"ok"}"#.utf8))
    }
}
