#if Postgres
import CartCore
import Foundation
import PostgresTesting
import Testing

@testable import CartStorePostgres

@Suite("A database that goes away", .serialized, .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct ReconnectTests {
    private let quick: Duration = .seconds(1)

    /// Ends all other connections to the database, and returns when they have ended.
    private func endOthers(_ location: PostgresLocation) throws {
        let connection = try Connection(location)
        defer { connection.close() }
        _ = try connection.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    }

    private func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let begun = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - begun) / .seconds(1)
    }

    /// Runs a test on a database of its own and what reads from it.
    private func withReaders(
        timeout: Duration = Connection.standardTimeout, _ body: (PostgresLocation, Connector, Pool, PointReader) async throws -> Void
    ) async throws {
        try await withTemporaryDatabase { location in
            let connector = Connector(location, timeout: timeout)
            let pool = Pool(connector)
            let reader = PointReader(connector)
            defer {
                pool.close()
                reader.close()
            }
            try await body(location, connector, pool, reader)
        }
    }

    @Test("between two reads is not noticed by either")
    func endedBetween() async throws {
        try await withReaders { location, _, pool, reader in
            for number in 0..<10 as Range<Int64> {
                // Two idle connections are lost at once.
                try pool.read { first in
                    _ = try pool.read { _ = try $0.query("SELECT 1") }
                    _ = try first.query("SELECT 1")
                }
                #expect(try await reader.query("SELECT $1::bigint", [.integer(number)]).integer(0, 0) == number)
                try endOthers(location)
                #expect(try await reader.query("SELECT $1::bigint", [.integer(number)]).integer(0, 0) == number)
                #expect(try await pool.readAside { try $0.query("SELECT $1::bigint", [.integer(number)]).integer(0, 0) } == number)
            }
        }
    }

    @Test("during reads costs none of them a wrong answer, and few an answer")
    func endedDuring() async throws {
        try await withReaders { location, _, pool, reader in
            let failures = try await withThrowingTaskGroup(of: Int.self) { group in
                for client in 0..<16 as Range<Int64> {
                    group.addTask {
                        var failures = 0
                        for number in 0..<200 as Range<Int64> {
                            let value = client * 1000 + number
                            do throws(CartError) {
                                let rows = try await reader.query("SELECT $1::bigint, repeat('x', 1000)", [.integer(value)])
                                #expect(rows.integer(0, 0) == value)
                                if number.isMultiple(of: 20) {
                                    let read = try await pool.readAside { connection in
                                        try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
                                            try connection.query("SELECT $1::bigint", [.integer(value)]).integer(0, 0)
                                        }
                                    }
                                    #expect(read == value)
                                }
                            } catch {
                                #expect(error.code == .unavailable)
                                failures += 1
                                try await Task.sleep(for: .milliseconds(50))
                            }
                        }
                        return failures
                    }
                }
                group.addTask {
                    for _ in 0..<20 {
                        try endOthers(location)
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    return 0
                }
                return try await group.reduce(0, +)
            }
            // It takes two losses in a row, or one while connecting.
            #expect(failures < 320)
            #expect(try await reader.query("SELECT 1").count == 1)
        }
    }

    @Test("for a while is asked seldom, costs nobody time, and is found again within five seconds")
    func away() async throws {
        try await withRelay { relay, _ in
            let connector = Connector(relay.location)
            let pool = Pool(connector)
            let reader = PointReader(connector)
            defer {
                pool.close()
                reader.close()
            }
            _ = try await reader.query("SELECT 1")
            _ = try pool.read { try $0.query("SELECT 1") }
            relay.stop()
            let before = relay.accepted
            let end = ContinuousClock.now + .seconds(3)
            var refused = 0
            while ContinuousClock.now < end {
                let spent = await seconds {
                    do throws(CartError) {
                        _ = try await reader.query("SELECT 1")
                        Issue.record("nobody can have answered")
                    } catch {
                        #expect(error.code == .unavailable)
                        #expect((1...5).contains(error.retryAfter ?? 0))
                    }
                    let list = await #expect(throws: CartError.self) { try await pool.readAside { try $0.query("SELECT 1") } }
                    #expect(list?.code == .unavailable)
                }
                #expect(spent < 3)
                refused += 1
            }
            #expect(refused > 10)
            #expect(relay.accepted == before)
            try relay.start()
            // The thread of short reads looks by itself; lists need not be asked for.
            let spent = await seconds {
                while (try? await reader.query("SELECT 1")) == nil { try? await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(spent < 5)
            #expect(relay.accepted == before + 1)
            #expect(try await pool.readAside { try $0.query("SELECT 7").integer(0, 0) } == 7)
        }
    }

    @Test("is not asked by everybody at once")
    func flood() async throws {
        let location = try PostgresLocation(TestDatabase.server().connectionString).naming(host: "/nowhere", port: "5432")
        let connector = Connector(location)
        let begun = ContinuousClock.now
        var pauses: [Duration] = []
        var last: ContinuousClock.Instant?
        while ContinuousClock.now - begun < .seconds(4) {
            #expect(throws: PostgresError.self) { try connector.connect() }
            if let next = connector.nextAttempt, next != last {
                if let last { pauses.append(next - last) }
                last = next
            }
            usleep(1000)
        }
        // 100, 200, 400, 800 ms, 1.6 s, 2 s
        #expect((2...6).contains(pauses.count))
        #expect(connector.failure != nil)
    }

    @Test("by falling silent is given up in time, and used again when it speaks")
    func silent() async throws {
        try await withRelay { relay, direct in
            let location = try PostgresLocation(relay.location.connectionString + "&connect_timeout=1")
            let connector = Connector(location, timeout: quick)
            let pool = Pool(connector)
            let reader = PointReader(connector)
            defer {
                pool.close()
                reader.close()
            }
            _ = try await reader.query("SELECT 1")
            _ = try pool.read { try $0.query("SELECT 1") }
            relay.isSilent = true
            let first = await seconds {
                await withTaskGroup { group in
                    for _ in 0..<20 {
                        group.addTask {
                            let error = await #expect(throws: CartError.self) { try await reader.query("SELECT 1") }
                            #expect(error?.reason == "The database did not answer in time.")
                        }
                    }
                    group.addTask {
                        let error = await #expect(throws: CartError.self) { try await pool.readAside { try $0.query("SELECT 1") } }
                        #expect(error?.reason == "The database did not answer in time.")
                    }
                }
            }
            #expect(first < 4)
            // The first after that tries to connect; then nobody waits.
            for _ in 0..<3 { _ = try? await reader.query("SELECT 1") }
            let later = await seconds { for _ in 0..<100 { _ = try? await reader.query("SELECT 1") } }
            #expect(later < 3)
            relay.isSilent = false
            let found = await seconds {
                while (try? await reader.query("SELECT 1")) == nil { try? await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(found < 5)
            _ = direct
        }
    }

    @Test("by taking no writes any more has everybody look for another host, also those who only read")
    func deposed() async throws {
        try await withReaders(timeout: quick) { _, connector, pool, reader in
            let process = "SELECT pg_backend_pid()"
            func processes() async throws -> [Int64] {
                try await [reader.query(process).integer(0, 0), pool.readAside { try $0.query(process).integer(0, 0) }]
            }
            let before = try await processes()
            let still = try await processes()
            #expect(still == before)
            connector.noteReadOnly()
            let after = try await processes()
            #expect(Set(after).isDisjoint(with: before))
        }
    }

    @Test("because its process is stopped is given up in time, and works again when that goes on")
    func stopped() async throws {
        try await withTemporaryDatabase { location in
            let connector = Connector(location, timeout: quick)
            let reader = PointReader(connector)
            defer { reader.close() }
            let backend = pid_t(try await reader.query("SELECT pg_backend_pid()").integer(0, 0))
            // A server on another machine, or of somebody else, cannot be stopped.
            guard kill(backend, SIGSTOP) == 0 else { return }
            // Others who make databases meanwhile wait for it, and must not do so for ever.
            let isOver = DispatchSemaphore(value: 0)
            Thread {
                _ = isOver.wait(timeout: .now() + 5)
                kill(backend, SIGCONT)
            }.start()
            let spent = await seconds {
                let error = await #expect(throws: CartError.self) { try await reader.query("SELECT 1") }
                #expect(error?.reason == "The database did not answer in time.")
            }
            isOver.signal()
            #expect(spent < 4)
            // Until it has connected anew, others are refused at once.
            let found = await seconds {
                while (try? await reader.query("SELECT 1")) == nil { try? await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(found < 2)
            #expect(try await pid_t(reader.query("SELECT pg_backend_pid()").integer(0, 0)) != backend)
        }
    }

    @Test("in the middle of COMMIT leaves it open whether it was done, and only then", arguments: [true, false])
    func cutCommit(isPassedOn: Bool) async throws {
        try await withRelay { relay, direct in
            let watching = try Connection(direct)
            defer { watching.close() }
            try watching.execute(["CREATE TABLE a (i BIGINT)"])
            let connection = try Connection(relay.location)
            relay.cut(Relay.Cut(text: "COMMIT", isPassedOn: isPassedOn))
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction { _ = try connection.query("INSERT INTO a VALUES (1)") }
            }
            #expect(error?.isOutcomeUnknown == true)
            #expect(error?.isConnectionLost == true)
            #expect(error?.unavailable.retryAfter != nil)
            // The server may still be at it.
            let count = { try watching.query("SELECT count(*) FROM a").integer(0, 0) }
            let end = ContinuousClock.now + (isPassedOn ? .seconds(10) : .milliseconds(300))
            while try count() == 0, .now < end { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try count() == (isPassedOn ? 1 : 0))
            let another = try Connection(relay.location)
            relay.cut(Relay.Cut(text: "INSERT", isPassedOn: isPassedOn))
            let early = #expect(throws: PostgresError.self) {
                try another.transaction { _ = try another.query("INSERT INTO a VALUES (2)") }
            }
            #expect(early?.isOutcomeUnknown == false)
            #expect(early?.isConnectionLost == true)
            // What ends the connection behind COMMIT does not undo it.
            let third = try Connection(direct)
            for sql in ["BEGIN", "INSERT INTO a VALUES (4)", "COMMIT", "SELECT pg_terminate_backend(pg_backend_pid())"] {
                try third.send(sql)
            }
            let behind = #expect(throws: PostgresError.self) { try third.finish() }
            #expect(behind?.isConnectionLost == true)
            #expect(behind?.isOutcomeUnknown == true)
            #expect(try watching.query("SELECT 1 FROM a WHERE i = 4").count == 1)
            // What ends it before COMMIT is reached is told in its place.
            let fourth = try Connection(direct)
            try endOthers(direct)
            let ended = #expect(throws: PostgresError.self) { try fourth.transaction { try fourth.send("INSERT INTO a VALUES (3)") } }
            #expect(ended?.isConnectionLost == true)
            #expect(ended?.isOutcomeUnknown == false)
            #expect(!fourth.isOpen())
        }
    }

    @Test("and another that can be written to: the first that answers is used, and stays in use")
    func severalHosts() async throws {
        try await withRelay { silent, direct in
            silent.isSilent = true
            let server = direct.options(forHost: 0)
            let good = server["host"] ?? ""
            let port = server["port"] ?? "5432"
            let folder = silent.location.options(forHost: 0)["host"] ?? ""
            let location = try PostgresLocation(
                direct.naming(host: "/nowhere,\(folder),\(good)", port: "5432,5432,\(port)").connectionString + "&connect_timeout=1")
            let connector = Connector(location)
            let first = try await seconds {
                let connection = try connector.connect()
                #expect(connection.host == 2)
                #expect(try connection.query("SELECT 1").count == 1)
            }
            #expect(first < 4)
            let second = try await seconds {
                let connection = try connector.connect()
                #expect(connection.host == 2)
            }
            #expect(second < 2)
        }
    }

    @Test("when it can only be read is not used")
    func readOnly() async throws {
        try await withTemporaryDatabase { location in
            let connection = try Connection(location)
            defer { connection.close() }
            let open = try Connection(location)
            let name = try connection.query("SELECT current_database()").text(0, 0)
            try connection.execute(["CREATE TABLE a (i BIGINT)"])
            try connection.execute(["ALTER DATABASE \(name) SET default_transaction_read_only = on"])
            let error = #expect(throws: PostgresError.self) { try Connection(location) }
            #expect(error?.sqlState == "25006")
            #expect(error?.unavailable.reason == "The database cannot be written to.")
            // Whoever has a connection from before learns it when it writes, and connects anew.
            try open.execute(["SET default_transaction_read_only = on"])
            let late = #expect(throws: PostgresError.self) { try open.query("INSERT INTO a VALUES (1)") }
            #expect(late?.sqlState == "25006")
            #expect(late?.isConnectionLost == true)
            #expect(!open.isUsable)
        }
    }

    @Test("with no connection left says so, and is asked again later")
    func tooManyConnections() async throws {
        try await withTemporaryDatabase { location in
            let connection = try Connection(location)
            defer { connection.close() }
            let role = "corral_test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
            try connection.execute(["CREATE ROLE \(role) LOGIN PASSWORD 'test' CONNECTION LIMIT 1"])
            defer { try? connection.execute(["DROP ROLE \(role)"]) }
            let connector = Connector(try PostgresLocation(location.connectionString + "&user=\(role)&password=test"))
            let first = try connector.connect()
            let pool = Pool(connector)
            let error = #expect(throws: CartError.self) { try pool.read { _ = try $0.query("SELECT 1") } }
            #expect(error?.reason == "The database takes no more connections.")
            #expect(error?.retryAfter == 1)
            first.close()
            let spent = await seconds {
                while (try? pool.read({ try $0.query("SELECT 1") })) == nil { try? await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(spent < 5)
            pool.close()
            let closed = #expect(throws: CartError.self) { try pool.read { _ = try $0.query("SELECT 1") } }
            #expect(closed?.reason == "The store is closed.")
        }
    }

    @Test("or is closed: everything is refused, and threads end")
    func closed() async throws {
        try await withTemporaryDatabase { location in
            let connector = Connector(location)
            let pool = Pool(connector)
            _ = try pool.read { try $0.query("SELECT 1") }
            #expect(pool.idleCount == 1)
            pool.closeIdle()
            #expect(pool.idleCount == 0)
            let reader = PointReader(connector)
            let last = try await reader.query("SELECT 1")
            #expect(last.count == 1)
            reader.close()
            pool.close()
            await #expect(throws: CartError.self) { try await reader.query("SELECT 1") }
            await #expect(throws: CartError.self) { try await pool.readAside { try $0.query("SELECT 1") } }
        }
    }

    @Test("is not what a wrong read among many looks like: the others are answered")
    func wrongAmongMany() async throws {
        let reader = PointReader(Connector(try TestDatabase.server()))
        defer { reader.close() }
        await withTaskGroup { group in
            for number in 0..<500 as Range<Int64> {
                group.addTask {
                    let divisor: Int64 = number.isMultiple(of: 50) ? 0 : 1
                    do throws(CartError) {
                        let rows = try await reader.query("SELECT $1::bigint / $2::bigint", [.integer(number), .integer(divisor)])
                        #expect(rows.integer(0, 0) == number)
                        #expect(divisor != 0)
                    } catch {
                        #expect(divisor == 0)
                        #expect(error.reason == "The database reports error 22012.")
                    }
                }
            }
        }
    }

    @Test("does not keep a connection on which something is not finished")
    func unfinished() async throws {
        try await withTemporaryDatabase { location in
            let pool = Pool(Connector(location))
            defer { pool.close() }
            try pool.read { connection in
                _ = try connection.query("BEGIN")
                _ = try connection.query("CREATE TABLE a (i BIGINT)")
            }
            try pool.read { connection in
                #expect(connection.isIdle)
                #expect(try connection.query("SELECT to_regclass('a') IS NULL").integer(0, 0) == 1)
                try connection.send("SELECT 'never asked for'")
            }
            #expect(try pool.read { try $0.query("SELECT 'asked for'").text(0, 0) } == "asked for")
        }
    }
}
#endif
