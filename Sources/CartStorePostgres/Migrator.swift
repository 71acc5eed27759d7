#if Postgres
import CartCore
import Crypto
import Foundation

/// Brings a database to the present schema.
struct Migrator {
    /// For as long each step may take.
    static let timeout: Duration = .seconds(3600)

    let connection: Connection
    /// Whether tables are made where there are none.
    var creating = true
    var migrations = Schema.migrations

    /// Applies the steps that are missing, each in a transaction of its own. Of two processes that start at once one does a step, and
    /// the other waits for it; a database that is up to date is only read.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the database has another encoding than UTF-8, is newer than this program, a step was
    ///   changed after it was applied, or there are no tables and none are to be made.
    func migrate() throws {
        try checkEncoding()
        try connection.withTimeout(Self.timeout) {
            var applied = try applied() ?? make()
            for (index, statements) in migrations.enumerated() {
                let number = Int64(index + 1)
                let hash = Hex.encode(SHA256.hash(data: Data(statements.joined(separator: ";\n").utf8)))
                if applied[number] == nil, try !apply(statements, number, hash) { applied = try self.applied() ?? [:] }
                guard applied[number].map({ $0 == hash }) ?? true else {
                    throw CartError(.unavailable, "Migration \(number) of the database is not the one that this program knows.")
                }
            }
            guard applied.keys.max() ?? 0 <= Int64(migrations.count) else {
                throw CartError(.unavailable, "The database was made by a newer version of this program.")
            }
        }
    }

    /// Makes the index of trigrams in a database without carts, if it has the extension for it. That it cannot be made is no failure: the
    /// same statements find the same carts without it, more slowly. Among carts it is not made: nobody could write meanwhile.
    func makeTrigramIndex() throws {
        guard try connection.query("SELECT 1 FROM cart_search LIMIT 1").count == 0 else { return }
        for statement in ["CREATE EXTENSION IF NOT EXISTS pg_trgm", Schema.trigramIndex] {
            do throws(PostgresError) {
                try connection.execute([statement])
            } catch {
                if error.isConnectionLost { throw error }
                return
            }
        }
    }

    private func checkEncoding() throws(CartError) {
        guard let encoding = connection.setting("server_encoding"), encoding != "UTF8" else { return }
        throw CartError(
            .unavailable,
            "The database has the encoding \(encoding); make one with CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'.")
    }

    /// The hashes of the steps that were applied, by their numbers; nil if there are no tables.
    private func applied() throws -> [Int64: String]? {
        do throws(PostgresError) {
            let rows = try connection.query("SELECT number, hash FROM migrations")
            return Dictionary((0..<rows.count).map { (rows.integer($0, 0), rows.text($0, 1)) }) { first, _ in first }
        } catch {
            guard error.sqlState == "42P01" else { throw error }
            return nil
        }
    }

    private func make() throws -> [Int64: String] {
        guard creating else {
            throw CartError(.unavailable, "There are no carts in the database yet: no server has been started on it.")
        }
        do throws(PostgresError) {
            try connection.execute(["CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, hash TEXT NOT NULL)"])
        } catch {
            // Another process was making it at this moment.
            guard ["23505", "42P07", "42710"].contains(error.sqlState) else { throw error }
        }
        return try applied() ?? [:]
    }

    /// - Returns: false if another process has applied it meanwhile.
    private func apply(_ statements: [String], _ number: Int64, _ hash: String) throws -> Bool {
        do {
            try connection.transaction {
                // Who comes second waits here, and then learns that the row is there.
                _ = try connection.query("INSERT INTO migrations VALUES ($1, $2)", [.integer(number), .text(hash)])
                try connection.execute(statements)
            }
            return true
        } catch let error as PostgresError where error.sqlState == "23505" {
            return false
        }
    }
}
#endif
