import CartCore
import CartHTTP
import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// All pages; each group of them is a file of its own.
struct Pages: Sendable {
    typealias Handler = @Sendable (Operator, Request, CartRequestContext) async throws -> Response
    typealias FormHandler = @Sendable (Operator, QueryParameters, CartRequestContext) async throws -> Response

    let parts: Dashboard.Parts
    let renderer: PageRenderer
    private let assets: AssetFiles

    var store: any Store { parts.store }
    var settings: SettingsShown { parts.settings }

    init(_ parts: Dashboard.Parts) {
        self.parts = parts
        assets = AssetFiles(parts.files)
        renderer = PageRenderer(templates: parts.files.templates, assets: assets.view)
    }

    func add(to router: Router<CartRequestContext>) {
        assets.add(to: router)
        addSignIn(to: router)
        addOverview(to: router)
        addCarts(to: router)
        addCartDeletion(to: router)
        addCart(to: router)
        addKeys(to: router)
        addAudit(to: router)
        addSettings(to: router)
        addEvents(to: router)
    }

    /// A page for those who have signed in; others are sent to sign in and come back.
    func get(_ path: RouterPath, on router: Router<CartRequestContext>, _ handler: @escaping Handler) {
        router.get(path) { request, context in
            guard let user = try await signedIn(request, context) else { return Self.signIn(before: request) }
            return try await handler(user, request, context)
        }
    }

    /// A form of those who have signed in.
    func post(_ path: RouterPath, on router: Router<CartRequestContext>, _ handler: @escaping FormHandler) {
        post(path, on: router) { user, form, _, context in try await handler(user, form, context) }
    }

    /// The same for an answer that depends on the head of the request.
    func post(
        _ path: RouterPath, on router: Router<CartRequestContext>,
        _ handler: @escaping @Sendable (Operator, QueryParameters, Request, CartRequestContext) async throws -> Response
    ) {
        router.post(path) { request, context in
            guard let user = try await signedIn(request, context) else { return Self.redirect(to: "/sign-in?ended=1") }
            let form = try await form(request)
            guard user.secret.accepts(csrf: form["csrf"]) else { throw CartError.foreignForm }
            return try await handler(user, form, request, context)
        }
    }

    /// Who sends a request; nil if nobody has signed in, or no longer.
    func signedIn(_ request: Request, _ context: CartRequestContext) async throws(CartError) -> Operator? {
        guard let secret = Cookie.session.secret(of: request, context),
            let found = try await store.session(secret.sessionID, at: context.now), found.user.role.mayUseCarts
        else { return nil }
        let user = Operator(user: found.user, secret: secret)
        context.noteCaller(user.caller)
        return user
    }

    /// The fields of a form.
    ///
    /// - Parameter limit: bytes.
    /// - Throws: ``CartError`` `.tooLarge` also for more fields than any form of the pages has.
    func form(_ request: Request, limit: Int? = nil) async throws(CartError) -> QueryParameters {
        let body = try await request.body(limit: limit ?? parts.limits.body)
        guard body.count(where: { $0 == UInt8(ascii: "&") }) < Self.mostFields else {
            throw CartError(.tooLarge, "The form has more than \(Self.mostFields) fields.")
        }
        return QueryParameters(String(decoding: body, as: UTF8.self))
    }

    /// As many as carts can be selected, and the others.
    private static let mostFields = 10_100

    func wording(_ context: CartRequestContext) -> Wording { Wording(timeZone: settings.timeZone, now: context.now) }

    func clock(_ context: CartRequestContext) -> StateClock { parts.carts.stateClock(at: context.now) }

    /// A page inside the frame.
    ///
    /// - Parameter section: which part of the navigation it belongs to.
    func page(
        _ template: String, _ title: String, in section: Section, of user: Operator, _ content: some View, notice: NoticeView? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let frame = FrameView(
            title: title, assets: renderer.assets, csrf: user.secret.csrf,
            user: UserView(name: user.user.name, role: user.mayManage ? "Administrator" : "Shop manager"),
            nav: Section.allCases.filter { user.mayManage || !$0.isForManagers }.map {
                NavigationView(id: $0.rawValue, label: $0.label, href: $0.href, isCurrent: $0 == section)
            }, notice: notice)
        return renderer.page(template, Page(frame: frame, content: content), status: status)
    }

    /// The parts of the dashboard.
    enum Section: String, CaseIterable {
        case overview, carts, keys, audit, settings

        var label: String {
            switch self {
            case .overview: "Overview"
            case .carts: "Carts"
            case .keys: "Keys"
            case .audit: "Audit trail"
            case .settings: "Settings"
            }
        }

        var href: String { self == .overview ? "/" : "/" + rawValue }

        var isForManagers: Bool { self == .keys || self == .audit }
    }

    static func redirect(to path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }

    private static func signIn(before request: Request) -> Response {
        // A script that follows changes is told so and no page.
        if request.headers[.requestedWith] != nil || ["/events", "/changes"].contains(request.uri.path) {
            return Response(status: .unauthorized, headers: [.cacheControl: "no-store"])
        }
        return redirect(to: "/sign-in?next=" + QueryParameters.encode(request.uri.string))
    }

    /// What an error looks like to people.
    func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        if request.uri.path == "/sign-in" { return signInAgain(after: error, for: request, context) }
        let message = MessageView(error, requestID: context.id)
        let frame = FrameView(title: message.heading, assets: renderer.assets, csrf: "", user: nil, nav: [], notice: nil)
        var response = renderer.page("message", Page(frame: frame, content: message), status: message.code)
        if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }
}

extension HTTPField.Name {
    static let requestedWith = constant("X-Requested-With")
}

/// The page of an error.
struct MessageView: View {
    var status: String
    var heading: String
    var sentence: String
    var requestID: String?
    var back = LinkView(href: "/", label: "Back to the overview")
    let code: HTTPResponse.Status

    init(_ error: CartError, requestID: String) {
        (code, heading) =
            switch error.code {
            case .malformedJSON, .invalid: (.badRequest, "That does not look right")
            case .cartNotFound: (.notFound, "There is no such cart")
            case .keyNotFound: (.notFound, "There is no such key")
            case .conflict, .unconfirmed: (.conflict, "That has changed meanwhile")
            case .unauthenticated: (.unauthorized, "Please sign in")
            case .permissionDenied: (.forbidden, "You may not do that")
            case .routeNotFound: (.notFound, "There is no such page")
            case .tooLarge: (.contentTooLarge, "That is too large")
            case .tooManyRequests: (.tooManyRequests, "Too many requests")
            case .unavailable: (.serviceUnavailable, "The store cannot be reached")
            }
        status = String(code.code)
        sentence =
            error.code == .cartNotFound
            ? "It may have been deleted or have expired. Look for it in the list, or in the audit trail." : error.reason
        self.requestID = code.code >= 500 ? requestID : nil
        if error.code == .cartNotFound { back = LinkView(href: "/carts", label: "Back to the carts") }
        if error.code == .keyNotFound { back = LinkView(href: "/keys", label: "Back to the keys") }
    }
}
