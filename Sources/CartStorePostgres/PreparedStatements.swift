#if Postgres
/// The prepared statements of one connection, by their text and the types of their parameters.
struct PreparedStatements {
    struct Statement {
        let name: String
        /// 0 where the first use had NULL and left the type to the statement; only NULL is sent there.
        let types: [UInt32]
        var lastUse: Int
        /// Whether the database has said that it has it.
        var isConfirmed = false

        func takes(_ values: [Value]) -> Bool {
            zip(types, values).allSatisfy { type, value in value == .null || value.type == type }
        }
    }

    private var statements: [String: [Statement]] = [:]
    private var uses = 0
    private var made = 0
    /// Behind a pooler several clients use one connection to the database, where their names must differ.
    private let prefix = "c" + String(UInt64.random(in: .min ... .max), radix: 36) + "_"

    var count: Int { statements.values.reduce(0) { $0 + $1.count } }

    /// The name of the prepared statement that takes these values; nil if there is none.
    mutating func name(_ sql: String, _ values: [Value]) -> String? {
        guard let place = statements[sql]?.firstIndex(where: { $0.takes(values) }) else { return nil }
        uses += 1
        statements[sql]?[place].lastUse = uses
        return statements[sql]?[place].name
    }

    /// A new statement, which counts as prepared until it is forgotten.
    mutating func add(_ sql: String, _ values: [Value]) -> Statement {
        uses += 1
        made += 1
        let statement = Statement(name: prefix + String(made), types: values.map(\.type), lastUse: uses)
        statements[sql, default: []].append(statement)
        return statement
    }

    mutating func confirm(_ sql: String, _ name: String) {
        guard let place = statements[sql]?.firstIndex(where: { $0.name == name }) else { return }
        statements[sql]?[place].isConfirmed = true
    }

    mutating func forget(_ sql: String, _ name: String) {
        statements[sql]?.removeAll { $0.name == name }
        if statements[sql]?.isEmpty ?? false { statements[sql] = nil }
    }

    mutating func forgetAll() { statements.removeAll() }

    /// Forgets those that were not used for the longest time, if there are more than `bound`.
    ///
    /// - Returns: their names; the database has them still.
    mutating func forgetOldest(over bound: Int) -> [String] {
        guard count > bound else { return [] }
        let all = statements.flatMap { sql, statements in statements.map { (sql, $0) } }
        // Some more than needed, so that it need not be done each time.
        let oldest = all.filter { $0.1.isConfirmed }.sorted { $0.1.lastUse < $1.1.lastUse }.prefix(all.count - bound + bound / 8)
        for (sql, statement) in oldest { forget(sql, statement.name) }
        return oldest.map(\.1.name)
    }
}
#endif
