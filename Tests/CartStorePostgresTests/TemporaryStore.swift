#if Postgres
import CartCore
import CartTesting
import PostgresTesting

@testable import CartStorePostgres

/// Runs a test on a store in a database of its own, which is removed afterwards.
///
/// - Parameter cheapToSort: see ``PageReader``; 0 walks along indexes wherever it can.
func withTemporaryStore<Value>(
    cheapToSort: Int = PageReader.standardCheapToSort, _ body: (PostgresStore, PostgresLocation) async throws -> Value
) async throws -> Value {
    try await withTemporaryDatabase { location in
        let store = try PostgresStore(location, cheapToSort: cheapToSort)
        do {
            let value = try await body(store, location)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}

/// A connection for what a test does behind a store's back, with the settings of the connections for lists.
func withConnection<Value>(to location: PostgresLocation, _ body: (Connection) throws -> Value) throws -> Value {
    let connection = try Connection(location, settings: PostgresStore.listSettings)
    defer { connection.close() }
    return try body(connection)
}

extension Connection {
    /// The first column of the first row.
    func integer(_ sql: String, _ values: [CartStorePostgres.Value] = []) throws -> Int64 { try query(sql, values).integer(0, 0) }

    /// How the database would run a statement: a line for each step of its plan.
    func plan(of sql: String, _ values: [CartStorePostgres.Value]) throws -> [String] {
        let rows = try query("EXPLAIN " + sql, values)
        return (0..<rows.count).map { rows.text($0, 0) }
    }

    /// The same of a plan that depends on no value, as pages without conditions have it.
    func genericPlan(of sql: String, _ values: [CartStorePostgres.Value]) throws -> [String] {
        try execute(["SET plan_cache_mode = force_generic_plan", "PREPARE looked_at AS \(sql)"])
        let literals = values.map { value in
            switch value {
            case .integer(let number): String(number)
            case .text(let text): "'" + text.replacing("'", with: "''") + "'"
            default: "NULL"
            }
        }
        let rows = try query("EXPLAIN EXECUTE looked_at(\(literals.joined(separator: ", ")))")
        try execute(["DEALLOCATE looked_at", "SET plan_cache_mode = force_custom_plan"])
        return (0..<rows.count).map { rows.text($0, 0) }
    }

    /// The statements that `body` asks for.
    func statements(_ body: (Connection) throws -> Void) throws -> [(sql: String, values: [CartStorePostgres.Value])] {
        var statements: [(String, [CartStorePostgres.Value])] = []
        onRequest = { statements.append(($0, $1)) }
        defer { onRequest = nil }
        try body(self)
        return statements
    }

    /// The statements that `body` asks for and that read tables, each with its plan.
    func plans(_ body: (Connection) throws -> Void) throws -> [(sql: String, plan: [String])] {
        try statements(body).filter { $0.sql.hasPrefix("SELECT") }.map { ($0.sql, try plan(of: $0.sql, $0.values)) }
    }
}
#endif
