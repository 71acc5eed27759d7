import CartHTTP
import HTTPTypes
import Hummingbird
import Mustache

/// Fills templates, and sends pages with the headers that keep them from being turned against their reader.
struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    let assets: AssetsView

    /// - Parameter templates: by their names. One that cannot be read is a mistake of the program, which the tests would find.
    init(templates: [String: String], assets: AssetsView) {
        HTMLText.register()
        var library = MustacheLibrary()
        for (name, text) in templates {
            if let template = try? MustacheTemplate(string: HTMLText.pragma + text) { library.register(template, named: name) }
        }
        self.library = library
        self.assets = assets
    }

    func page(_ template: String, _ page: Page<some View>, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: Self.headers, bytes: Array(html(template, page).utf8))
    }

    func html(_ template: String, _ page: Page<some View>) -> String { library.render(page, withTemplate: template) ?? "" }

    private static let headers: HTTPFields = [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        .contentSecurityPolicy: """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
        base-uri 'none'; frame-ancestors 'none'
        """,
        .constant("Referrer-Policy"): "same-origin", .constant("X-Frame-Options"): "DENY",
        .constant("Cross-Origin-Opener-Policy"): "same-origin",
    ]
}
