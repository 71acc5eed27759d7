import CartCore

/// The settings, and how the store and the clean-up are.
struct SettingsView: View {
    struct Store: View {
        var facts: [FactView]
    }

    struct Setting: View {
        var key: String
        /// nil: it is not set.
        var value: String?
        var meaning: String
    }

    /// Whether the clean-up may be confirmed.
    var mayWrite: Bool
    var cleanUp: CleanUpView
    var store: Store
    var settings: [Setting]
}

/// How the clean-up is.
struct CleanUpView: View {
    struct Status: View {
        var tone: String
        var name: String
        var sentence: String
    }

    /// What somebody has to confirm before the clean-up goes on.
    struct Confirmation: View {
        var heading: String
        var sentence: String
        var problem: String?
        /// In digits alone, as it is to be typed.
        var number: String
        var button: String
        /// What does the same at the command line.
        var command: String
    }

    var status: Status
    var facts: [FactView]
    var settingsHref: String?
    var confirmation: Confirmation?
}

extension CleanUpView.Status {
    /// - Parameter due: carts that a run would remove now.
    init(_ state: CleanUpState, due: Int) {
        let carts = Wording.count(due, "cart")
        (tone, name, sentence) =
            switch state {
            case .running: ("info", "Running.", "It removes expired carts right now.")
            case .off: ("off", "Switched off.", "Expired carts stay until somebody deletes them. Set sweep.enabled to switch it on.")
            case .neverRan: ("info", "Not run yet.", "It begins soon after the start of the server.")
            case .idle where due > 0: ("good", "Idle.", "The next run removes \(carts).")
            case .idle: ("good", "Idle.", "Nothing waits to be removed.")
            case .waiting: ("warn", "Waiting for you.", "\(carts) would go, more than usual.")
            case .paused: ("warn", "Paused.", "The clock jumped, so expired carts stay until the time is sure again.")
            case .silent: ("warn", "Not heard of.", "A run began and has not ended. If it was broken off, the next one goes on.")
            case .interrupted: ("info", "Interrupted.", "The server was stopped during a run; the next one goes on.")
            case .failed: ("bad", "Failed.", "The store could not be read or written. The next run tries again.")
            }
    }
}

extension CleanUpView.Confirmation {
    /// - Parameter share: of all carts, beyond which a run has to be confirmed.
    init(due: Int, share: Double, mayConfirm: Bool, problem: String?) {
        let carts = Wording.count(due, "cart")
        heading = "\(carts) wait for your word"
        let who = mayConfirm ? "somebody" : "an administrator"
        sentence = """
            That is more than \(Int((share * 100).rounded()))% of all carts, so nothing is removed until \(who) confirms it. \
            If the number surprises you, check the clock and the lifetimes first.
            """
        self.problem = problem
        number = String(due)
        button = "Remove \(carts)"
        command = "corral sweep --confirm \(due)"
    }
}

extension CleanUpView {
    /// - Parameters:
    ///   - last: the last report; nil before the first.
    ///   - due: carts that a run would remove now.
    ///   - interval: between two runs; nil: there are none.
    static func facts(
        _ state: CleanUpState, _ last: SweepReport?, due: Int, every interval: TimeSpan?, _ wording: Wording
    ) -> [FactView] {
        var facts: [FactView] = []
        if let last {
            facts = [
                FactView("Last run", wording.time(last.started)), FactView("Took", duration(last.duration)),
                FactView("Removed", Wording.count(last.removed, "cart")),
            ]
        } else {
            facts = [FactView("Last run", "never")]
        }
        facts.append(FactView("Waiting now", Wording.count(due, "cart")))
        guard let interval else { return facts }
        let next = last.map { $0.started + interval }
        switch state {
        case .waiting: facts.append(FactView("Next run", "after it is confirmed"))
        case .paused: facts.append(FactView("Next run", "when the clock has gone right for a day"))
        case .running, .off, .neverRan, .idle, .silent, .interrupted, .failed:
            if let next, next > wording.now {
                facts.append(FactView("Next run", wording.time(next)))
            } else {
                facts.append(FactView("Next run", "soon"))
            }
        }
        return facts
    }

    /// `1.2 s`, and in words that are less exact from minutes on.
    private static func duration(_ span: TimeSpan) -> String {
        span < .seconds(100) ? "\(Double(span.milliseconds / 100) / 10) s" : Wording.span(span)
    }
}
