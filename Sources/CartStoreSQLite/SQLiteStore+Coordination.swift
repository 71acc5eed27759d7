import CartCore

extension SQLiteStore: CoordinationStore {
    public func take(_ lease: Lease, at now: Timestamp) async throws(CartError) -> Bool {
        try await writer.write { try Leases(connection: $0.connection).take(lease, at: now) }
    }

    public func giveBack(_ lease: Lease) async throws(CartError) {
        try await writer.write { transaction in
            let delete = try transaction.connection.statement("DELETE FROM leases WHERE name = ?1 AND holder = ?2")
            delete.bind(lease.name, at: 1)
            delete.bind(lease.holder, at: 2)
            try delete.run()
        }
    }

    public func leave(_ note: [UInt8], as name: String) async throws(CartError) {
        try await writer.write { transaction in
            let replace = try transaction.connection.statement("REPLACE INTO notes VALUES (?1, ?2)")
            replace.bind(name, at: 1)
            replace.bind(note, at: 2)
            try replace.run()
        }
    }

    public func note(_ name: String) async throws(CartError) -> [UInt8]? {
        try readers.read { connection in
            let select = try connection.statement("SELECT note FROM notes WHERE name = ?1")
            select.bind(name, at: 1)
            defer { select.reset() }
            return try select.step() ? select.blob(0) : nil
        }
    }

    public func forgetExpired(at now: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await writer.write { transaction in
            var forgotten = 0
            for table in ["answers", "sessions"] {
                let delete = try transaction.connection.statement(
                    "DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) WHERE expires <= ?1 ORDER BY expires LIMIT ?2)")
                delete.bind(now.milliseconds, at: 1)
                delete.bind(Int64(limit), at: 2)
                try delete.run()
                forgotten += transaction.connection.changes
            }
            return forgotten
        }
    }
}
