#if Postgres
import CartCore

/// Leases inside a transaction.
struct Leases {
    let transaction: WriteTransaction

    /// Takes or renews; false if another has it. One that would last a day longer than a new one was taken by a clock that went wrong.
    func take(_ lease: Lease, at now: Timestamp) throws(PostgresError) -> Bool {
        try transaction.run(
            """
            INSERT INTO leases VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
            WHERE leases.holder = excluded.holder OR leases.expires <= $4 OR leases.expires > excluded.expires + 86400000
            """,
            [
                .encoded(lease.name), .encoded(lease.holder), .integer((now + lease.duration).milliseconds), .integer(now.milliseconds),
            ]
        ).changes == 1
    }
}
#endif
