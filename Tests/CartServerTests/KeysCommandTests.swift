import CartCore
import CartServer
import CartTesting
import Foundation
import Testing

@Suite("Keys, users, the audit trail and the check-up at the command line")
struct KeysCommandTests {
    private typealias Corral = (_ arguments: [String], _ input: String) async throws -> Program.Result

    /// Runs commands on a database of their own that `prepare` has filled.
    private func withDatabase(
        _ prepare: (any Store) async throws -> Void, environment: [String: String] = [:],
        _ body: (_ corral: Corral, _ location: DatabaseLocation) async throws -> Void
    ) async throws {
        try await withCartDatabase { database, _ in
            let location = database.location
            let store = try location.open(creating: true)
            try await prepare(store)
            await store.close()
            let environment = environment.merging(["CORRAL_DATABASE": database.text]) { $1 }
            try await body(
                { arguments, input in
                    var program = Program.corral(environment: environment)
                    program.arguments = arguments
                    return try await program.run(input: input)
                }, location)
        }
    }

    private static func user(_ name: String, _ role: Role, in store: any Store) async throws -> User {
        try await store.insert(
            User(id: 0, name: name, email: "\(name)@example.com", role: role, password: .nobody, created: SystemWallClock().now))
    }

    private static func key(
        _ description: String, _ permission: Permission = .read, of user: User, created: Timestamp = SystemWallClock().now,
        expires: Timestamp? = SystemWallClock().now + .days(200), in store: any Store
    ) async throws -> ConsumerKey {
        try await store.insert(
            ConsumerKey(
                KeySecret(.cocart, random: SystemRandomSource()), userID: user.id, description: description, permission: permission,
                created: created, expires: expires))
    }

