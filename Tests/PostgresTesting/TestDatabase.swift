#if Postgres
import CartStorePostgres
import Foundation

/// The server that tests use: a throwaway one, of which `CORRAL_TEST_POSTGRES` holds a superuser's connection string.
package enum TestDatabase {
    package static let connectionString = ProcessInfo.processInfo.environment["CORRAL_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }

    package struct Missing: Error, CustomStringConvertible {
        package let description = "CORRAL_TEST_POSTGRES names no PostgreSQL server"
    }

    /// The server's own database, for what concerns the whole server.
    package static func server() throws -> PostgresLocation {
        guard let connectionString else { throw Missing() }
        return try PostgresLocation(connectionString)
    }

    /// Whether this task has its turn already.
    @TaskLocal fileprivate static var hasTurn = false
}

/// Lets so many tests use the server at once as it has connections for.
private actor Turns {
    static let shared = Turns(8)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ free: Int) { self.free = free }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// Runs a test on a fresh, empty database, which is removed afterwards, whoever still uses it. Some tests have one at once; the others
/// wait. A test that has one gets a second one without waiting.
package func withTemporaryDatabase<Value>(_ body: (PostgresLocation) async throws -> Value) async throws -> Value {
    if TestDatabase.hasTurn { return try await withDatabase(body) }
    await Turns.shared.take()
    do {
        let value = try await TestDatabase.$hasTurn.withValue(true) { try await withDatabase(body) }
        await Turns.shared.giveBack()
        return value
    } catch {
        await Turns.shared.giveBack()
        throw error
    }
}

private func withDatabase<Value>(_ body: (PostgresLocation) async throws -> Value) async throws -> Value {
    let server = try TestDatabase.server()
    let name = "corral_test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
    _ = try await server.run("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
    do {
        let value = try await body(server.naming(database: name))
        _ = try await server.run("DROP DATABASE \(name) WITH (FORCE)")
        return value
    } catch {
        _ = try? await server.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        throw error
    }
}
#endif
