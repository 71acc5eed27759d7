#if Postgres
extension PostgresStore {
    /// Bytes that the database takes up at its server; nil if it does not say.
    public func size() async -> Int64? {
        // Not everything that speaks the language has this function.
        let rows = try? await pool.readAside { try $0.query("SELECT pg_database_size(current_database())") }
        return rows.flatMap { $0.count > 0 ? $0.optionalInteger(0, 0) : nil }
    }
}
#endif
