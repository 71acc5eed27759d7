#if Postgres
import CartCore
import Foundation
import PostgresTesting
import Testing

@testable import CartStorePostgres

/// Runs a test on a connection to the server's own database, in which it makes temporary tables alone.
private func withConnection<Value>(timeout: Duration = .seconds(30), _ body: (Connection) throws -> Value) throws -> Value {
    let connection = try Connection(TestDatabase.server(), timeout: timeout)
    defer { connection.close() }
    return try body(connection)
}

@Suite("A connection to PostgreSQL", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct ConnectionTests {
    @Test("brings integers there and back", arguments: [0, 1, -1, 255, 65_536, Int64.min, Int64.max, Int64(Int32.max) + 1])
    func integers(value: Int64) throws {
        try withConnection { connection in
            let rows = try connection.query("SELECT $1::bigint, $1::bigint::text, $2::bigint", [.integer(value), .null])
            #expect(rows.count == 1)
            #expect(rows.integer(0, 0) == value)
            #expect(rows.optionalInteger(0, 0) == value)
            #expect(rows.text(0, 1) == String(value))
            #expect(rows.optionalInteger(0, 2) == nil)
            #expect(rows.integer(0, 2) == 0)
        }
    }

    @Test(
        "brings texts there and back",
        arguments: ["", "a", "'\"\\%_$1;--", "ä€😀\u{301}", "\u{1}\u{7F}\u{FFFF}\u{10FFFF}", String(repeating: "lang ", count: 200_000)])
    func texts(text: String) throws {
        try withConnection { connection in
            let rows = try connection.query("SELECT $1::text, octet_length($1::text), $2::text", [.text(text), .null])
            #expect(rows.text(0, 0) == text)
            #expect(rows.optionalText(0, 0) == text)
            #expect(rows.integer(0, 1) == Int64(text.utf8.count))
            #expect(rows.optionalText(0, 2) == nil)
            #expect(rows.text(0, 2) == "")
            #expect(rows.isNull(0, 2))
        }
    }

    @Test("brings bytes there and back", arguments: [[], [0], [0, 255, 0], [UInt8](repeating: 0, count: 1_000_000)])
    func bytes(bytes: [UInt8]) throws {
        try withConnection { connection in
            let rows = try connection.query("SELECT $1::bytea, octet_length($1::bytea), $2::bytea", [.bytes(bytes), .null])
            #expect(rows.bytes(0, 0) == bytes)
            #expect(rows.optionalBytes(0, 0) == bytes)
            #expect(rows.integer(0, 1) == Int64(bytes.count))
            #expect(rows.optionalBytes(0, 2) == nil)
            #expect(rows.withBytes(0, 0) { $0.count } == bytes.count)
        }
    }

    @Test("brings arrays there and back", arguments: [0, 1, 3, 10_000])
    func arrays(count: Int) throws {
        try withConnection { connection in
            let integers = (0..<count).map { Int64($0) * 1_000_003 - 7 }
            let texts = (0..<count).map { $0.isMultiple(of: 3) ? "" : "ü\($0),{}\"" }
            let blobs = (0..<count).map { [UInt8](repeating: UInt8($0 % 256), count: $0 % 5) }
            let missingIntegers = integers.map { $0.isMultiple(of: 2) ? $0 : nil }
            let missingTexts = texts.map { $0.isEmpty ? nil : $0 }
            let rows = try connection.query(
                "SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::text[]) WITH ORDINALITY ORDER BY ordinality",
                [.integers(integers), .texts(texts), .blobs(blobs), .optionalIntegers(missingIntegers), .optionalTexts(missingTexts)])
            #expect(rows.count == count)
            #expect((0..<rows.count).map { rows.integer($0, 0) } == integers)
            #expect((0..<rows.count).map { rows.text($0, 1) } == texts)
            #expect((0..<rows.count).map { rows.bytes($0, 2) } == blobs)
            #expect((0..<rows.count).map { rows.optionalInteger($0, 3) } == missingIntegers)
            #expect((0..<rows.count).map { rows.optionalText($0, 4) } == missingTexts)
        }
    }

    @Test("reads any width, and nothing where nothing of the kind is")
    func otherTypes() throws {
        try withConnection { connection in
            let rows = try connection.query("SELECT 1::smallint, -2::int, true, 'text', 1.5::numeric, count(*) FROM (VALUES (1), (2)) a")
            #expect(rows.integer(0, 0) == 1)
            #expect(rows.integer(0, 1) == -2)
            #expect(rows.integer(0, 2) == 1)
            #expect(rows.integer(0, 5) == 2)
            #expect(rows.integer(0, 99) == 0)
            #expect(rows.integer(99, 0) == 0)
            #expect(rows.text(-1, -1) == "")
            #expect(rows.integer(Int.max, Int.min) == 0)
        }
    }

    @Test("keeps statements of one text apart by the types of their values")
    func types() throws {
        try withConnection { connection in
            try connection.execute(["CREATE TEMPORARY TABLE a (i BIGINT, t TEXT, b BYTEA)"])
            let insert = "INSERT INTO a VALUES ($1, $2, $3)"
            for values: [Value] in [
                [.null, .null, .null], [.integer(1), .null, .null], [.null, .text(""), .null], [.integer(2), .text("x"), .bytes([])],
                [Value(nil as Int64?), Value("y"), Value([7])],
            ] {
                #expect(try connection.query(insert, values).changes == 1)
            }
            let rows = try connection.query("SELECT i, t, b FROM a ORDER BY i, t")
            #expect((0..<rows.count).map { rows.optionalInteger($0, 0) } == [1, 2, nil, nil, nil])
            #expect((0..<rows.count).map { rows.optionalText($0, 1) } == [nil, "x", "", "y", nil])
            #expect((0..<rows.count).map { rows.optionalBytes($0, 2) } == [nil, [], nil, [7], nil])
            #expect(try connection.query("SELECT $1", [.text("a")]).text(0, 0) == "a")
            #expect(try connection.query("SELECT $1", [.integer(1)]).integer(0, 0) == 1)
            #expect(try connection.query("SELECT $1", [.text("b")]).text(0, 0) == "b")
        }
    }

    @Test("refuses U+0000 in texts, and goes on")
    func nul() throws {
        try withConnection { connection throws in
            let error = #expect(throws: PostgresError.self) { try connection.query("SELECT $1::text", [.text("a\0b")]) }
            #expect(error?.sqlState == "22021")
            #expect(try connection.query("SELECT $1::text", [.text("ab")]).text(0, 0) == "ab")
        }
    }

    @Test("answers several statements in order")
    func several() throws {
        try withConnection { connection in
            #expect(try connection.finish().isEmpty)
            for number in 0..<1000 { try connection.send("SELECT $1::bigint + generate_series(1, 2)", [.integer(Int64(number))]) }
            let answers = try connection.finish()
            #expect(answers.map { $0.integer(1, 0) } == (0..<1000).map { Int64($0) + 2 })
            #expect(try connection.finish().isEmpty)
        }
    }

    @Test("does not get stuck when much goes both ways at once")
    func muchBothWays() throws {
        try withConnection { connection in
            let block = [UInt8](repeating: 7, count: 100_000)
            for _ in 0..<500 { try connection.send("SELECT $1::bytea", [.bytes(block)]) }
            #expect(try connection.finish().allSatisfy { $0.bytes(0, 0).count == block.count })
        }
    }

    @Test("tells the first error, does nothing of what was sent with it, and goes on")
    func firstError() throws {
        try withConnection { connection in
            try connection.execute(["CREATE TEMPORARY TABLE a (i BIGINT PRIMARY KEY)"])
            let insert = "INSERT INTO a VALUES ($1)"
            // Prepared by the failing pipeline itself, skipped in it, or wrong: none of that is remembered.
            for _ in 0..<2 {
                try connection.send(insert, [.integer(1)])
                try connection.send("SELECT 1 / $1::bigint", [.integer(0)])
                try connection.send("SELECT 'skipped'")
                try connection.send("SELECT wrong")
                let error = #expect(throws: PostgresError.self) { try connection.finish() }
                #expect(error?.sqlState == "22012")
                #expect(error?.isConnectionLost == false)
                #expect(connection.isIdle)
            }
            #expect(try connection.query("SELECT count(*) FROM a").integer(0, 0) == 0)
            #expect(try connection.query("SELECT 'skipped'").text(0, 0) == "skipped")
            #expect(throws: PostgresError.self) { try connection.query("SELECT wrong") }
            _ = try connection.query(insert, [.integer(1)])
            #expect(try connection.query("SELECT 1 / $1::bigint", [.integer(1)]).integer(0, 0) == 1)
        }
    }

    @Test("keeps an error of one that stands alone from the others")
    func alone() throws {
        try withConnection { connection in
            for number in -3...3 { try connection.sendAlone("SELECT 6 / $1::bigint", [.integer(Int64(number))]) }
            var answers: [Int64?] = []
            for _ in -3...3 { answers.append(try? connection.nextAnswer().integer(0, 0)) }
            #expect(answers == [-2, -3, -6, nil, 6, 3, 2])
            #expect(connection.isIdle)
        }
    }

    @Test("commits a transaction, and undoes one that fails")
    func transactions() throws {
        struct Stop: Error {}
        try withConnection { connection in
            try connection.execute(["CREATE TEMPORARY TABLE a (i BIGINT PRIMARY KEY)"])
            let insert = "INSERT INTO a VALUES ($1)"
            func count() throws -> Int64 { try connection.query("SELECT count(*) FROM a").integer(0, 0) }
            let value = try connection.transaction {
                _ = try connection.query(insert, [.integer(1)])
                try connection.send(insert, [.integer(2)])
                return "value"
            }
            #expect(value == "value")
            #expect(try count() == 2)
            try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {}
            #expect(throws: Stop.self) {
                try connection.transaction {
                    try connection.send(insert, [.integer(3)])
                    throw Stop()
                }
            }
            #expect(throws: Stop.self) {
                try connection.transaction {
                    _ = try connection.query(insert, [.integer(3)])
                    throw Stop()
                }
            }
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    _ = try connection.query(insert, [.integer(3)])
                    _ = try connection.query(insert, [.integer(1)])
                }
            }
            #expect(error?.sqlState == "23505")
            let late = #expect(throws: PostgresError.self) {
                try connection.transaction { try connection.send(insert, [.integer(1)]) }
            }
            #expect(late?.sqlState == "23505")
            #expect(connection.isIdle)
            #expect(try count() == 2)
        }
    }

    @Test("does not take the COMMIT of a transaction that failed for success")
    func failedCommit() throws {
        try withConnection { connection in
            _ = try connection.query("BEGIN")
            #expect(throws: PostgresError.self) { try connection.query("SELECT 1 / 0") }
            #expect(!connection.isIdle)
            let error = #expect(throws: PostgresError.self) { try connection.query("COMMIT") }
            #expect(error?.sqlState == "25P02")
            _ = try connection.query("BEGIN")
            connection.rollBack()
            #expect(connection.isIdle)
        }
    }

    @Test("keeps a bounded number of prepared statements, here and on the server")
    func bounded() throws {
        try withConnection { connection in
            for number in 0..<1000 {
                #expect(try connection.query("SELECT \(number)").integer(0, 0) == Int64(number))
                #expect(try connection.query("SELECT 'often used'").text(0, 0) == "often used")
            }
            #expect(connection.statementCount <= Connection.mostStatements + 3)
            let prepared = try connection.query("SELECT count(*) FROM pg_prepared_statements")
            #expect(prepared.integer(0, 0) == Int64(connection.statementCount))
            let often = try connection.query(
                "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement = $1", [.text("SELECT 'often used'")])
            #expect(often.integer(0, 0) == 1000)
        }
    }

    @Test("prepares anew what the server has forgotten, or prepared for a table that has changed")
    func stale() throws {
        try withConnection { connection in
            try connection.execute(["CREATE TEMPORARY TABLE a AS SELECT 1::bigint AS i"])
            func row() throws -> Rows { try connection.query("SELECT * FROM a") }
            #expect(try row().integer(0, 0) == 1)
            try connection.execute(["ALTER TABLE a ADD COLUMN j BIGINT DEFAULT 2"])
            #expect(try row().integer(0, 1) == 2)
            try connection.execute(["DEALLOCATE ALL"])
            #expect(try row().integer(0, 1) == 2)
            // Several at once, with what begins and ends the transaction.
            try connection.execute(["DEALLOCATE ALL"])
            for sql in ["BEGIN", "UPDATE a SET j = j + 1", "SELECT * FROM a", "COMMIT"] { try connection.send(sql) }
            #expect(try connection.finish()[2].integer(0, 1) == 3)
            // Within a transaction that has begun, only the whole can be tried again.
            var tries = 0
            func update() throws {
                try connection.transaction {
                    tries += 1
                    _ = try connection.query("SELECT 'begun'")
                    if tries == 1 { try connection.execute(["ALTER TABLE a ADD COLUMN k BIGINT DEFAULT 3"]) }
                    _ = try row()
                }
            }
            let error = #expect(throws: PostgresError.self) { try update() }
            #expect(error?.isRetryable == true)
            #expect(connection.isIdle)
            try connection.execute(["ALTER TABLE a ADD COLUMN l BIGINT DEFAULT 4"])
            try update()
            #expect(try row().integer(0, 2) == 4)
        }
    }

    @Test("lets the server give up a statement that takes too long, and goes on")
    func slowStatement() throws {
        try withConnection(timeout: .milliseconds(500)) { connection in
            let begun = ContinuousClock.now
            let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(20)") }
            #expect(error?.sqlState == "57014")
            #expect(error?.unavailable.reason == "The database did not answer in time.")
            #expect(.now - begun < .seconds(5))
            #expect(connection.isIdle)
            try connection.withTimeout(.seconds(20)) { _ = try connection.query("SELECT pg_sleep(1)") }
            #expect(connection.timeout == .milliseconds(500))
            #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(20)") }
            #expect(throws: PostgresError.self) {
                try connection.withTimeout(.milliseconds(700)) { _ = try connection.query("SELECT pg_sleep(20)") }
            }
            #expect(connection.isIdle)
        }
    }

    @Test("leaves no transaction open on the server whose client has stopped")
    func abandonedTransaction() throws {
        try withConnection(timeout: .milliseconds(300)) { connection in
            _ = try connection.query("BEGIN")
            Thread.sleep(forTimeInterval: 1)
            let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
            #expect(error?.isConnectionLost == true)
            #expect(!connection.isUsable)
        }
    }

    @Test("makes itself ready with what the server knows of it")
    func settings() throws {
        let connection = try Connection(
            TestDatabase.server(), settings: ["SET plan_cache_mode = force_custom_plan", "SET no_such_setting = 1", "SET jit = off"])
        defer { connection.close() }
        #expect(try connection.query("SELECT current_setting('plan_cache_mode')").text(0, 0) == "force_custom_plan")
        #expect(try connection.query("SELECT current_setting('jit')").text(0, 0) == "off")
        #expect(try connection.query("SELECT current_setting('application_name')").text(0, 0) == "corral")
        #expect(connection.setting("server_encoding") == "UTF8")
    }

    @Test(
        "says why there is none",
        arguments: [
            ("&dbname=no_such_database", "3D000", "There is no such database."),
            ("&user=no_such_user", "28000", "The database does not accept the user or the password."),
            ("&host=/nowhere", nil, "The database cannot be reached."),
        ])
    func refused(change: String, sqlState: String?, reason: String) throws {
        let location = try PostgresLocation(TestDatabase.server().connectionString + change)
        let error = #expect(throws: PostgresError.self) { try Connection(location) }
        // A server that asks for a password says that it is wrong, whether there is such a user or not.
        #expect(error?.sqlState == sqlState || error?.sqlState == "28P01")
        #expect(error?.unavailable.reason == reason)
        #expect(error?.isConnectionLost == true)
        #expect(error.map { !"\($0)".contains("no_such") } ?? false)
    }
}
#endif
