#if Postgres
import CartCore

/// The entries of the audit trail of one transaction, written with one statement.
struct AuditTrail {
    private static let insert = SetSQL.insert(
        into: "audit",
        ["id", "at", .text("actor"), .text("address"), .text("action"), .text("subject"), .text("details")])

    private var entries: [(id: Int64, entry: AuditEntry)] = []

    mutating func add(_ entry: AuditEntry, id: Int64) { entries.append((id, entry)) }

    /// Sends the statement, without waiting.
    func send(on connection: Connection) throws(PostgresError) {
        guard !entries.isEmpty else { return }
        try connection.send(
            Self.insert,
            [
                .integers(entries.map(\.id)), .integers(entries.map(\.entry.at.milliseconds)),
                .texts(entries.map { StorableText.encode($0.entry.actor) }), .optionalTexts(entries.map(\.entry.address)),
                .texts(entries.map(\.entry.action.rawValue)), .texts(entries.map { StorableText.encode($0.entry.subject) }),
                .texts(entries.map { StorableText.encode(String(decoding: $0.entry.details, as: UTF8.self)) }),
            ])
    }
}
#endif
