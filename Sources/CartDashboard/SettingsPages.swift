import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird
import ServiceLifecycle

/// How the server is set up, and how its clean-up is.
extension Pages {
    func addSettings(to router: Router<CartRequestContext>) {
        get("/settings", on: router) { user, request, context in
            let hasBegun = QueryParameters(request.uri.query)["done"] == "sweep"
            return try await settingsPage(user, context, notice: hasBegun ? NoticeView(.good, "The clean-up was confirmed.") : nil)
        }
        post("/sweep/confirm", on: router, confirmSweep)
    }

    /// - Parameter problem: what is wrong with the number that was typed.
    private func settingsPage(
        _ user: Operator, _ context: CartRequestContext, notice: NoticeView? = nil, problem: String? = nil
    ) async throws -> Response {
        let wording = wording(context)
        let cleanUp = try await cleanUp(user, wording, settingsHref: nil, problem: problem)
        let view = SettingsView(
            mayWrite: user.mayManage, cleanUp: cleanUp, store: SettingsView.Store(facts: try await storeFacts(context)),
            settings: settings.all.map {
                SettingsView.Setting(key: $0.key, value: $0.value.isEmpty ? nil : $0.value, meaning: $0.meaning)
            })
        // With nothing left to confirm there is no form to show the problem at.
        let lost = cleanUp.confirmation == nil ? problem.map { NoticeView(.bad, $0) } : nil
        return page(
            "settings", "Settings", in: .settings, of: user, view, notice: lost ?? notice,
            status: problem == nil ? .ok : .unprocessableContent)
    }

    private func storeFacts(_ context: CartRequestContext) async throws -> [FactView] {
        var facts = [FactView("Database", settings.database, isCode: true)]
        if let space = await settings.diskSpace() {
            facts.append(FactView("Size", Wording.bytes(space.used)))
            if let free = space.free { facts.append(FactView("Free space", Wording.bytes(free))) }
        }
        let carts = try await store.page(CartQuery(clock: clock(context), limit: 1)).total
        return facts + [
            FactView("Carts", Wording.number(carts)), FactView("Revision", Wording.number(try await store.revision())),
            FactView("Corral", settings.version),
        ]
    }

    @Sendable private func confirmSweep(
        _ user: Operator, _ form: QueryParameters, _ context: CartRequestContext
    ) async throws -> Response {
        try user.caller.requireManaging()
        guard let confirmed = form["count"].flatMap(Self.number(typed:)) else {
            return try await settingsPage(user, context, problem: "Type the number in digits.")
        }
        let due = try await parts.sweeper.backlog(at: context.now).values.reduce(0, +)
        guard due == confirmed else {
            return try await settingsPage(user, context, problem: "That is not the number. It is \(Wording.number(due)) now.")
        }
        let author = context.author(user.caller)
        // A task of its own goes on when the request has been answered, and sees nevertheless that the server stops.
        Task { [sweeper = parts.sweeper, metrics = parts.sweepMetrics] in
            let report = try? await sweeper.run(
                by: author, confirmed: confirmed, shouldStop: { Task.isShuttingDownGracefully }, progress: metrics.note)
            // A run that failed has left word of it in the store.
            if let report { metrics.note(report) }
        }
        // The page that follows shall know of the run.
        for _ in 0..<20 {
            if try await parts.sweeper.lastReport()?.started == author.now { return Self.redirect(to: "/settings?done=sweep") }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return try await settingsPage(user, context, problem: "The clean-up did not begin; another process may be at it. Try again.")
    }

    /// A number as people type it, with or without marks between the thousands.
    static func number(typed text: String) -> Int? {
        guard let number = Int(text.filter { !", .\u{A0}".contains($0) }), number >= 0 else { return nil }
        return number
    }

    /// How the clean-up is: what it did last, what waits for it, and what it waits for.
    ///
    /// - Parameters:
    ///   - settingsHref: where there is more to see; nil on that page itself.
    ///   - problem: what is wrong with the number that was typed.
    func cleanUp(_ user: Operator, _ wording: Wording, settingsHref: String?, problem: String?) async throws -> CleanUpView {
        var last = try await parts.sweeper.lastReport()
        // A run leaves word when it begins and when it ends; how far it is, only its own process knows.
        if let own = parts.sweepMetrics.counts.last, let left = last, own.started == left.started, own.updated > left.updated {
            last = own
        }
        let counted = try await parts.statistics.latest()
        let (due, total) = (counted.due, Int(counted.all.total.carts))
        let policy = parts.sweeper.policy
        let state = CleanUpState(last, sweeps: settings.sweeps, mustConfirm: policy.mustConfirm(due, of: total), at: wording.now)
        return CleanUpView(
            status: CleanUpView.Status(state, due: due),
            facts: CleanUpView.facts(state, last, due: due, every: settings.sweeps ? settings.sweepInterval : nil, wording),
            settingsHref: settingsHref,
            confirmation: state == .waiting
                ? CleanUpView.Confirmation(due: due, share: policy.guardShare, mayConfirm: user.mayManage, problem: problem) : nil)
    }
}

/// How the clean-up is.
enum CleanUpState {
    case running
    /// This server does not sweep by itself.
    case off
    case neverRan
    /// Nothing is amiss.
    case idle
    /// More carts are due than a run removes by itself.
    case waiting
    /// The clock was set.
    case paused
    /// A run began, and has said nothing since.
    case silent
    case interrupted
    case failed

    /// After so long a run that says nothing is not taken to be running.
    private static let patience = TimeSpan.seconds(60)

    /// - Parameters:
    ///   - last: the last report; nil before the first.
    ///   - mustConfirm: whether more carts are due now than a run removes by itself.
    init(_ last: SweepReport?, sweeps: Bool, mustConfirm: Bool, at now: Timestamp) {
        if let last, last.outcome == .running, now < last.updated + Self.patience {
            self = .running
        } else if !sweeps {
            self = .off
        } else {
            self =
                switch last?.outcome {
                case nil: mustConfirm ? .waiting : .neverRan
                case .running: mustConfirm ? .waiting : .silent
                case .done, .unconfirmed: mustConfirm ? .waiting : .idle
                case .interrupted: mustConfirm ? .waiting : .interrupted
                case .clockJumped: .paused
                case .failed: .failed
                }
        }
    }
}
