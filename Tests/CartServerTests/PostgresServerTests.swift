#if Postgres
import CartCore
import CartServer
import CartStorePostgres
import Foundation
import NIOHTTP1
import PostgresTesting
import Testing

@Suite("A server on PostgreSQL", .enabled(if: CartDatabase.isPostgres, "CORRAL_TEST_POSTGRES names no PostgreSQL server"))
struct PostgresServerTests {
    /// Waits until the server is ready, or is not; gives up after ten seconds.
    private func becomes(ready isReady: Bool, _ server: TestServer) async throws -> TestServer.Answer {
        var answer = try await server.send(.GET, "/readyz")
        for _ in 0..<100 where (answer.status == 200) != isReady {
            try await Task.sleep(for: .milliseconds(100))
            answer = try await server.send(.GET, "/readyz")
        }
        #expect((answer.status == 200) == isReady, "\(answer.text)")
        return answer
    }

    /// A statement about a database, with its name for `#`, which comes from elsewhere; then its connections are ended.
    private func alter(_ name: String, _ statement: String) async throws {
        let postgres = try TestDatabase.server()
        _ = try await postgres.run(statement.replacing("#", with: name))
        _ = try await postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
    }

    @Test("is not ready while the database lets nobody in, and is ready again when it does; meanwhile it lives and loses nothing")
    func readiness() async throws {
        try await TestServer.run { server in
            let name = try await server.database.text("SELECT current_database()")
            let key = try await server.key().authorization
            try await server.keep(#"{"key":"a"}"#)
            #expect(try await server.send(.GET, "/readyz").status == 200)
            try await alter(name, "ALTER DATABASE # ALLOW_CONNECTIONS false")
            let ready = try await becomes(ready: false, server)
            #expect(ready.status == 503)
            #expect(ready.headers.first(name: "Retry-After") != nil)
            #expect(try await server.send(.GET, "/healthz").status == 200)
            // The key is known from before, and what is asked for is not.
            for path in ["/v1/carts/a", "/v1/carts", "/wp-json/cocart/v2/sessions"] {
                let answer = try await server.send(.GET, path, key)
                #expect(answer.status == 503 && answer.headers.first(name: "Retry-After") != nil, "\(path): \(answer.text)")
            }
            let refused = try await server.send(.PUT, "/v1/carts/b", key, body: Array("{}".utf8))
            #expect(refused.status == 503)
            try await alter(name, "ALTER DATABASE # ALLOW_CONNECTIONS true")
            _ = try await becomes(ready: true, server)
            #expect(try await server.send(.GET, "/v1/carts/a", key).status == 200)
            #expect(try await server.send(.PUT, "/v1/carts/b", key, body: Array("{}".utf8)).status == 201)
        }
    }

    @Test("is not ready while the database takes no writes, as a standby")
    func readOnly() async throws {
        try await TestServer.run { server in
            let name = try await server.database.text("SELECT current_database()")
            try await alter(name, "ALTER DATABASE # SET default_transaction_read_only = on")
            let ready = try await becomes(ready: false, server)
            #expect(ready.status == 503)
            try await alter(name, "ALTER DATABASE # RESET default_transaction_read_only")
            _ = try await becomes(ready: true, server)
        }
    }

    @Test("that has a database without carts is told to start on it first, by commands that only look")
    func empty() async throws {
        try await withCartDatabase { database, _ in
            let listed = try await Program.corral("carts", "list", "--database", database.text).run()
            #expect(listed.status == 1)
            #expect(listed.errors.contains("There are no carts in the database yet"), "\(listed.errors)")
            #expect(try await database.text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0")
        }
    }

    @Test("is examined by doctor")
    func doctor() async throws {
        try await TestServer.run { server in
            _ = try await server.key()
            let result = try await Program.corral("doctor", "--database", server.database.text).run()
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("is whole"))
            #expect(result.output.contains(/disk +The store takes up .* at the database's server\./))
        }
    }
}
#endif
