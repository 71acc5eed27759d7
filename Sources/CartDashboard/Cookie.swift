import CartHTTP
import HTTPTypes
import Hummingbird

/// The dashboard's cookies.
enum Cookie: String {
    /// Proves who has signed in.
    case session = "corral"
    /// Proves that the form for signing in came from here. It is another cookie: the form is shown to whoever comes without a session, as
    /// from a link on another site, to which the browser sends none.
    case form = "corral-form"

    /// With TLS the name itself forbids that another host of the domain sets it.
    private func name(_ context: CartRequestContext) -> String {
        (context.scheme == "https" ? "__Host-" : "") + rawValue
    }

    /// The secret that the browser sent; nil if it sent none of the form.
    func secret(of request: Request, _ context: CartRequestContext) -> SessionSecret? {
        request.headers[values: .cookie].lazy.flatMap { $0.split(separator: ";") }
            .compactMap { pair -> SessionSecret? in
                let halves = pair.split(separator: "=", maxSplits: 1)
                guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == name(context) else { return nil }
                return SessionSecret(halves[1])
            }.first
    }

    /// The header that keeps a secret in the browser for `lifetime` seconds.
    func keep(_ secret: SessionSecret, lifetime: Int64, _ context: CartRequestContext) -> String {
        "\(name(context))=\(secret.text); Max-Age=\(lifetime); \(attributes(context))"
    }

    /// The header that takes it away.
    func forget(_ context: CartRequestContext) -> String { "\(name(context))=; Max-Age=0; \(attributes(context))" }

    private func attributes(_ context: CartRequestContext) -> String {
        "Path=/; HttpOnly; SameSite=Strict" + (context.scheme == "https" ? "; Secure" : "")
    }
}