    private func rows(_ text: String) throws -> [[String: Any]] { try #require(try TestServer.json(text) as? [[String: Any]]) }

    /// The cells of a table's line, which stand two spaces or more apart.
    private func cells(_ line: some StringProtocol) -> [String] { String(line).split(separator: /\s{2,}/).map(String.init) }

    // MARK: keys usage

    /// Two keys of ann, the first with requests of today, of yesterday and of 40 days ago.
    private static func fillUsage(_ store: any Store, now: Timestamp) async throws {
        let ann = try await user("ann", .administrator, in: store)
        let shop = try await key("shop", of: ann, in: store)
        _ = try await key("till", of: ann, in: store)
        let (first, second) = (
            try #require(NetworkAddress("192.0.2.7")), try #require(NetworkAddress("2001:db8::1"))
        )
        func count(_ kind: RequestKind, _ daysAgo: Int64) -> KeyUsage.Count { KeyUsage.Count(day: now.day - daysAgo, kind: kind) }
        try await store.add([
            KeyUsage(
                keyID: shop.id,
                requests: [count(.list, 0): 4, count(.read, 0): 3, count(.write, 1): 2, count(.delete, 1): 1, count(.manage, 40): 5],
                lastAccess: now, addresses: [first: now, second: now - .days(1)])
        ])
    }

    private static func date(_ now: Timestamp, daysAgo: Int64) -> String {
        String(Timestamp(day: now.day - daysAgo).iso8601.prefix(10))
    }

    @Test("the use of all keys is shown in short, and that of one by day, kind and address")
    func usageTables() async throws {
        let now = SystemWallClock().now
        try await withDatabase({ try await Self.fillUsage($0, now: now) }) { corral, _ in
            let all = try await corral(["keys", "usage"], "")
            #expect(all.status == 0)
            let lines = all.output.split(separator: "\n")
            #expect(lines.count == 3)
            let shop = try #require(lines.first { $0.contains("shop") })
            #expect(cells(shop) == ["1", "shop", now.iso8601, "192.0.2.7", "10", "15", "2"])
            let till = try #require(lines.first { $0.contains("till") })
            #expect(cells(till) == ["2", "till", "never", "0", "0", "0"])

            let one = try await corral(["keys", "usage", "1"], "")
            #expect(one.status == 0)
            let shown = one.output.split(separator: "\n").map { cells($0) }
            #expect(shown.contains(["DAY", "LIST", "READ", "WRITE", "DELETE", "MANAGE"]))
            #expect(shown.contains([Self.date(now, daysAgo: 0), "4", "3", "0", "0", "0"]))
            #expect(shown.contains([Self.date(now, daysAgo: 1), "0", "0", "2", "1", "0"]))
            #expect(!one.output.contains(Self.date(now, daysAgo: 40)))
            #expect(shown.contains(["192.0.2.7", now.iso8601]))
            #expect(shown.contains(["2001:db8::1", (now - .days(1)).iso8601]))
            let longer = try await corral(["keys", "usage", "1", "--days", "60"], "").output.split(separator: "\n").map { cells($0) }
            #expect(longer.contains([Self.date(now, daysAgo: 40), "0", "0", "0", "0", "5"]))
        }
    }

    @Test("the use of keys is printed as JSON, as the API shows it")
    func usageJSON() async throws {
        let now = SystemWallClock().now
        try await withDatabase({ try await Self.fillUsage($0, now: now) }) { corral, _ in
            let usage = """
                {"days":[{"day":"\(Self.date(now, daysAgo: 0))","list":4,"read":3,"write":0,"delete":0,"manage":0},
                {"day":"\(Self.date(now, daysAgo: 1))","list":0,"read":0,"write":2,"delete":1,"manage":0}],
                "addresses":[{"address":"192.0.2.7","last_access":"\(now.iso8601)"},
                {"address":"2001:db8::1","last_access":"\((now - .days(1)).iso8601)"}]}
                """
            let all = try await corral(["keys", "usage", "--format", "json"], "")
            #expect(all.status == 0)
            let expected = try TestServer.json(#"[{"id":1,"usage":\#(usage)},{"id":2,"usage":{"days":[],"addresses":[]}}]"#)
            #expect(difference(expected, try TestServer.json(all.output)) == nil)
            let one = try await corral(["keys", "usage", "1", "--format", "json"], "")
            #expect(difference(try TestServer.json(#"[{"id":1,"usage":\#(usage)}]"#), try TestServer.json(one.output)) == nil)
            let longer = try await corral(["keys", "usage", "1", "--days", "1000", "--format", "json"], "")
            let days = (try rows(longer.output).first?["usage"] as? [String: Any])?["days"] as? [Any]
            #expect(days?.count == 3)
        }
    }

    @Test("the use of a key that does not exist cannot be shown, and no days are wrong usage")
    func usageOfNone() async throws {
        try await withDatabase({ _ = try await Self.user("ann", .administrator, in: $0) }) { corral, _ in
            for format in ["table", "json"] {
                let unknown = try await corral(["keys", "usage", "9", "--format", format], "")
                #expect(unknown.status == 1, "\(format)")
                #expect(unknown.errors.contains("There is no key 9."), "\(format)")
            }
            #expect(try await corral(["keys", "usage", "--format", "json"], "").output == "[]\n")
            for days in ["0", "1001", "many"] {
                let status = try await corral(["keys", "usage", "--days", days], "").status
                #expect(status == 64, "\(days)")
            }
        }
    }

    // MARK: audit

    @Test("the audit trail is shown newest first, by each condition")
    func audit() async throws {
        let start = try #require(Timestamp(iso8601: "2020-01-01T00:00:00Z"))
        let known: [(second: Int64, actor: String, address: String?, action: AuditAction, subject: String)] = [
            (1, "key:7", "192.0.2.7", .cartDelete, "cart:x"), (2, "key:8", "192.0.2.8", .cartDelete, "cart:y"),
            (3, "cli:root", nil, .keyRevoke, "key:7"), (4, "anonymous", "192.0.2.9", .requestRefused, ""),
        ]
        let entries = known.map { entry in
            AuditEntry(
                at: start + .seconds(entry.second), actor: entry.actor, address: entry.address, action: entry.action,
                subject: entry.subject, details: Array(#"{"count":1}"#.utf8))
        }
        try await withDatabase({ try await $0.add(entries) }) { corral, _ in
            for (conditions, seconds) in [
                ([], [4, 3, 2, 1]), (["--actor", "key:7"], [1]), (["--action", "cart.delete"], [2, 1]), (["--subject", "key:7"], [3]),
                (["--after", "2020-01-01T00:00:03Z"], [4, 3]), (["--before", "2020-01-01T00:00:02Z"], [2, 1]), (["--limit", "2"], [4, 3]),
                (["--action", "cart.delete", "--subject", "cart:y", "--actor", "key:8"], [2]), (["--actor", "key"], []),
            ] as [([String], [Int])] {
                let found = try await corral(["audit", "--format", "json"] + conditions, "")
                #expect(found.status == 0, "\(conditions): \(found.errors)")
                let moments = try rows(found.output).compactMap { $0["at"] as? String }
                let expected = seconds.map { "2020-01-01T00:00:0\($0)Z" }
                #expect(moments == expected, "\(conditions)")
            }
            let all = try await corral(["audit", "--format", "json"], "")
            let expected = try TestServer.json(
                """
                [{"at":"2020-01-01T00:00:04Z","actor":"anonymous","address":"192.0.2.9","action":"request.refused",
                "details":{"count":1}},{"actor":"cli:root","action":"key.revoke","subject":"key:7"},
                {"subject":"cart:y"},{"subject":"cart:x"}]
                """)
            #expect(difference(expected, try TestServer.json(all.output)) == nil)
            let found = try rows(all.output)
            #expect(found.first?["subject"] is NSNull)
            #expect(found.dropFirst().first?["address"] is NSNull)

            let table = try await corral(["audit", "--limit", "3"], "")
            #expect(table.status == 0)
            let lines = table.output.split(separator: "\n").map { cells($0) }
            #expect(lines.count == 4)
            #expect(lines.first == ["AT", "ACTOR", "ADDRESS", "ACTION", "SUBJECT", "DETAILS"])
            #expect(lines.last == ["2020-01-01T00:00:02Z", "key:8", "192.0.2.8", "cart.delete", "cart:y", #"{"count":1}"#])
        }
    }

    @Test(
        "wrong conditions of the audit trail are wrong usage",
        arguments: [
            ["--action", "cart.burn"], ["--action", ""], ["--limit", "0"], ["--limit", "1001"], ["--after", "soon"],
            ["--before", "2020-13-01"], ["--colour", "red"],
        ])
    func wrongAudit(arguments: [String]) async throws {
        try await withDatabase({ _ in }) { corral, _ in
            let result = try await corral(["audit"] + arguments, "")
            #expect(result.status == 64, "\(result.errors)")
            #expect(!result.errors.isEmpty && result.output.isEmpty)
        }
    }

    @Test("what is done at the command line stands in the trail, with who sat at it")
    func actors() async throws {
        try await withDatabase({ store in
            let ann = try await Self.user("ann", .administrator, in: store)
            _ = try await Self.key("till", of: ann, in: store)
        }) { corral, _ in
            let document = #"{"key":"a","customer":{"email":"john.doe@example.com"}}"#
            for (arguments, input) in [
                (["keys", "disable", "1"], ""), (["users", "role", "ann", "shop_manager"], ""), (["import", "ndjson", "-"], document),
                (["carts", "delete", "a"], ""),
            ] {
                let result = try await corral(arguments, input)
                #expect(result.status == 0, "\(arguments): \(result.errors)")
            }
            let trail = try await corral(["audit", "--format", "json", "--limit", "4"], "")
            let entries = try rows(trail.output)
            #expect(entries.compactMap { $0["action"] as? String } == ["cart.delete", "cart.create", "user.role", "key.disable"])
            #expect(entries.compactMap { $0["subject"] as? String } == ["cart:a", "cart:a", "user:1", "key:1"])
            for entry in entries {
                #expect(entry["actor"] as? String == "cli:\(NSUserName())")
                #expect(entry["address"] is NSNull)
            }
            let role = try #require(entries.dropFirst(2).first?["details"])
            let expected = try TestServer.json(#"{"before":{"role":"administrator"},"after":{"role":"shop_manager"}}"#)
            #expect(difference(expected, role) == nil)
            #expect(!trail.output.contains("john") && !trail.output.contains("ann@"))
        }
    }

    // MARK: users

    @Test("a user's role is changed; a role that there is not is wrong usage, and a user that there is not a failure")
    func roles() async throws {
        try await withDatabase({ _ = try await Self.user("ann", .customer, in: $0) }) { corral, _ in
            for role in ["shop_manager", "administrator", "customer"] {
                let result = try await corral(["users", "role", "ann", role], "")
                #expect(result.status == 0, "\(result.errors)")
                let list = try await corral(["users", "list", "--format", "json"], "")
                let roles = try rows(list.output).compactMap { $0["role"] as? String }
                #expect(roles == [role])
            }
            #expect(try await corral(["users", "role", "ann", "king"], "").status == 64)
            #expect(try await corral(["users", "role", "ann"], "").status == 64)
            let nobody = try await corral(["users", "role", "bob", "customer"], "")
            #expect(nobody.status == 1)
            #expect(nobody.errors.contains("There is no user bob."))
        }
    }

    @Test("a password is taken from stdin, hashed, and shown nowhere")
    func passwords() async throws {
        try await withDatabase({ _ = try await Self.user("ann", .administrator, in: $0) }) { corral, location in
            let result = try await corral(["users", "password", "ann", "--password-stdin"], "another battery\n")
            #expect(result.status == 0, "\(result.errors)")
            let short = try await corral(["users", "password", "ann", "--password-stdin"], "short\n")
            #expect(short.status == 1)
            #expect(short.errors.contains("password must have 8 to 1024 bytes"))
            let nobody = try await corral(["users", "password", "bob", "--password-stdin"], "another battery\n")
            #expect(nobody.status == 1)
            #expect(nobody.errors.contains("There is no user bob."))
            let trail = try await corral(["audit", "--format", "json"], "")
            #expect(trail.output.contains("user.password"))
            for text in [result.output, result.errors, short.errors, nobody.errors, trail.output] {
                #expect(!text.contains("battery") && !text.contains("scrypt"), "\(text)")
            }
            let store = try location.open(creating: false)
            let hash = try #require(try await store.user(login: "ann")?.password)
            #expect(hash.matches("another battery"))
            #expect(!hash.matches("short"))
            await store.close()
        }
    }

    @Test("a running server holds a user's keys and password to what the command line says within a second")
    func runningServer() async throws {
        try await TestServer.run { server in
            let environment = ["CORRAL_DATABASE": server.database.text]
            let key = try await server.key(.admin).authorization
            #expect(try await server.status("/v1/keys", key) == 200)
            let manager = try await Program.corral("users", "role", "admin", "shop_manager", environment: environment).run()
            #expect(manager.status == 0, "\(manager.errors)")
            #expect(try await server.settles(403, "/v1/keys", key))
            #expect(try await server.status("/v1/carts", key) == 200)
            let customer = try await Program.corral("users", "role", "admin", "customer", environment: environment).run()
            #expect(customer.status == 0, "\(customer.errors)")
            #expect(try await server.settles(403, "/v1/carts", key))
            let again = try await Program.corral("users", "role", "admin", "administrator", environment: environment).run()
            #expect(again.status == 0, "\(again.errors)")
            #expect(try await server.settles(200, "/v1/keys", key))

            let sessions = "/wp-json/cocart/v2/sessions"
            #expect(try await server.status(sessions, TestServer.personal) == 200)
            let new = "another battery"
            server.spoken.withhold(new)
            let changed = try await Program.corral("users", "password", "admin", "--password-stdin", environment: environment)
                .run(input: new + "\n")
            #expect(changed.status == 0, "\(changed.errors)")
            #expect(try await server.settles(401, sessions, TestServer.personal))
            #expect(try await server.status(sessions, TestServer.basic("admin", new)) == 200)
        }
    }

    // MARK: doctor

    /// Findings of a check-up, as JSON prints them.
    private func findings(_ corral: Corral, status: Int32) async throws -> [(level: String, about: String, found: String)] {
        let result = try await corral(["doctor", "--format", "json"], "")
        #expect(result.status == status, "\(result.output)\(result.errors)")
        return try rows(result.output).map { row in
            #expect(Set(row.keys) == ["level", "about", "found"])
            return (
                try #require(row["level"] as? String), try #require(row["about"] as? String), try #require(row["found"] as? String)
            )
        }
    }

    @Test("the check-up warns of each key that may become trouble, of no other, and changes nothing")
    func concerns() async throws {
        let now = SystemWallClock().now
        let expected = [
            "number-1": "never used", "number-2": "is disabled from", "number-3": "never expires", "number-4": "15 addresses",
            "number-5": "a page in a browser", "number-6": "role", "number-7": "it expires at \((now + .days(5)).iso8601)",
        ]
        try await withDatabase({ store in
            let ann = try await Self.user("ann", .administrator, in: store)
            let mia = try await Self.user("mia", .shopManager, in: store)
            _ = try await Self.key("number-1", of: ann, created: now - .days(20), in: store)
            let resting = try await Self.key("number-2", of: ann, created: now - .days(85), in: store)
            _ = try await Self.key("number-3", of: ann, expires: nil, in: store)
            let passedOn = try await Self.key("number-4", of: ann, in: store)
            let ofPage = try await Self.key("number-5", of: ann, in: store)
            _ = try await Self.key("number-6", .admin, of: mia, in: store)
            _ = try await Self.key("number-7", of: ann, expires: now + .days(5), in: store)
            _ = try await Self.key("good", .admin, of: ann, in: store)
            _ = try await Self.key("manager's", .readWrite, of: mia, in: store)
            let revoked = try await Self.key("revoked", of: ann, created: now - .days(20), expires: nil, in: store)
            _ = try #require(try await store.changeKey(id: revoked.id, .revoke, now: now))
            let yesterday = now - .days(1)
            let addresses = (1...15).map { (NetworkAddress(ipv4: 0xC000_0200 + UInt32($0)), yesterday) }
            try await store.add([
                KeyUsage(keyID: resting.id, lastAccess: now - .days(80)),
                KeyUsage(keyID: passedOn.id, lastAccess: yesterday, addresses: Dictionary(uniqueKeysWithValues: addresses)),
                KeyUsage(keyID: ofPage.id, lastAccess: yesterday, lastFromPage: yesterday),
            ])
        }) { corral, location in
            let before = try location.open(creating: false)
            let (keys, entries) = (try await before.keys(), try await before.audit(AuditQuery()).total)
            await before.close()
            let warnings = try await findings(corral, status: 0).filter { $0.about == "keys" && $0.level != "ok" }
            #expect(warnings.count == expected.count, "\(warnings)")
            for (key, concern) in expected {
                let found = warnings.filter { $0.found.contains(key) }
                #expect(found.count == 1, "\(key): \(found)")
                #expect(found.first?.level == "warning")
                #expect(found.first?.found.contains(concern) == true, "\(key): \(found)")
            }
            let after = try location.open(creating: false)
            #expect(try await after.keys() == keys)
            #expect(try await after.audit(AuditQuery()).total == entries)
            await after.close()

            let table = try await corral(["doctor"], "")
            #expect(table.status == 0)
            for (key, concern) in expected {
                #expect(table.output.split(separator: "\n").contains { $0.contains(key) && $0.contains(concern) }, "\(key)")
            }
        }
    }

    @Test("a key may rest as long as the setting says")
    func restingKey() async throws {
        let now = SystemWallClock().now
        for (setting, isFound) in [("never", false), ("100d", false), ("95d", true)] {
            try await withDatabase(
                { store in
                    let ann = try await Self.user("ann", .administrator, in: store)
                    let key = try await Self.key("resting", of: ann, created: now - .days(85), in: store)
                    try await store.add([KeyUsage(keyID: key.id, lastAccess: now - .days(84))])
                }, environment: ["CORRAL_KEYS_DISABLE_UNUSED_AFTER": setting]
            ) { corral, _ in
                let found = try await findings(corral, status: 0).contains { $0.found.contains("is disabled from") }
                #expect(found == isFound, "\(setting)")
            }
        }
    }

    @Test("a healthy store of a shop without trouble has no warning of keys and users, and exit code 0")
    func healthy() async throws {
        try await withDatabase({ store in
            let ann = try await Self.user("ann", .administrator, in: store)
            _ = try await Self.key("good", of: ann, in: store)
        }) { corral, _ in
            let findings = try await findings(corral, status: 0)
            for about in ["settings", "store", "clock", "users", "keys"] {
                let levels = findings.filter { $0.about == about }.map(\.level)
                #expect(!levels.isEmpty && Set(levels) == ["ok"], "\(about): \(findings)")
            }
        }
    }

    @Test("a damaged file is found, with exit code 1", .disabled(if: CartDatabase.isPostgres, "It damages SQLite's file."))
    func damagedFile() async throws {
        try await withDatabase({ _ in }) { corral, location in
            #expect(try await corral(["seed", "--carts", "300", "--seed", "1"], "").status == 0)
            _ = try await findings(corral, status: 0)
            let path = String(location.description.dropFirst("sqlite:".count))
            // All that is in the log goes into the file, or it would stand in for what is damaged.
            try SQLiteFile(path: path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
            let size = try #require((try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.uint64Value)
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.seek(toOffset: size * 2 / 5)
            try file.write(contentsOf: Data(repeating: 0xFF, count: Int(size / 5)))
            try file.close()
            let broken = try await findings(corral, status: 1).filter { $0.level == "broken" }
            #expect(broken.contains { $0.about == "store" }, "\(broken)")
            let table = try await corral(["doctor"], "")
            #expect(table.status == 1)
            #expect(table.output.contains("broken"))
        }
    }

    @Test("a clock that is behind what the store knows is found, with exit code 1; a little is no matter")
    func clockBehind() async throws {
        for (ahead, isBroken) in [(TimeSpan.minutes(2), false), (.days(1), true)] {
            let entry = AuditEntry(
                at: SystemWallClock().now + ahead, actor: "key:1", address: nil, action: .cartDelete, subject: "cart:a",
                details: Array("{}".utf8))
            try await withDatabase({ try await $0.add([entry]) }) { corral, _ in
                let found = try await findings(corral, status: isBroken ? 1 : 0)
                let broken = found.filter { $0.level == "broken" }.map(\.about)
                #expect(broken == (isBroken ? ["clock"] : []), "\(found)")
            }
        }
    }

    @Test("a store that is not there and settings that cannot be used are found, and nothing is made")
    func nothingThere() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "carts.db").path
            let missing = try await Program.corral("doctor", "--database", "sqlite:\(path)", "--format", "json").run()
            #expect(missing.status == 1)
            let broken = try rows(missing.output).filter { $0["level"] as? String == "broken" }
            #expect(broken.compactMap { $0["about"] as? String } == ["store"])
            #expect(!FileManager.default.fileExists(atPath: path))
            let wrong = try await Program.corral("doctor", "--format", "json", environment: ["CORRAL_LIMITS_KEY_RATE": "0"]).run()
            #expect(wrong.status == 1)
            let found = try rows(wrong.output)
            #expect(found.contains { $0["level"] as? String == "broken" && $0["about"] as? String == "settings" }, "\(wrong.output)")
            #expect(wrong.output.contains("limits.keyRate"))
        }
    }
}
