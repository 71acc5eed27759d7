#if Postgres
import CartCore

extension PostgresStore: CoordinationStore {
    public func take(_ lease: Lease, at now: Timestamp) async throws(CartError) -> Bool {
        try await writer.write { try Leases(transaction: $0).take(lease, at: now) }
    }

    public func giveBack(_ lease: Lease) async throws(CartError) {
        try await writer.write { transaction in
            try transaction.send("DELETE FROM leases WHERE name = $1 AND holder = $2", [.encoded(lease.name), .encoded(lease.holder)])
        }
    }

    static let leaveNote = "INSERT INTO notes VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET note = excluded.note"

    public func leave(_ note: [UInt8], as name: String) async throws(CartError) {
        try await writer.write { transaction in
            try transaction.send(Self.leaveNote, [.encoded(name), .bytes(note)])
        }
    }

    public func note(_ name: String) async throws(CartError) -> [UInt8]? {
        let rows = try await points.query("SELECT note FROM notes WHERE name = $1", [.encoded(name)])
        return rows.count > 0 ? rows.bytes(0, 0) : nil
    }

    /// What forgets so much of what has run out.
    static let forgetExpired = [("answers", "request"), ("sessions", "id")].map { table, id in
        "DELETE FROM \(table) WHERE \(id) IN (SELECT \(id) FROM \(table) WHERE expires <= $1 ORDER BY expires LIMIT $2)"
    }

    public func forgetExpired(at now: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await writer.write { transaction in
            var forgotten = 0
            for sql in Self.forgetExpired {
                forgotten += try transaction.run(sql, [.integer(now.milliseconds), .integer(Int64(limit))]).changes
            }
            return forgotten
        }
    }
}
#endif
