import ArgumentParser
import CartCore
import CartServer

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit trail: who did what, from where, and when; newest first.")

    @OptionGroup var store: StoreOptions
    @Option(help: "By whom: key:3, user:1, cli:root, service:unused-keys or anonymous.")
    var actor: String?
    @Option(help: "What was done, such as cart.delete, key.revoke or request.refused.")
    var action: AuditAction?
    @Option(help: "What it was done to, such as cart:KEY, key:3 or user:1.")
    var subject: String?
    @Option(help: "At this time or later, such as 2024-10-15T18:30:00Z.")
    var after: Timestamp?
    @Option(help: "At this time or before.")
    var before: Timestamp?
    @Option(help: "How many, 1 to 1000.")
    var limit = 50
    @Option(help: "How to print.")
    var format = OutputFormat.table

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000.") }
    }

    func run() async throws {
        var query = AuditQuery(limit: limit)
        query.filter.actor = actor
        query.filter.action = action
        query.filter.subject = subject
        query.filter.from = after
        query.filter.to = before
        let page = try await store.withStore { [query] store, _ in try await store.audit(query) }
        switch format {
        case .table:
            var table = Table("AT", "ACTOR", "ADDRESS", "ACTION", "SUBJECT", "DETAILS")
            for entry in page.entries {
                table.add(
                    entry.at.iso8601, entry.actor, entry.address ?? "", entry.action.rawValue, entry.subject,
                    String(decoding: entry.details, as: UTF8.self))
            }
            print(table.text)
            printToStandardError("\(page.entries.count) of \(page.total) entries.")
        case .json:
            var json = JSONWriter()
            json.beginArray()
            for entry in page.entries { entry.write(to: &json) }
            json.endArray()
            printJSON(json)
        }
    }
}

extension AuditAction: ExpressibleByArgument {}
