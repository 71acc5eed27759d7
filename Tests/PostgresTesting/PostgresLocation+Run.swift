#if Postgres
import CLibPQ
import CartStorePostgres
import Foundation

extension PostgresLocation {
    /// Why a statement was not done, in the database's words.
    package struct Refusal: Error {
        package let message: String
    }

    /// Runs statements behind a store's back, over a connection of their own, as another program would.
    ///
    /// - Returns: the first column of each row of the last one's answer; nil for NULL.
    package func run(_ statements: String) async throws -> [String?] {
        // Some wait for all of a server's processes: not on a thread that the tests share.
        let result: Result<[String?], any Error> = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Result { try runHere(statements) }) }
        }
        return try result.get()
    }

    private func runHere(_ statements: String) throws -> [String?] {
        let connection = PQconnectdb(connectionString)
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else { throw Refusal(message: String(cString: PQerrorMessage(connection))) }
        let result = PQexec(connection, statements)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw Refusal(message: String(cString: PQerrorMessage(connection)))
        }
        return (0..<PQntuples(result)).map { row in
            PQgetisnull(result, row, 0) == 1 ? nil : PQgetvalue(result, row, 0).map { String(cString: $0) }
        }
    }
}
#endif
