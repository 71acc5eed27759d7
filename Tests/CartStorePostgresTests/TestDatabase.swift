#if Postgres
import CartCore
import Foundation
import Testing

@testable import CartStorePostgres

/// The server that these tests use: a throwaway one, of which `CORRAL_TEST_POSTGRES` holds a superuser's connection string.
enum TestDatabase {
    static let connectionString = ProcessInfo.processInfo.environment["CORRAL_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }

    /// Suites that need the server are `.enabled(if: TestDatabase.isExpected, TestDatabase.absence)`. Where CI runs them, a missing server
    /// is a failure.
    static let isExpected = connectionString != nil || ProcessInfo.processInfo.environment["CI"] == "true"
    static let absence: Comment = "NOT TESTED: CORRAL_TEST_POSTGRES names no PostgreSQL server; see make test-postgres"

    struct Missing: Error, CustomStringConvertible {
        let description = "CORRAL_TEST_POSTGRES names no PostgreSQL server"
    }

    /// The server's own database, for what concerns the whole server.
    static func server() throws -> PostgresLocation {
        guard let connectionString else { throw Missing() }
        return try PostgresLocation(connectionString)
    }
}

/// Lets so many tests use the server at once as it has connections for.
actor Turns {
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
/// wait. No test may ask for a second one.
func withTemporaryDatabase<Value>(_ body: (PostgresLocation) async throws -> Value) async throws -> Value {
    await Turns.shared.take()
    do {
        let value = try await withDatabase(body)
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
    // Such work waits for all of a server's processes: not on a thread that the tests share.
    func run(_ statement: String) async throws {
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            Thread {
                continuation.resume(
                    returning: Result {
                        let connection = try Connection(server, timeout: .seconds(120))
                        defer { connection.close() }
                        try connection.execute([statement])
                    })
            }.start()
        }
        try result.get()
    }
    try await run("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
    do {
        let value = try await body(server.naming(database: name))
        try await run("DROP DATABASE \(name) WITH (FORCE)")
        return value
    } catch {
        try? await run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        throw error
    }
}
#endif
