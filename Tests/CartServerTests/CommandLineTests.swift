import CartCore
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("The command line")
struct CommandLineTests {
    /// Runs commands on a database of their own.
    private func withDatabase(
        _ body: (_ corral: ([String]) async throws -> Program.Result, CartDatabase, _ folder: URL) async throws -> Void
    ) async throws {
        try await withCartDatabase { database, folder in
            try await body(
                { arguments in
                    var program = Program.corral(environment: ["CORRAL_DATABASE": database.text])
                    program.arguments = arguments
                    return try await program.run()
                }, database, folder)
        }
    }

    private func user(_ database: CartDatabase, _ name: String = "ann", password: String = "long enough\n") async throws -> Program.Result {
        try await Program.corral(
            "users", "create", name, "--email", "\(name)@example.com", "--role", "administrator", "--password-stdin",
            environment: ["CORRAL_DATABASE": database.text]
        ).run(input: password)
    }

    @Test("makes users from a password on stdin, lists and deletes them")
    func users() async throws {
        try await withDatabase { corral, database, _ in
            #expect(try await user(database).status == 0)
            let again = try await user(database)
            #expect(again.status == 1)
            #expect(again.errors.contains("name is another user's, too"))
            let short = try await user(database, "bob", password: "short\n")
            #expect(short.status == 1)
            #expect(short.errors.contains("password must have 8 to 1024 bytes"))
            let list = try await corral(["users", "list", "--format", "json"])
            let users = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
            #expect(users?.map { $0["name"] as? String } == ["ann"])
            #expect(!list.output.contains("scrypt"))
            #expect(try await corral(["users", "delete", "ann"]).status == 0)
            #expect(try await corral(["users", "delete", "ann"]).status == 1)
        }
    }

    @Test("makes keys that are shown once, lists, shows and revokes them")
    func keys() async throws {
        try await withDatabase { corral, database, _ in
            _ = try await user(database)
            let created = try await corral([
                "keys", "create", "--user", "ann", "--description", "shop", "--permissions", "read", "--expires", "90d", "--format", "json",
            ])
            #expect(created.status == 0)
            let key = try #require(try JSONSerialization.jsonObject(with: Data(created.output.utf8)) as? [String: Any])
            #expect(Set(key.keys) == ["id", "consumer_key", "consumer_secret", "permissions", "description", "expires"])
            let consumerKey = try #require(key["consumer_key"] as? String)
            let secret = try #require(key["consumer_secret"] as? String)
            #expect(consumerKey.wholeMatch(of: /ck_[0-9a-f]{40}/) != nil)
            #expect(secret.wholeMatch(of: /cs_[0-9a-f]{40}/) != nil)
            for command in [["keys", "list"], ["keys", "list", "--format", "json"], ["keys", "show", "1"]] {
                let shown = try await corral(command)
                #expect(shown.status == 0)
                #expect(shown.output.contains(consumerKey.suffix(7)))
                #expect(!shown.output.contains(consumerKey) && !shown.output.contains(secret))
            }
            let rotated = try await corral(["keys", "rotate", "1", "--grace", "12h", "--format", "json"])
            let fresh = try #require(try JSONSerialization.jsonObject(with: Data(rotated.output.utf8)) as? [String: Any])
            #expect(Set(fresh.keys) == ["id", "consumer_secret", "permissions", "description", "expires", "grace_until"])
            #expect(fresh["consumer_secret"] as? String != secret)
            #expect(try await corral(["keys", "rotate", "1", "--grace", "soon"]).status == 64)
            #expect(try await corral(["keys", "disable", "1"]).output == "Disabled key 1, shop.\n")
            #expect(try await corral(["keys", "show", "1"]).output.contains(/state +disabled/))
            #expect(try await corral(["keys", "enable", "1"]).output == "Enabled key 1, shop.\n")
            #expect(try await corral(["keys", "show", "1"]).output.contains(/state +active/))
            #expect(try await corral(["keys", "revoke", "1"]).status == 0)
            #expect(try await corral(["keys", "rotate", "1"]).status == 1)
            #expect(try await corral(["keys", "show", "1"]).output.contains("revoked"))
            #expect(try await corral(["keys", "revoke", "9"]).status == 1)
            let bound = try await corral([
                "keys", "create", "--user", "ann", "--description", "till", "--permissions", "write", "--store", "3", "--allow-ip",
                "192.0.2.0/24", "--allow-ip", "2001:db8::1",
            ])
            #expect(bound.status == 0)
            let shown = try await corral(["keys", "show", "2"]).output
            #expect(shown.contains("192.0.2.0/24, 2001:db8::1") && shown.contains(/store +3/))
            let wrong = try await corral([
                "keys", "create", "--user", "ann", "--description", "x", "--permissions", "read", "--allow-ip", "192.0.2.0/33",
            ])
            #expect(wrong.status == 64)
            let api = try await corral([
                "keys", "create", "--kind", "cscart", "--user", "ann", "--description", "back office", "--permissions", "read_write",
                "--format",
                "json",
            ])
            let apiKey = try #require(try JSONSerialization.jsonObject(with: Data(api.output.utf8)) as? [String: Any])
            #expect(Set(apiKey.keys) == ["id", "login", "api_key", "permissions", "description"])
            #expect((apiKey["login"] as? String)?.contains("@") == true)
            #expect((apiKey["api_key"] as? String)?.wholeMatch(of: /[A-Za-z0-9]{32}/) != nil)
            let nobody = try await corral(["keys", "create", "--user", "eve", "--description", "x", "--permissions", "read"])
            #expect(nobody.status == 1)
            #expect(nobody.errors.contains("There is no user eve."))
        }
    }

