#if Postgres
/// Statements about many rows at once, whose parameters are arrays: one for each column.
enum SetSQL {
    struct Column: ExpressibleByStringLiteral {
        let name: String
        let type: String

        init(_ name: String, _ type: String) {
            self.name = name
            self.type = type
        }

        /// A column of type `bigint`.
        init(stringLiteral name: String) { self.init(name, "bigint") }

        static func text(_ name: String) -> Column { Column(name, "text") }
        static func bytes(_ name: String) -> Column { Column(name, "bytea") }
    }

    /// The rows that the parameters from `$1` on hold.
    static func rows(_ columns: [Column]) -> String {
        let arrays = columns.enumerated().map { "$\($0 + 1)::\($1.type)[]" }
        return "unnest(\(arrays.joined(separator: ", ")))"
    }

    static func insert(into table: String, _ columns: [Column]) -> String {
        "INSERT INTO \(table) (\(columns.map(\.name).joined(separator: ", "))) SELECT * FROM \(rows(columns))"
    }

    /// Keeps rows, each over the one that has the same key. No key may be there twice.
    ///
    /// - Parameters:
    ///   - key: how many of the columns, from the first, make the key.
    ///   - change: what is done where a row stands; nil: all columns are replaced.
    static func upsert(into table: String, _ columns: [Column], key: Int, change: String? = nil) -> String {
        let keys = columns.prefix(key).map(\.name).joined(separator: ", ")
        let replaced = columns.dropFirst(key).map { "\($0.name) = excluded.\($0.name)" }.joined(separator: ", ")
        return "\(insert(into: table, columns)) ON CONFLICT (\(keys)) DO UPDATE SET \(change ?? replaced)"
    }
}
#endif
