import CartCore
import Crypto
import Foundation

/// Brings a database file to the present schema.
struct Migrator {
    let connection: Connection
    var migrations = Schema.migrations

    /// Applies the steps that are missing, each in a transaction of its own. Two processes that start at once do it one after the
    /// other; a file that is up to date is only read.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the file is newer than this program, or a step was changed after it was applied.
    func migrate() throws {
        if try connection.integer("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'") == nil {
            try connection.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT")
        }
        for (index, sql) in migrations.enumerated() {
            let number = Int64(index + 1)
            let hash = Hex.encode(SHA256.hash(data: Data(sql.utf8)))
            if try isApplied(number, hash: hash) { continue }
            try connection.writing {
                if try isApplied(number, hash: hash) { return }
                try connection.execute(sql)
                let insert = try connection.statement("INSERT INTO migrations VALUES (?1, ?2)")
                insert.bind(number, at: 1)
                insert.bind(hash, at: 2)
                try insert.run()
            }
        }
        let newest = try connection.integer("SELECT max(number) FROM migrations") ?? 0
        guard newest <= Int64(migrations.count) else {
            throw CartError(.unavailable, "The database was made by a newer version of this program.")
        }
    }

    private func isApplied(_ number: Int64, hash: String) throws -> Bool {
        let statement = try connection.statement("SELECT hash FROM migrations WHERE number = ?1")
        statement.bind(number, at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return false }
        guard statement.text(0) == hash else {
            throw CartError(.unavailable, "Migration \(number) of the database is not the one that this program knows.")
        }
        return true
    }
}