    @Test("imports documents, and names each refused line with its reason")
    func importing() async throws {
        try await withDatabase { corral, database, folder in
            let file = folder.appending(path: "carts.ndjson")
            try """
            {"key":"a","items":[{"product_id":7,"quantity":2,"unit_price":250}]}

            {"key":"b","colour":"red"}
            {"key":"c"
            {"key":"d","items":[{"quantity":1}]}
            {"key":"a","items":[{"product_id":8}]}
            {"key":"e"}
            """.write(to: file, atomically: true, encoding: .utf8)
            for _ in 1...2 {
                let imported = try await corral(["import", "ndjson", file.path])
                #expect(imported.status == 1)
                #expect(imported.output.hasPrefix("Imported 3 carts, refused 3 "))
                #expect(imported.errors.contains("Line 3: colour is not a known field."))
                #expect(imported.errors.contains("Line 4: Not JSON at byte "))
                #expect(imported.errors.contains("Line 5: items[0].product_id is missing."))
            }
            let list = try await corral(["carts", "list", "--format", "json"])
            let carts = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
            #expect(Set(carts?.compactMap { $0["key"] as? String } ?? []) == ["a", "e"])
            let shown = try await corral(["carts", "show", "a"])
            #expect(shown.output.contains(#""product_id":8"#))
            #expect(try await corral(["carts", "delete", "a"]).status == 0)
            let gone = try await corral(["carts", "show", "a"])
            #expect(gone.status == 1)
            #expect(gone.errors.contains("There is no cart a."))
            let piped = try await Program.corral(
                "import", "ndjson", "-", "--database", database.text
            ).run(input: #"{"key":"p"}"#)
            #expect(piped.status == 0)
            #expect(piped.output.hasPrefix("Imported 1 carts, refused 0 "))
        }
    }

    @Test("seeds the same carts for the same seed, and leaves those that stand")
    func seeding() async throws {
        try await withDatabase { corral, _, _ in
            let seeded = try await corral(["seed", "--carts", "120", "--seed", "5"])
            #expect(seeded.output.hasPrefix("Seeded 120 carts "))
            let again = try await corral(["seed", "--carts", "150", "--seed", "5"])
            #expect(again.output.hasPrefix("Seeded 30 carts ") && again.output.contains("120 stood there already."))
            let table = try await corral(["carts", "list", "--limit", "5", "--empty", "false"])
            #expect(table.output.split(separator: "\n").count == 6)
            #expect(table.errors.contains("5 of "))
            let filtered = try await corral(["carts", "list", "--state", "converted", "--owner-type", "customer", "--format", "json"])
            let carts = try #require(try JSONSerialization.jsonObject(with: Data(filtered.output.utf8)) as? [[String: Any]])
            for cart in carts { #expect(cart["order_id"] is NSNumber) }
            let product = try #require(
                (carts.first?["items"] as? [[String: Any]])?.first { $0["kind"] as? String == "cart" }?["product_id"] as? Int)
            let holding = try await corral(["carts", "list", "--product-ids", "\(product)", "--limit", "1000", "--format", "json"])
            let holders = try #require(try JSONSerialization.jsonObject(with: Data(holding.output.utf8)) as? [[String: Any]])
            #expect(!holders.isEmpty && holders.count < 150)
            for cart in holders {
                #expect((cart["items"] as? [[String: Any]])?.contains { $0["product_id"] as? Int == product } == true)
            }
        }
    }

    @Test(
        "wrong usage is exit code 64, and what cannot be done is 1",
        arguments: [
            (["nonsense"], 64), (["keys", "create"], 64), (["seed", "--carts", "0"], 64), (["carts", "list", "--limit", "5000"], 64),
            (["carts", "list", "--state", "lost"], 64), (["carts", "list", "--product-ids", "a,b"], 64), (["carts", "list"], 1),
            (["carts", "list", "--product-ids", "1,2", "--store-id", "1"], 1),
            (["carts", "list", "--database", "postgres://a:b@c/d"], 1), (["serve", "--port", "70000"], 64),
            (["import", "ndjson", "/no/such/file"], 1), (["--help"], 0), (["--version"], 0),
        ] as [([String], Int32)])
    func exitCodes(arguments: [String], expected: Int32) async throws {
        try await withDatabase { corral, _, _ in
            let result = try await corral(arguments)
            #expect(result.status == expected, "\(result.errors)")
            if expected != 0 { #expect(!result.errors.isEmpty && !result.errors.contains("a:b")) }
        }
    }

    @Test("the demo prints a URL, a key and a secret that work, and stops when it is told to")
    func demo() async throws {
        let demo = try await Program.corral("demo", "--carts", "50", "--port", "0").start {
            $0.contains("per_page") && $0.contains("items_per_page=2'\n")
        }
        let text = demo.text
        let key = try #require(text.firstMatch(of: /Consumer key +(ck_[0-9a-f]{40})/)?.1)
        let secret = try #require(text.firstMatch(of: /Consumer secret +(cs_[0-9a-f]{40})/)?.1)
        let port = try #require(demo.port)
        let commands = text.split(separator: "\n\n").filter { $0.contains("curl -u") }
        #expect(commands.count == 2)
        for command in commands {
            let curl = try await Program.named("sh", "-c", "curl -s " + command.trimmingPrefix(/\s*curl/)).run()
            let answer = try JSONSerialization.jsonObject(with: Data(curl.output.utf8))
            let rows = answer as? [Any] ?? (answer as? [String: Any])?["carts"] as? [Any]
            #expect(rows?.count == 2, "\(command)")
        }
        let password = try #require(text.firstMatch(of: /User, password +demo, (\w+)/)?.1)
        for credentials in ["\(key):\(secret)", "demo:\(password)"] {
            let answer = try await Program.named(
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", credentials,
                "http://127.0.0.1:\(port)/wp-json/cocart/v2/sessions"
            ).run()
            #expect(answer.output == "200")
        }
        #expect(demo.stop() == 0)
    }
}
