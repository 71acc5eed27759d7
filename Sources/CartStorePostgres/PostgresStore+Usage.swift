#if Postgres
import CartCore

/// How keys are used.
extension PostgresStore {
    public func add(_ usage: [KeyUsage]) async throws(CartError) {
        try await writer.write { transaction in
            var rest = usage[...]
            while !rest.isEmpty {
                // A statement takes no key twice.
                var keys: Set<Int64> = []
                let uses = rest.prefix { keys.insert($0.keyID).inserted }
                try UsageRows(transaction: transaction).add(Array(uses))
                rest = rest.dropFirst(uses.count)
            }
        }
    }

    public func usage(ofKey id: Int64) async throws(CartError) -> KeyUsageReport {
        try await pool.readAside { connection in
            try connection.send(PageReader.begin)
            try connection.send("SELECT day, kind, requests FROM key_usage WHERE key_id = $1", [.integer(id)])
            try connection.send("SELECT address, last_access FROM key_addresses WHERE key_id = $1", [.integer(id)])
            try connection.send("COMMIT")
            let answers = try connection.finish()
            var report = KeyUsageReport()
            let (days, addresses) = (answers[1], answers[2])
            for row in 0..<days.count {
                guard let kind = RequestKind(rawValue: days.text(row, 1)) else { throw CartError.damaged("key_usage") }
                report.requests[KeyUsage.Count(day: days.integer(row, 0), kind: kind)] = days.integer(row, 2)
            }
            for row in 0..<addresses.count {
                guard let address = NetworkAddress(addresses.text(row, 0)) else { throw CartError.damaged("key_addresses") }
                report.addresses[address] = Timestamp(milliseconds: addresses.integer(row, 1))
            }
            return report
        }
    }

    public func forgetUsage(before day: Int64) async throws(CartError) {
        try await writer.write { try $0.send("DELETE FROM key_usage WHERE day < $1", [.integer(day)]) }
    }
}

/// Adding to the use of keys inside a transaction; nothing is waited for.
private struct UsageRows {
    let transaction: WriteTransaction

    private static let update = """
        UPDATE consumer_keys SET requests = requests + used.total,
        last_access = greatest(coalesce(consumer_keys.last_access, used.last_access), used.last_access),
        last_address = coalesce(used.last_address, consumer_keys.last_address),
        last_from_page = greatest(
            coalesce(consumer_keys.last_from_page, used.last_from_page), coalesce(used.last_from_page, consumer_keys.last_from_page))
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])
            AS used (key_id, total, last_access, last_address, last_from_page)
        WHERE consumer_keys.id = used.key_id
        """
    private static let addRequests = """
        INSERT INTO key_usage (key_id, day, kind, requests)
        SELECT used.* FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS used (key_id, day, kind, requests)
        JOIN consumer_keys ON consumer_keys.id = used.key_id
        ON CONFLICT (key_id, day, kind) DO UPDATE SET requests = key_usage.requests + excluded.requests
        """
    private static let addAddresses = """
        INSERT INTO key_addresses (key_id, address, last_access)
        SELECT used.* FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS used (key_id, address, last_access)
        JOIN consumer_keys ON consumer_keys.id = used.key_id
        ON CONFLICT (key_id, address) DO UPDATE SET last_access = greatest(key_addresses.last_access, excluded.last_access)
        """
    private static let forgetAddresses = """
        DELETE FROM key_addresses WHERE (key_id, address) IN (
            SELECT key_id, address FROM (
                SELECT key_id, address, row_number() OVER (PARTITION BY key_id ORDER BY last_access DESC, address) AS place
                FROM key_addresses WHERE key_id = ANY($1)
            ) AS placed WHERE place > $2
        )
        """

    /// - Parameter usage: no key twice.
    func add(_ usage: [KeyUsage]) throws(PostgresError) {
        let keys = usage.map(\.keyID)
        try transaction.send(
            Self.update,
            [
                .integers(keys), .integers(usage.map(\.total)), .integers(usage.map(\.lastAccess.milliseconds)),
                .optionalTexts(usage.map { $0.lastAddress?.description }), .optionalIntegers(usage.map { $0.lastFromPage?.milliseconds }),
            ])
        let requests = usage.flatMap { use in use.requests.map { (key: use.keyID, count: $0.key, requests: $0.value) } }
        if !requests.isEmpty {
            try transaction.send(
                Self.addRequests,
                [
                    .integers(requests.map(\.key)), .integers(requests.map(\.count.day)), .texts(requests.map(\.count.kind.rawValue)),
                    .integers(requests.map(\.requests)),
                ])
        }
        let addresses = usage.flatMap { use in use.addresses.map { (key: use.keyID, address: $0.key, last: $0.value) } }
        guard !addresses.isEmpty else { return }
        try transaction.send(
            Self.addAddresses,
            [
                .integers(addresses.map(\.key)), .texts(addresses.map(\.address.description)),
                .integers(addresses.map(\.last.milliseconds)),
            ])
        try transaction.send(Self.forgetAddresses, [.integers(keys), .integer(Int64(KeyUsageReport.mostAddresses))])
    }
}
#endif
