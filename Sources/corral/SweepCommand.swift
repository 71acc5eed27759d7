import ArgumentParser
import CartCore
import CartServer
import Foundation

struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Removes the carts that have been expired for longer than the settings leave them.",
        discussion: """
            A server does this by itself; this is one run of it, now. One process of a store does it at a time. Where more carts are due than a run \
            may remove by itself, nothing is removed until their number is confirmed.
            """)

    @OptionGroup var store: StoreOptions
    @Flag(help: "Only say how many carts are due.")
    var dryRun = false
    @Option(help: ArgumentHelp("Remove at most so many carts, whatever share of all they are.", valueName: "count"))
    var confirm: Int?
    @Option(help: "How to print.")
    var format = OutputFormat.table

    func validate() throws {
        guard !(dryRun && confirm != nil) else { throw ValidationError("--dry-run and --confirm exclude each other.") }
        guard confirm ?? 0 >= 0 else { throw ValidationError("--confirm must be 0 or more.") }
    }

    func run() async throws {
        try await store.withStore { store, settings in
            let sweeper = Sweeper(
                store: store, policy: settings.sweep, abandonedAfter: settings.policy.abandonedAfter, clock: SystemWallClock(),
                random: SystemRandomSource())
            if dryRun { try await showBacklog(of: sweeper) } else { try await run(sweeper) }
        }
    }

    private func showBacklog(of sweeper: Sweeper) async throws {
        let due = try await sweeper.backlog(at: SystemWallClock().now)
        let total = try await sweeper.total()
        let all = due.values.reduce(0, +)
        let mustConfirm = sweeper.policy.mustConfirm(all, of: total)
        switch format {
        case .table:
            var table = Table("GROUP", "DUE")
            for group in SweepPolicy.Group.allCases { table.add(group.rawValue, due[group].map(String.init) ?? "kept for ever") }
            table.add("all", String(all))
            print(table.text)
            print(mustConfirm ? demand(all, of: total) : "\(all) of \(total) carts are due; a run removes them by itself.")
        case .json:
            var json = JSONWriter()
            json.beginObject()
            for group in SweepPolicy.Group.allCases {
                json.name(group.rawValue)
                if let count = due[group] { json.integer(Int64(count)) } else { json.null() }
            }
            json.name("due")
            json.integer(Int64(all))
            json.name("total")
            json.integer(Int64(total))
            json.name("must_confirm")
            json.bool(mustConfirm)
            json.endObject()
            printJSON(json)
        }
    }

    private func run(_ sweeper: Sweeper) async throws {
        let interruption = Interruption()
        guard let report = try await swept(by: sweeper, until: interruption) else {
            throw Failure("Another process is sweeping this store; nothing was done.")
        }
        if format == .json {
            var json = JSONWriter()
            report.write(to: &json)
            printJSON(json)
        }
        switch report.outcome {
        case .done:
            let seconds = String(format: "%.1f", Double(report.duration.milliseconds) / 1000)
            if format == .table { print("Removed \(report.removed) of \(report.total) carts in \(seconds) s.") }
        case .unconfirmed:
            throw Failure(demand(report.due, of: report.total))
        case .interrupted:
            throw Failure(
                (interruption.isRequested ? "Interrupted" : "Another process took over")
                    + " after \(report.removed) of \(report.due) carts. The next run removes the rest.")
        case .running, .clockJumped, .failed:
            throw Failure("The sweep did not end as it should: \(report.outcome.rawValue).")
        }
    }

    private func swept(by sweeper: Sweeper, until interruption: Interruption) async throws -> SweepReport? {
        let progress = Progress("Removing", of: nil)
        defer { progress.end() }
        return try await sweeper.run(
            by: .atCommandLine(), confirmed: confirm, shouldStop: { interruption.isRequested },
            progress: { progress.show($0.removed, of: $0.due) })
    }

    private func demand(_ due: Int, of total: Int) -> String {
        "\(due) of \(total) carts are due, more than a run removes by itself; to remove them: corral sweep --confirm \(due)\(store.asTyped)"
    }
}

extension StoreOptions {
    /// What has to be typed behind a command so that it works on the same store; begins with a space unless empty. A connection string may
    /// hold a password, and is left for the reader to put in.
    fileprivate var asTyped: String {
        let database = database.map { $0.hasPrefix("sqlite:") ? $0 : "…" }
        return [("--database", database), ("--config", config)].reduce(into: "") { text, option in
            guard let value = option.1 else { return }
            let isPlain = value == "…" || value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/.:_-".contains($0)) }
            text += " \(option.0) " + (isPlain ? value : "'" + value.replacing("'", with: #"'\''"#) + "'")
        }
    }
}
