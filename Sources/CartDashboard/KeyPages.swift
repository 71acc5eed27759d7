import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// The life of keys, for administrators.
extension Pages {
    func addKeys(to router: Router<CartRequestContext>) {
        get("/keys", on: router) { user, _, context in
            try user.caller.requireManaging()
            return try await keysPage(KeyForm(user: user.user.name), of: user, context)
        }
        post("/keys", on: router, createKey)
        get("/keys/{id}", on: router, keyPage)
        post("/keys/{id}/rotate", on: router, rotateKey)
        post("/keys/{id}/disable", on: router) { user, _, context in try await changeKey(.disable, "disabled", by: user, context) }
        post("/keys/{id}/enable", on: router) { user, _, context in try await changeKey(.enable, "enabled", by: user, context) }
        post("/keys/{id}/revoke", on: router, revokeKey)
    }

    private func keysPage(
        _ form: KeyForm, of user: Operator, _ context: CartRequestContext, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let wording = wording(context)
        let keys = try await store.keys()
        let users = try await store.users().filter(\.role.mayUseCarts)
        let view = KeysView(hasKeys: !keys.isEmpty, keys: keys.map { KeysView.Row($0, wording) }, form: KeyFormView(form, users: users))
        return page("keys", "Keys", in: .keys, of: user, view, status: status)
    }

    @Sendable private func createKey(
        _ user: Operator, _ form: QueryParameters, _ request: Request, _ context: CartRequestContext
    ) async throws -> Response {
        try user.caller.requireManaging()
        var form = KeyForm(form)
        guard let draft = form.draft(at: context.now) else {
            return try await keysPage(form, of: user, context, status: .unprocessableContent)
        }
        let issued: KeyService.Issued
        do {
            issued = try await parts.keys.create(draft, by: context.author(user.caller))
        } catch {
            guard error.code == .invalid else { throw error }
            form.problems = error.fields.map { KeyForm.Problem($0) }
            return try await keysPage(form, of: user, context, status: .unprocessableContent)
        }
        let view = SecretView(created: issued, baseURL: parts.baseURL.text(for: request, context))
        return page("secret", "New key", in: .keys, of: user, view, status: .created)
    }

    @Sendable private func keyPage(_ user: Operator, _ request: Request, _ context: CartRequestContext) async throws -> Response {
        try user.caller.requireManaging()
        let id = try keyID(context)
        guard let entry = try await store.key(id: id) else { throw CartError.noKey }
        let view = KeyView(entry, try await store.usage(ofKey: id), wording(context))
        let done = QueryParameters(request.uri.query)["done"]
        return page("key", "Key \(id)", in: .keys, of: user, view, notice: done.flatMap(Self.notice(ofStep:)))
    }

    @Sendable private func rotateKey(
        _ user: Operator, _ form: QueryParameters, _ request: Request, _ context: CartRequestContext
    ) async throws -> Response {
        try user.caller.requireManaging()
        guard let grace = KeyGrace(rawValue: form["grace"] ?? "") else {
            throw CartError(.invalid, "Choose from the list how long the old secret works.")
        }
        let issued = try await parts.keys.change(try keyID(context), .rotate(grace: grace.span), by: context.author(user.caller))
        let view = SecretView(rotated: issued, baseURL: parts.baseURL.text(for: request, context), wording(context))
        return page("secret", "New secret", in: .keys, of: user, view)
    }

    /// Asks first: what is revoked stays so.
    @Sendable private func revokeKey(_ user: Operator, _ form: QueryParameters, _ context: CartRequestContext) async throws -> Response {
        try user.caller.requireManaging()
        if form["confirmed"] == "1" { return try await changeKey(.revoke, "revoked", by: user, context) }
        guard let entry = try await store.key(id: try keyID(context)) else { throw CartError.noKey }
        let href = KeyView.href(entry.key)
        let view = ConfirmView(
            heading: "Revoke “\(entry.key.description.isolated)”?",
            sentence: "Programs that use this key are refused from now on. A revoked key cannot be enabled again.", hasNames: false,
            names: [], andMore: nil, warning: nil, problem: nil, action: href + "/revoke",
            fields: [FieldView(name: "confirmed", value: "1")], mustType: nil, button: "Revoke the key", cancelHref: href)
        return page("confirm", "Revoke a key", in: .keys, of: user, view)
    }

    private func changeKey(
        _ step: KeyService.Step, _ done: String, by user: Operator, _ context: CartRequestContext
    ) async throws -> Response {
        try user.caller.requireManaging()
        let issued = try await parts.keys.change(try keyID(context), step, by: context.author(user.caller))
        return Self.redirect(to: "\(KeyView.href(issued.entry.key))?done=\(done)")
    }

    private static func notice(ofStep done: String) -> NoticeView? {
        switch done {
        case "disabled": NoticeView(.good, "The key was disabled. Nobody can use it until it is enabled again.")
        case "enabled": NoticeView(.good, "The key was enabled.")
        case "revoked": NoticeView(.good, "The key was revoked.")
        default: nil
        }
    }

    private func keyID(_ context: CartRequestContext) throws(CartError) -> Int64 {
        guard let text = context.parameters.get("id"), let id = Int64(text), text == String(id) else { throw .noKey }
        return id
    }
}
