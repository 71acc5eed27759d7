import CartCore
import CartHTTP
import Hummingbird
import ServiceLifecycle

/// Deleting carts: those that are selected, or all that the filter finds. What will go is shown first.
extension Pages {
    /// Carts that are named on the page of confirmation.
    private static let named = 5
    /// Carts that can be selected at once.
    private static let mostSelected = 10_000
    /// From so many on, their number must be typed.
    private static let typedFrom = 100

    func addCartDeletion(to router: Router<CartRequestContext>) {
        post("/carts/delete", on: router) { user, form, context in
            try user.caller.requireWriting()
            return try await confirmation(user, form, context, problem: nil)
        }
        post("/carts/delete/confirm", on: router, deleteCarts)
    }

    @Sendable private func deleteCarts(_ user: Operator, _ form: QueryParameters, _ context: CartRequestContext) async throws -> Response {
        try user.caller.requireWriting()
        let author = context.author(user.caller)
        let outcome = form["found"] == nil ? try await deleteSelected(form, by: author) : try await deleteFound(form, by: author, context)
        switch outcome {
        case .refused(let problem): return try await confirmation(user, form, context, problem: problem)
        case .deleted(let count):
            let back = Self.listPath(form["back"])
            return Self.redirect(to: "\(back)\(back.contains("?") ? "&" : "?")deleted=\(count)")
        }
    }

    private enum Outcome {
        case deleted(Int)
        /// Nothing was deleted, for a reason to show.
        case refused(String)
    }

    private static let wrongNumber = "The number that you typed is not the number of carts."

    private func deleteFound(_ form: QueryParameters, by author: Author, _ context: CartRequestContext) async throws -> Outcome {
        let moment = form["at"].flatMap { Int64($0) }.map(Timestamp.init(milliseconds:)) ?? context.now
        let delete = try bulkDelete(form, at: moment, context)
        guard let confirmed = delete.count(confirmedBy: form["confirmation"] ?? "") else {
            return .refused("The filter has changed. Look at the number again.")
        }
        if confirmed >= Self.typedFrom, Self.typedNumber(form) != confirmed { return .refused(Self.wrongNumber) }
        do {
            return .deleted(try await delete.run(confirmed: confirmed, by: author, shouldStop: { Task.isShuttingDownGracefully }))
        } catch {
            guard error.code == .unconfirmed else { throw error }
            return .refused("More carts match now. Look at the number again.")
        }
    }

    private func deleteSelected(_ form: QueryParameters, by author: Author) async throws -> Outcome {
        let keys = Self.selectedKeys(form)
        if keys.count >= Self.typedFrom, Self.typedNumber(form) != keys.count { return .refused(Self.wrongNumber) }
        var deleted = 0
        for start in stride(from: 0, to: keys.count, by: 500) {
            let changes = keys[start..<min(start + 500, keys.count)].map { CartChange.delete($0, revision: nil) }
            for case .deleted in try await store.apply(changes, by: author) { deleted += 1 }
        }
        return .deleted(deleted)
    }

    /// - Parameter moment: of which periods are meant: that of the first look, or those that end now would be others at each step.
    private func bulkDelete(
        _ form: QueryParameters, at moment: Timestamp, _ context: CartRequestContext
    ) throws(CartError) -> BulkDelete {
        let query = cartsQuery(form, at: moment)
        // A condition that is not understood must not let more carts go.
        if let problem = query.problems.first { throw CartError(.invalid, problem.rule) }
        return BulkDelete(query.filter, in: store, at: clock(context))
    }

