import ArgumentParser
import CartCore
import CartServer
import Foundation
import Synchronization

struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copies everything that a store keeps into another, empty one, such as from SQLite to PostgreSQL.",
        discussion: """
            Carts keep their ids and revisions; users, keys, their use, sessions, the audit trail and the answers that are kept for repetitions \
            come along. At the end both stores are compared. Stop the server of the source first, or let the shop only read: if carts, users or \
            keys change meanwhile, the copy ends with an error. A copy that was interrupted goes on where it ended when the same command is run \
            again; until it is finished, no server starts on the target.
            """)

    @Option(help: ArgumentHelp("The store to copy: \(DatabaseLocation.forms).", valueName: "store"))
    var from: String
    @Option(help: ArgumentHelp("The store to fill, which is made if there is none.", valueName: "store"))
    var to: String
    @Flag(help: "Empty the target of a copy that was not finished, and begin anew.")
    var restart = false
    @Option(help: "How to print.")
    var format = OutputFormat.table

    func validate() throws {
        let (source, target) = try locations()
        guard source != target else { throw ValidationError("--from and --to are the same store.") }
    }

    func run() async throws {
        yieldToOthers()
        let (source, target) = try locations()
        let interruption = Interruption()
        let progress = CopyProgress()
        let start = ContinuousClock.now
        let report: StoreCopy.Report
        do throws(CartError) {
            report = try await DatabaseLocation.copy(
                from: source, to: target, restarting: restart, shouldStop: { interruption.isRequested }, progress: progress.show)
        } catch {
            progress.end()
            guard error.code == .unavailable, progress.hasBegun else { throw error }
            throw Failure("\(error.reason) What was copied stays: the same command goes on where this one ended.")
        }
        progress.end()
        guard report.isDone else {
            let rows = report.rows.values.reduce(0, +)
            throw Failure("Interrupted after \(rows) rows. The same command goes on where this one ended.")
        }
        print(report, from: source, to: target, seconds: (ContinuousClock.now - start).inSeconds)
    }

    private func locations() throws -> (source: DatabaseLocation, target: DatabaseLocation) {
        (try Self.location(from, of: "--from"), try Self.location(to, of: "--to"))
    }

    /// - Throws: what is wrong, without the text, which may hold a password.
    private static func location(_ text: String, of option: String) throws -> DatabaseLocation {
        do throws(SettingsError) {
            return try DatabaseLocation(text)
        } catch {
            throw ValidationError("\(option) \(error.rule).")
        }
    }

    private func print(_ report: StoreCopy.Report, from source: DatabaseLocation, to target: DatabaseLocation, seconds: Double) {
        switch format {
        case .table:
            func count(_ part: StorePart) -> Int { report.rows[part] ?? 0 }
            Swift.print(
                """
                Copied \(count(.carts)) carts, \(count(.users)) users, \(count(.keys)) keys, \(count(.audit)) entries of the audit trail and \
                \(count(.answers)) kept answers to \(target), revision \(report.revision), in \(String(format: "%.1f", seconds)) s. \
                Both stores hold the same.
                """)
        case .json:
            var json = JSONWriter()
            json.beginObject()
            json.name("from")
            json.string(source.description)
            json.name("to")
            json.string(target.description)
            json.name("revision")
            json.integer(report.revision)
            json.name("rows")
            json.beginObject()
            for part in StorePart.allCases {
                json.name(part.rawValue)
                json.integer(Int64(report.rows[part] ?? 0))
            }
            json.endObject()
            json.name("seconds")
            json.raw(String(format: "%.3f", seconds).utf8)
            json.endObject()
            printJSON(json)
        }
    }
}

/// The line that says how far each step of a copy has come.
private final class CopyProgress: Sendable {
    private let shown = Mutex<(step: StoreCopy.Step, line: Progress)?>(nil)

    var hasBegun: Bool { shown.withLock { $0 != nil } }

    func show(_ step: StoreCopy.Step, _ done: Int, _ total: Int) {
        shown.withLock { shown in
            if shown?.step != step {
                shown?.line.end()
                let label =
                    switch step {
                    case .copying: "Copying"
                    case .counting: "Counting"
                    case .comparing: "Comparing"
                    }
                shown = (step, Progress(label, of: nil))
            }
            shown?.line.show(done, of: total)
        }
    }

    func end() { shown.withLock { $0?.line.end() } }
}
