import CartHTTP
import HTTPTypes
import Hummingbird

/// The dashboard's one cookie.
enum Cookie {
    /// With TLS the name itself forbids that another host of the domain sets it.
    private static func name(_ context: CartRequestContext) -> String {
        context.scheme == "https" ? "__Host-corral" : "corral"
    }

    /// The secret that the browser sent; nil if it sent none of the form.
    static func secret(of request: Request, _ context: CartRequestContext) -> SessionSecret? {
        request.headers[values: .cookie].lazy.flatMap { $0.split(separator: ";") }
            .compactMap { pair -> SessionSecret? in
                let halves = pair.split(separator: "=", maxSplits: 1)
                guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == name(context) else { return nil }
                return SessionSecret(halves[1])
            }.first
    }

    /// The header that keeps a secret in the browser for `lifetime` seconds.
    static func keep(_ secret: SessionSecret, lifetime: Int64, _ context: CartRequestContext) -> String {
        "\(name(context))=\(secret.text); Max-Age=\(lifetime); \(attributes(context))"
    }

    /// The header that takes it away.
    static func forget(_ context: CartRequestContext) -> String { "\(name(context))=; Max-Age=0; \(attributes(context))" }

    private static func attributes(_ context: CartRequestContext) -> String {
        "Path=/; HttpOnly; SameSite=Strict" + (context.scheme == "https" ? "; Secure" : "")
    }
}
