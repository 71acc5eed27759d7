import CartCore

/// Leases inside a transaction.
struct Leases {
    let connection: Connection

    /// Takes or renews; false if another has it. One that would last a day longer than a new one was taken by a clock that went wrong.
    func take(_ lease: Lease, at now: Timestamp) throws(SQLiteError) -> Bool {
        let upsert = try connection.statement(
            """
            INSERT INTO leases VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET (holder, expires) = (excluded.holder, excluded.expires)
            WHERE holder = excluded.holder OR expires <= ?4 OR expires > excluded.expires + 86400000
            """)
        upsert.bind(lease.name, at: 1)
        upsert.bind(lease.holder, at: 2)
        upsert.bind((now + lease.duration).milliseconds, at: 3)
        upsert.bind(now.milliseconds, at: 4)
        try upsert.run()
        return connection.changes == 1
    }
}
