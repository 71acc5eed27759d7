import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// Signing in and out.
extension Pages {
    func addSignIn(to router: Router<CartRequestContext>) {
        router.get("/sign-in") { request, context in
            let parameters = QueryParameters(request.uri.query)
            let notice: NoticeView? =
                if parameters["ended"] != nil {
                    NoticeView(.info, "Your session has ended. Sign in to go on.")
                } else if parameters["out"] != nil {
                    NoticeView(.good, "You are signed out.", clearsSelection: true)
                } else {
                    nil
                }
            let next = Self.local(parameters["next"])
            if notice == nil, try await signedIn(request, context) != nil { return Self.redirect(to: next) }
            return signInPage(notice, next: next, Cookie.form.secret(of: request, context), context)
        }
        router.post("/sign-in", use: signIn)
        post("/sign-out", on: router) { user, _, context in
            try await store.deleteSession(user.secret.sessionID, by: context.author(user.caller))
            var response = Self.redirect(to: "/sign-in?out=1")
            response.headers[.setCookie] = Cookie.session.forget(context)
            return response
        }
    }

    /// Checks name and password. Whoever fails too often is slowed down by the gate, as with every other credential.
    private func signIn(_ request: Request, _ context: CartRequestContext) async throws -> Response {
        let form = try await form(request, limit: 16 << 10)
        context.noteForm(form)
        guard let before = Cookie.form.secret(of: request, context), before.accepts(csrf: form["csrf"]) else { throw CartError.foreignForm }
        let name = form["name"] ?? ""
        // A program's key is no person's name.
        guard !name.isEmpty, !name.hasPrefix(ConsumerKey.keyPrefix) else { throw CartError(.unauthenticated, "no user") }
        let credentials = Credentials(login: name, secret: form["password"] ?? "")
        let caller = try await parts.gate.signIn(credentials, in: context)
        guard case .password = caller.credential else { throw CartError(.unauthenticated, "no password") }
        guard caller.user.role.mayUseCarts else {
            throw CartError(
                .permissionDenied, "Your role does not allow the use of the dashboard.", hiddenReason: "role without the dashboard")
        }
        let secret = SessionSecret(random: parts.random)
        let session = Session(
            id: secret.sessionID, userID: caller.user.id, created: context.now, expires: context.now + Session.lifetime)
        try await store.insert(session, by: context.author(caller))
        var response = Self.redirect(to: Self.local(form["next"]))
        response.headers[.setCookie] = Cookie.session.keep(secret, lifetime: Session.lifetime.milliseconds / 1000, context)
        return response
    }

    /// The page once more, with what was wrong.
    func signInAgain(after error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        let message =
            switch error.code {
            case .unauthenticated: "Name or password is wrong. Check both and try again."
            case .permissionDenied, .tooManyRequests, .unavailable, .tooLarge, .malformedJSON, .invalid, .conflict, .unconfirmed,
                .cartNotFound,
                .keyNotFound, .routeNotFound:
                error.reason
            }
        var response = signInPage(
            NoticeView(.bad, message), name: context.form?["name"] ?? "", next: Self.local(context.form?["next"]),
            Cookie.form.secret(of: request, context), context, status: MessageView(error, requestID: "").code)
        if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    /// The page comes with a secret of its own, so that its form, too, cannot be another's.
    ///
    /// - Parameter standing: the secret that the browser has of a form before, which may be open in another tab.
    private func signInPage(
        _ notice: NoticeView?, name: String = "", next: String, _ standing: SessionSecret?, _ context: CartRequestContext,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let secret = standing ?? SessionSecret(random: parts.random)
        let frame = FrameView(title: "Sign in", assets: renderer.assets, csrf: secret.csrf, user: nil, nav: [], notice: notice)
        var response = renderer.page(
            "sign-in", Page(frame: frame, content: SignInView(name: name, next: next, focusName: name.isEmpty)), status: status)
        response.headers[.setCookie] = Cookie.form.keep(secret, lifetime: 3600, context)
        return response
    }

    /// A path of this server, and no other's; the overview for anything else.
    private static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
        else { return "/" }
        return path
    }
}

struct SignInView: View {
    var name: String
    var next: String
    var focusName: Bool
}