    /// Asks whether the carts shall really go.
    private func confirmation(
        _ user: Operator, _ form: QueryParameters, _ context: CartRequestContext, problem: String?
    ) async throws -> Response {
        let back = Self.listPath(form["back"])
        var fields = [FieldView(name: "back", value: back)]
        let count: Int
        var names: [ConfirmView.Name] = []
        var sentence: String
        if form["found"] != nil {
            let query = cartsQuery(form, at: context.now)
            let delete = try bulkDelete(form, at: context.now, context)
            count = try await delete.count()
            let page = try await store.page(CartQuery(filter: query.filter, clock: clock(context), sort: query.sort, limit: Self.named))
            names = self.names(page.records, context)
            let conditions = chips(query).map { "\($0.label.lowercased()) \($0.value)" }.joined(separator: ", ")
            sentence = conditions.isEmpty ? "All carts are removed." : "All carts that match the filter are removed: \(conditions)."
            fields += query.set.map { FieldView(name: $0.name, value: $0.value) }
            fields += [FieldView(name: "found", value: "1"), FieldView(name: "confirmation", value: delete.confirmation(count: count))]
            fields.append(FieldView(name: "at", value: String(context.now.milliseconds)))
        } else {
            let keys = Self.selectedKeys(form)
            guard keys.count <= Self.mostSelected else {
                throw CartError(.invalid, "At most \(Wording.number(Self.mostSelected)) carts can be selected at once.")
            }
            count = keys.count
            var records: [CartRecord] = []
            for key in keys.prefix(Self.named) {
                if let record = try await store.cart(key) { records.append(record) }
            }
            names = self.names(records, context)
            sentence = count == 1 ? "This cart is removed." : "These carts are removed."
            fields += keys.map { FieldView(name: "key", value: $0.text) }
        }
        guard count > 0 else { return Self.redirect(to: back) }
        let carts = Wording.count(count, "cart")
        let view = ConfirmView(
            heading: "Delete \(carts)?", sentence: sentence, hasNames: !names.isEmpty, names: names,
            andMore: count > names.count && !names.isEmpty ? "and \(Wording.number(count - names.count)) more" : nil,
            warning: "This cannot be undone." + (count > 1 ? " Export them first if you may need them." : ""), problem: problem,
            action: "/carts/delete/confirm", fields: fields, mustType: count >= Self.typedFrom ? String(count) : nil,
            button: "Delete \(carts)", cancelHref: Self.cartPath(form["back"]) ?? back)
        return page("confirm", "Delete carts", in: .carts, of: user, view, status: problem == nil ? .ok : .unprocessableContent)
    }

    private func names(_ records: [CartRecord], _ context: CartRequestContext) -> [ConfirmView.Name] {
        context.readable(records).map { _, cart in
            let total = Wording.money(cart.totals.total, cart.currency)
            return ConfirmView.Name(
                label: cart.shownName, detail: cart.customer.email.isEmpty ? total : "\(cart.customer.email), \(total)")
        }
    }

    private static func selectedKeys(_ form: QueryParameters) -> [CartKey] {
        var seen = Set<CartKey>()
        return form.list("key").compactMap { CartKey($0) }.filter { seen.insert($0).inserted }
    }

    private static func typedNumber(_ form: QueryParameters) -> Int? { form["count"].flatMap(number(typed:)) }

    /// The page of one cart that somebody came from; nil if it was the list.
    private static func cartPath(_ path: String?) -> String? {
        guard let key = path?.trimmingPrefix("/carts/"), path?.hasPrefix("/carts/") == true else { return nil }
        return CartKey(String(key)).map { "/carts/\($0.text)" }
    }

    /// The list that somebody came from.
    private static func listPath(_ path: String?) -> String {
        guard let path, path == "/carts" || path.hasPrefix("/carts?"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "/carts"
        }
        return path
    }
}

/// A page that asks before something cannot be undone.
struct ConfirmView: View {
    struct Name: View {
        var label: String
        var detail: String?
    }

    var heading: String
    var sentence: String
    var hasNames: Bool
    var names: [Name]
    var andMore: String?
    var warning: String?
    var problem: String?
    var action: String
    var fields: [FieldView]
    /// What has to be typed; nil: nothing.
    var mustType: String?
    var button: String
    var cancelHref: String
}
