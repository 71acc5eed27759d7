import CartCore
import CartSamples
import CartTesting
import Foundation
import NIOHTTP1
import Testing

/// A language that the examples are written in.
enum ExampleLanguage: String, CaseIterable {
    case javascript, python, php

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    var folder: String { Self.root.appending(path: "Examples/\(rawValue)").path }

    /// What runs a program of this language.
    fileprivate var interpreter: [String] {
        switch self {
        case .javascript: ["node"]
        case .python: ["python3", "-B"]
        case .php: ["php"]
        }
    }

    /// What runs a text in this language.
    fileprivate var evaluator: [String] {
        switch self {
        case .javascript: ["node", "--input-type=module", "-e"]
        case .python: ["python3", "-B", "-c"]
        case .php: ["php", "-r"]
        }
    }

    fileprivate func file(_ program: String) -> String {
        switch self {
        case .javascript: "\(program).mjs"
        case .python: program.replacing("-", with: "_") + ".py"
        case .php: "\(program).php"
        }
    }
}

/// The examples of one language, with what they find in their environment.
private struct Examples {
    let language: ExampleLanguage
    var environment: [String: String]

    init(_ language: ExampleLanguage, url: String, key: TestServer.Key?, backup: TestServer.Key? = nil) {
        self.language = language
        environment = [
            "COCART_API_URL": url + "/wp-json/cocart",
            "COCART_CONSUMER_KEY": key?.pair.consumerKey ?? "", "COCART_CONSUMER_SECRET": key?.pair.consumerSecret ?? "",
            "COCART_BACKUP_CONSUMER_KEY": backup?.pair.consumerKey ?? "",
            "COCART_BACKUP_CONSUMER_SECRET": backup?.pair.consumerSecret ?? "",
            "PYTHONPATH": ExampleLanguage.python.folder,
        ]
    }

    private func program(_ command: [String]) -> Program {
        var program = Program.named(command[0])
        program.arguments += command.dropFirst()
        program.environment = environment
        return program
    }

    func program(_ name: String, _ arguments: [String] = []) -> Program {
        program(language.interpreter + ["\(language.folder)/\(language.file(name))"] + arguments)
    }

    /// Runs a program, which must keep its keys to itself.
    func run(_ name: String, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> Program.Result {
        let result = try await program(name, arguments).run()
        expectNoSecret(in: result.output + result.errors, sourceLocation: sourceLocation)
        return result
    }

    /// Runs a text that uses the client.
    func evaluate(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Program.Result {
        let result = try await program(language.evaluator + [text]).run()
        expectNoSecret(in: result.output + result.errors, sourceLocation: sourceLocation)
        return result
    }

    func expectNoSecret(in text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for (name, value) in environment where name.hasSuffix("_KEY") || name.hasSuffix("_SECRET") || name.hasSuffix("_TOKEN") {
            #expect(value.isEmpty || !text.contains(value), "\(name) is shown", sourceLocation: sourceLocation)
        }
    }
}

extension TestServer {
    /// The keys of all carts that the server holds.
    fileprivate func cartKeys(_ key: Key) async throws -> Set<String> {
        var keys: Set<String> = []
        var cursor = ""
        repeat {
            let page = try await send(.GET, "/v1/carts?limit=1000\(cursor)", key.authorization)
            let carts = try #require(page.object["data"] as? [[String: Any]])
            keys.formUnion(carts.compactMap { $0["key"] as? String })
            cursor = (page.object["next_cursor"] as? String).map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return keys
    }

    /// Writes sample carts that expire at the same time, and returns their keys.
    fileprivate func keepSamples(_ numbers: Range<Int>, expiring span: TimeSpan) async throws -> Set<String> {
        let now = SystemWallClock().now
        let shop = SampleShop(seed: 1, now: now, policy: CartPolicy())
        let carts = numbers.map { number in
            var cart = shop.cart(number)
            cart.created = now + .days(-90)
            cart.updated = now + .days(-60)
            cart.expires = now + span
            return cart
        }
        _ = try await store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
        return Set(carts.map(\.key.text))
    }

    /// Carts of all states and three currencies.
    fileprivate func keepShop() async throws {
        try await keep(
            cart(
                "ada", updated: .minutes(-1),
                #"""
                "owner":{"type":"customer","id":"5"},"customer":{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com"},
                "items":[{"product_id":7,"name":"Tea","quantity":2,"unit_price":1800},
                {"product_id":10,"variation_id":3,"name":"Spoon\u001b[31m","unit_price":400},
                {"product_id":11,"name":"Kettle","kind":"wishlist"}]
                """#),
            cart("cup", updated: .minutes(-2), #""currency":"JPY","items":[{"product_id":8,"name":"Cup","unit_price":1200}]"#),
            cart("dinar", updated: .minutes(-3), #""currency":"KWD","items":[{"product_id":9,"name":"Dates","unit_price":1500}]"#),
            cart("empty", updated: .minutes(-3)),
            cart("wish", updated: .days(-3), #""items":[{"product_id":7,"name":"Tea","kind":"wishlist"}]"#),
            cart(
                "left", updated: .hours(-3),
                #"""
                "items":[{"product_id":7,"name":"Tea","unit_price":1000},{"product_id":7,"variation_id":2,"name":"Tea","unit_price":1000},
                {"product_id":8,"name":"Cup","unit_price":500}]
                """#),
            cart(
                "sold", updated: .days(-2),
                #""order_id":55,"items":[{"product_id":7,"unit_price":3000},{"product_id":8,"unit_price":2000}]"#),
            cart("old", updated: .days(-9), expires: .days(-2), #""items":[{"product_id":8,"name":"Cup","unit_price":2000}]"#),
            cart("late", updated: .days(-9), expires: .hours(-2), #""items":[{"product_id":8,"name":"Cup","unit_price":1000}]"#),
            cart("back", updated: .hours(-5), #""items":[{"product_id":7,"name":"Tea","unit_price":600}]"#))
        // What was abandoned and changes is recovered.
        try await keep(cart("back", updated: .minutes(-4), #""items":[{"product_id":7,"name":"Tea","unit_price":700}]"#))
    }
}

/// A cart as a document; its times are relative to now.
private func cart(_ key: String, updated: TimeSpan = .days(-1), expires: TimeSpan = .days(1), _ fields: String = "") -> String {
    let now = SystemWallClock().now
    let times = [("created", .days(-60)), ("updated", updated), ("expires", expires)] as [(String, TimeSpan)]
    let members = [#""key":"\#(key)""#] + times.map { #""\#($0)":"\#((now + $1).iso8601)""# } + (fields.isEmpty ? [] : [fields])
    return "{\(members.joined(separator: ","))}"
}

@Suite("The examples")
struct ExamplesTests {
    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(
        "the monitor prints the active carts with items, their value by currency, and which changed last",
        arguments: ExampleLanguage.allCases)
    func monitor(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            let examples = Examples(language, url: server.url, key: try await server.key(.read))
            let none = try await examples.run("monitor")
            #expect(none.status == 0 && none.output.hasSuffix("active carts with items: 0\n"), "\(none.errors)")
            try await server.keepShop()
            let result = try await examples.run("monitor")
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            let found = lines(result.output)
            try #require(found.count == 8, "\(result.output)")
            #expect(found[0].hasSuffix("Z  active carts with items: 3"))
            #expect(found[1...4] == ["  1200 JPY in 1 carts", "  1.500 KWD in 1 carts", "  40.00 USD in 1 carts", "Changed last:"])
            #expect(found[5].hasSuffix("Z  ada  2 items  40.00 USD  Ada Lovelace <ada@example.com>, customer 5"))
            #expect(found[6].contains("Z  cup  1 items  1200 JPY  guest "))
            #expect(found[7].contains("Z  dinar  1 items  1.500 KWD  guest "))
        }
    }

    @Test("the monitor that watches prints again, and does not mind that the server is away", arguments: ExampleLanguage.allCases)
    func watching(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read)
            let watching = try await Examples(language, url: server.url, key: key).program("monitor", ["--watch", "1"]).start {
                $0.components(separatedBy: "active carts with items: 0").count >= 3
            }
            watching.kill()
            let waiting = try await Examples(language, url: "http://127.0.0.1:9", key: key).program("monitor", ["--watch", "1"]).start {
                $0.components(separatedBy: "does not answer").count >= 3
            }
            waiting.kill()
        }
    }

    @Test("debug prints everything about a cart that is named by its key or an e-mail address", arguments: ExampleLanguage.allCases)
    func debug(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            try await server.keepShop()
            let examples = Examples(language, url: server.url, key: try await server.key(.read))
            let expected = [
                "Cart ada\n", "state     active\n", "customer  Ada Lovelace <ada@example.com>, customer 5\n", "Z, 60 days ago\n",
                " minutes ago\n", "2 x Tea (product 7): 36.00 USD\n",
                "1 x Spoon?[31m (product 10, variation 3): 4.00 USD\n", "1 x Kettle (product 11, wishlist): 0.00 USD\n",
                "total        40.00 USD\n",
            ]
            for name in ["ada", "ADA@Example.com"] {
                let shown = try await examples.run("debug", name)
                #expect(shown.status == 0, "\(shown.errors)")
                for text in expected { #expect(shown.output.contains(text), "\(shown.output)") }
                // A day from when the shop was filled, which may be the same second.
                #expect(shown.output.contains(/Z, in (23 hours|1 days)\n/), "\(shown.output)")
            }
            let expired = try await examples.run("debug", "old")
            #expect(expired.output.contains("state     expired\n") && expired.output.contains("Z, 2 days ago\n"))
            for name in ["nobody@example.com", "no-such-cart", "not.a/key"] {
                let none = try await examples.run("debug", name)
                #expect(none.status == 1 && none.output.isEmpty)
                #expect(none.errors == "There is no cart of \(name).\n")
            }
        }
    }

    @Test("the report counts all carts by state and currency", arguments: ExampleLanguage.allCases)
    func report(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            let examples = Examples(language, url: server.url, key: try await server.key(.read))
            let nothing = try object(try await examples.run("report", "--json").output)
            #expect(nothing["carts"] as? Int == 0)
            #expect(nothing["average_items"] is NSNull && nothing["abandonment_rate"] is NSNull)
            try await server.keepShop()
            let expected = try object(
                #"""
                {"carts": 10, "carts_with_items": 8, "average_items": 1.5, "average_value": {"USD": 2533, "JPY": 1200, "KWD": 1500},
                 "abandonment_rate": 0.75, "states": {
                 "active": {"carts": 5, "value": {"USD": 4000, "JPY": 1200, "KWD": 1500}},
                 "abandoned": {"carts": 1, "value": {"USD": 2500}}, "recovered": {"carts": 1, "value": {"USD": 700}},
                 "converted": {"carts": 1, "value": {"USD": 5000}}, "expired": {"carts": 2, "value": {"USD": 3000}}},
                 "left_behind": [{"product_id": 8, "name": "Cup", "carts": 3}, {"product_id": 7, "name": "Tea", "carts": 1}]}
                """#)
            let json = try await examples.run("report", "--json")
            #expect(json.status == 0, "\(json.errors)")
            #expect(difference(expected, try object(json.output)) == nil)
            let text = try await examples.run("report")
            #expect(text.status == 0, "\(text.errors)")
            let found = lines(text.output)
            #expect(found.first?.hasSuffix(": 10, with items: 8") == true)
            #expect(
                found.dropFirst() == [
                    "  active            5  1200 JPY, 1.500 KWD, 40.00 USD", "  abandoned         1  25.00 USD",
                    "  recovered         1  7.00 USD", "  converted         1  50.00 USD", "  expired           2  30.00 USD",
                    "Average items     1.5", "Average value     1200 JPY, 1.500 KWD, 25.33 USD", "Abandonment rate  75.0 %",
                    "Left behind most often:", "         3 carts  Cup (product 8)", "         1 carts  Tea (product 7)",
                ])
        }
    }

    @Test("the report walks along several pages and sees each cart once", arguments: ExampleLanguage.allCases)
    func walking(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            _ = try await server.keepSamples(0..<1100, expiring: .days(1))
            let examples = Examples(language, url: server.url, key: try await server.key(.read))
            let report = try object(try await examples.run("report", "--json").output)
            #expect(report["carts"] as? Int == 1100)
        }
    }

    @Test("the clean-up deletes every cart of several pages that expired long ago, and no other", arguments: ExampleLanguage.allCases)
    func cleanUp(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            let old = try await server.keepSamples(0..<1100, expiring: .days(-40))
            let others = try await server.keepSamples(1100..<1150, expiring: .days(-29))
                .union(try await server.keepSamples(1150..<1200, expiring: .days(1)))
            let examples = Examples(language, url: server.url, key: key)
            let dry = try await examples.run("clean-up", "--dry-run")
            #expect(dry.status == 0 && lines(dry.output).dropFirst() == ["  would be deleted: 1100"], "\(dry.errors)")
            #expect(try await server.cartKeys(key) == old.union(others))
            let older = try await examples.run("clean-up", "--days", "41")
            #expect(lines(older.output).dropFirst().first == "  deleted: 0")
            let done = try await examples.run("clean-up")
            #expect(done.status == 0, "\(done.errors)")
            #expect(lines(done.output).dropFirst() == ["  deleted: 1100", "  changed meanwhile: 0", "  gone already: 0"])
            #expect(try await server.cartKeys(key) == others)
            let again = try await examples.run("clean-up")
            #expect(again.status == 0 && lines(again.output).dropFirst().first == "  deleted: 0")
        }
    }

    /// Stands between a client and a server. It refuses the first list with 429, and while the client has got a page in its hands, it
    /// replaces the cart `changed` and deletes the cart `gone`.
    private static let meddler = #"""
        import { createServer } from 'node:http';
        const [upstream, Authorization, document] = process.argv.slice(1);
        const send = (method, path, { body, ...headers } = {}) =>
          fetch(upstream + path, { method, body, headers: { Authorization, ...headers } });
        let lists = 0;
        const server = createServer(async (request, response) => {
          const isList = request.url.startsWith('/v1/carts?');
          if (isList) lists += 1;
          if (isList && lists === 1) return response.writeHead(429, { 'Retry-After': '1' }).end();
          const match = request.headers['if-match'];
          const answer = await send(request.method, request.url, match ? { 'If-Match': match } : {});
          const text = await answer.text();
          if (isList && lists === 2) {
            await send('PUT', '/v1/carts/changed', { body: document });
            await send('DELETE', '/v1/carts/gone');
          }
          response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(text);
        });
        server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
        """#

    @Test(
        "the clean-up waits as it is told, leaves carts that change meanwhile, and counts those that are gone",
        arguments: ExampleLanguage.allCases)
    func meanwhile(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            try await server.keep(
                cart("first", expires: .days(-40)), cart("changed", expires: .days(-40)), cart("gone", expires: .days(-40)),
                cart("last", expires: .days(-40)))
            let meddler = try await Program.named(
                "node", "--input-type=module", "-e", Self.meddler, server.url, key.authorization, cart("changed", expires: .days(-35))
            ).start { $0.contains("http://127.0.0.1:") && $0.hasSuffix("\n") }
            defer { meddler.kill() }
            let port = try #require(meddler.port)
            let start = ContinuousClock.now
            let done = try await Examples(language, url: "http://127.0.0.1:\(port)", key: key).run("clean-up")
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(done.status == 0, "\(done.errors)")
            #expect(lines(done.output).dropFirst() == ["  deleted: 2", "  changed meanwhile: 1", "  gone already: 1"])
            #expect(try await server.cartKeys(key) == ["changed"])
        }
    }

    @Test("the clean-up with a key that may only read fails, says why, and deletes nothing", arguments: ExampleLanguage.allCases)
    func cleanUpWithoutPermission(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            try await server.keep(cart("old", expires: .days(-40)))
            let key = try await server.key(.read)
            let refused = try await Examples(language, url: server.url, key: key).run("clean-up")
            #expect(refused.status == 1)
            #expect(refused.errors.hasPrefix("HTTP 403 (permission_denied): "), "\(refused.errors)")
            #expect(refused.output.contains("  deleted: 0\n"))
            #expect(try await server.cartKeys(key) == ["old"])
        }
    }

    @Test("a refused key gives way to the backup key, and without one the message says 401", arguments: ExampleLanguage.allCases)
    func rotation(language: ExampleLanguage) async throws {
        try await TestServer.run { server in
            let (old, new) = (try await server.key(), try await server.key())
            _ = try await server.keepSamples(0..<600, expiring: .days(-40))
            _ = try await server.store.changeKey(id: old.id, .revoke, now: SystemWallClock().now)
            for program in ["monitor", "report", "clean-up"] {
                let alone = try await Examples(language, url: server.url, key: old).run(program)
                #expect(alone.status == 1)
                #expect(alone.errors.contains("401") && alone.errors.contains("consumer key"), "\(alone.errors)")
                let rotated = try await Examples(language, url: server.url, key: old, backup: new).run(program)
                #expect(rotated.status == 0, "\(rotated.errors)")
                #expect(lines(rotated.errors).count == 1 && rotated.errors.contains("Using the backup key"), "\(rotated.errors)")
                let neither = try await Examples(language, url: server.url, key: old, backup: old).run(program)
                #expect(neither.status == 1 && neither.errors.contains("HTTP 401"))
            }
            #expect(try await server.cartKeys(new) == [])
        }
    }

    @Test("the client speaks the Sessions API and /v1, and its errors have a status and a code", arguments: ExampleLanguage.allCases)
    func client(language: ExampleLanguage) async throws {
        let text =
            switch language {
            case .javascript:
                """
                import { Client } from '\(language.folder)/client.mjs';
                const client = Client.fromEnvironment();
                const { rows, total, pages } = await client.sessions({ per_page: 2, status: undefined });
                const found = [total, pages, ...rows.map((row) => row.cart_key), (await client.session('a')).cart_key];
                found.push((await client.deleteSession('a')).cart_key);
                await client.session('a').catch((error) => found.push(error.status, error.code));
                await client.request('GET', '/v1/carts', { query: { colour: 'red' } }).catch((error) => found.push(error.status, error.code));
                const cart = await client.cart('b');
                found.push(await client.deleteIfUnchanged({ ...cart, revision: cart.revision - 1 }));
                found.push(await client.deleteIfUnchanged(cart), await client.deleteIfUnchanged(cart));
                for await (const cart of client.carts({ email: 'eve@example.com' })) found.push(cart.key);
                console.log(found.join(' '));
                """
            case .python:
                """
                from client import APIError, Client
                client = Client.from_environment()
                rows, total, pages = client.sessions(per_page=2, status=None)
                found = [total, pages, *(row["cart_key"] for row in rows), client.session("a")["cart_key"]]
                found.append(client.delete_session("a")["cart_key"])
                for attempt in (lambda: client.session("a"), lambda: client.request("GET", "/v1/carts", {"colour": "red"})):
                    try:
                        attempt()
                    except APIError as error:
                        found += [error.status, error.code]
                cart = client.cart("b")
                found.append(client.delete_if_unchanged({**cart, "revision": cart["revision"] - 1}))
                found += [client.delete_if_unchanged(cart), client.delete_if_unchanged(cart)]
                found += [cart["key"] for cart in client.carts(email="eve@example.com")]
                print(*found)
                """
            case .php:
                """
                require '\(language.folder)/client.php';
                $client = Corral\\Client::fromEnvironment();
                ['rows' => $rows, 'total' => $total, 'pages' => $pages] = $client->sessions(['per_page' => 2, 'status' => null]);
                $found = [$total, $pages, ...array_column($rows, 'cart_key'), $client->session('a')['cart_key']];
                $found[] = $client->deleteSession('a')['cart_key'];
                foreach ([fn () => $client->session('a'), fn () => $client->request('GET', '/v1/carts', ['colour' => 'red'])] as $attempt) {
                    try {
                        $attempt();
                    } catch (Corral\\APIError $error) {
                        array_push($found, $error->status, $error->getCode());
                    }
                }
                $cart = $client->cart('b');
                $found[] = $client->deleteIfUnchanged(['revision' => $cart['revision'] - 1] + $cart);
                array_push($found, $client->deleteIfUnchanged($cart), $client->deleteIfUnchanged($cart));
                foreach ($client->carts(['email' => 'eve@example.com']) as $cart) $found[] = $cart['key'];
                echo implode(' ', $found), "\\n";
                """
            }
        try await TestServer.run { server in
            let key = try await server.key()
            try await server.keep(cart("a"), cart("b"), cart("c", #""customer":{"email":"Eve@example.com"}"#))
            let result = try await Examples(language, url: server.url, key: key).evaluate(text)
            #expect(
                result.output
                    == "3 2 a b a a 404 cocart_cart_in_session_not_valid 422 invalid changed deleted gone c\n", "\(result.errors)")
            #expect(try await server.cartKeys(key) == ["c"])
        }
    }

    @Test("every program explains itself, and says what is wrong with a call", arguments: ExampleLanguage.allCases)
    func usage(language: ExampleLanguage) async throws {
        let key = TestServer.Key(id: 0, pair: ConsumerKeyPair(random: SystemRandomSource()))
        let unreachable = Examples(language, url: "http://127.0.0.1:9", key: key)
        for program in ["monitor", "debug", "report", "clean-up"] {
            let help = try await unreachable.run(program, "--help")
            #expect(help.status == 0 && help.errors.isEmpty)
            #expect(help.output.lowercased().hasPrefix("usage: \(language.file(program))"), "\(help.output)")
            let arguments = program == "debug" ? ["some-key"] : []
            for variable in ["COCART_API_URL", "COCART_CONSUMER_KEY", "COCART_CONSUMER_SECRET"] {
                var lacking = unreachable
                lacking.environment[variable] = ""
                let result = try await lacking.program(program, arguments).run()
                #expect(result.status == 64 && result.errors.contains("\(variable) is not set."), "\(result.errors)")
            }
            let away = try await unreachable.program(program, arguments).run()
            #expect(away.status == 1 && away.errors.hasPrefix("http://127.0.0.1:9 does not answer"), "\(away.errors)")
        }
        let wrong = [
            ["monitor", "--watch", "0"], ["monitor", "--watch", "soon"], ["monitor", "--watch"], ["monitor", "--fast"], ["debug"],
            ["debug", "a", "b"], ["report", "all"], ["clean-up", "--days", "-1"], ["clean-up", "--days", "1.5"],
            ["clean-up", "--page", "2"],
        ]
        for call in wrong {
            let result = try await unreachable.program(call[0], Array(call.dropFirst())).run()
            #expect(result.status == 64 && result.errors.hasSuffix("Try --help.\n"), "\(call): \(result.errors)")
        }
        var half = unreachable
        half.environment["COCART_BACKUP_CONSUMER_KEY"] = "ck_only"
        let result = try await half.run("report")
        #expect(result.status == 64 && result.errors.contains("COCART_BACKUP_CONSUMER_SECRET is not set."))
    }

    @Test("the admin server lists, shows and deletes carts for those who have its token, and for nobody else")
    func adminServer() async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            try await server.keepShop()
            var examples = Examples(.javascript, url: server.url, key: key)
            examples.environment["ADMIN_TOKEN"] = "0123456789abcdef0123456789abcdef"
            examples.environment["PORT"] = "0"
            let running = try await examples.program("admin-server").start {
                $0.contains("Listening on http://127.0.0.1:") && $0.hasSuffix("\n")
            }
            defer { running.kill() }
            let port = try #require(running.port)
            let admin = TestServer(
                url: "http://127.0.0.1:\(port)", store: server.store, database: server.database, administrator: server.administrator)
            let (path, token) = ("/api/admin/sessions", "Bearer 0123456789abcdef0123456789abcdef")

            for refused in [nil, "", token + "0", "Bearer", key.authorization] {
                for method in [HTTPMethod.GET, .DELETE] {
                    let answer = try await admin.send(method, "\(path)/ada", refused)
                    #expect(answer.status == 401 && answer.object["code"] as? String == "unauthenticated")
                }
            }
            let list = try await admin.send(.GET, "\(path)?per_page=2&page=2&orderby=id&consumer_key=ck_x&consumer_secret=cs_x", token)
            #expect(list.status == 200)
            #expect(list.rows.map { $0["cart_key"] as? String } == ["dinar", "empty"])
            #expect(list.headers.first(name: "X-WP-Total") == "10" && list.headers.first(name: "X-WP-TotalPages") == "5")
            #expect(list.headers.first(name: "Cache-Control") == "no-store")
            let expired = try await admin.send(.GET, "\(path)?status=expired&search=OLD", token)
            #expect(expired.headers.first(name: "X-WP-Total") == "0")
            let found = try await admin.send(.GET, "\(path)?status=active&search=LOVE", token)
            #expect(found.rows.map { $0["cart_key"] as? String } == ["ada"])
            let shown = try await admin.send(.GET, "\(path)/ada", token)
            #expect(shown.status == 200 && shown.object["customers_email"] as? String == "ada@example.com")
            let wrong: [(HTTPMethod, String, Int, String)] = [
                (.GET, "?per_page=0", 400, "rest_invalid_param"), (.GET, "/no-such-cart", 404, "cocart_cart_in_session_not_valid"),
                (.DELETE, "/no-such-cart", 404, "cocart_session_not_valid"), (.GET, "/a.b", 404, "not_found"),
                (.GET, "/ada/items", 404, "not_found"), (.POST, "", 405, "method_not_allowed"), (.PUT, "/ada", 405, "method_not_allowed"),
                (.DELETE, "", 405, "method_not_allowed"),
            ]
            for (method, rest, status, code) in wrong {
                let answer = try await admin.send(method, path + rest, token)
                #expect(answer.status == status && answer.object["code"] as? String == code, "\(method) \(rest): \(answer.text)")
            }
            let deleted = try await admin.send(.DELETE, "\(path)/ada", token)
            #expect(deleted.status == 200 && deleted.object["deleted"] as? Bool == true)
            #expect(try await admin.send(.GET, "\(path)/ada", token).status == 404)
            let keys = try await server.cartKeys(key)
            #expect(keys.count == 9 && !keys.contains("ada"))

            _ = try await server.store.changeKey(id: key.id, .revoke, now: SystemWallClock().now)
            var refused = try await admin.send(.GET, path, token)
            // The server may trust what it knows of the key for a moment.
            for _ in 0..<50 where refused.status == 200 {
                try await Task.sleep(for: .milliseconds(100))
                refused = try await admin.send(.GET, path, token)
            }
            #expect(refused.status == 502 && refused.object["code"] as? String == "upstream")
            examples.expectNoSecret(in: refused.text)
            for _ in 0..<100 where !running.text.contains("HTTP 401") { try await Task.sleep(for: .milliseconds(10)) }
            #expect(running.text.contains("HTTP 401"))
            examples.expectNoSecret(in: running.text)
        }
    }

    @Test("the admin server does not start without a token that is long enough, or on a port that is none")
    func adminServerSettings() async throws {
        let key = TestServer.Key(id: 0, pair: ConsumerKeyPair(random: SystemRandomSource()))
        var examples = Examples(.javascript, url: "http://127.0.0.1:9", key: key)
        for (name, value) in [("ADMIN_TOKEN", ""), ("ADMIN_TOKEN", "too short"), ("PORT", "70000")] {
            examples.environment["ADMIN_TOKEN"] = "0123456789abcdef0123456789abcdef"
            examples.environment[name] = value
            let result = try await examples.run("admin-server")
            #expect(result.status == 64 && result.errors.contains(name), "\(result.errors)")
        }
    }

    @Test("the nightly clean-up deletes as many as it may, writes one line of JSON, and never runs twice at once")
    func nightly() async throws {
        try await withTemporaryFolder { folder in
            try await TestServer.run { server in
                let key = try await server.key()
                let lock = folder.appending(path: "lock").path
                _ = try await server.keepSamples(0..<620, expiring: .days(-40))
                let others = try await server.keepSamples(620..<640, expiring: .days(-20))
                let examples = Examples(.python, url: server.url, key: key)
                let holding = """
                    import fcntl, sys, time
                    file = open(sys.argv[1], "a")
                    fcntl.flock(file, fcntl.LOCK_EX)
                    print("held", flush=True)
                    time.sleep(60)
                    """
                let holder = try await Program.named("python3", "-c", holding, lock).start { $0.contains("held") }
                let second = try await examples.run("nightly-clean-up", "--lock-file", lock)
                holder.kill()
                #expect(second.status == 75, "\(second.errors)")
                #expect((try object(second.output)["errors"] as? [String])?.first?.contains(lock) == true)
                #expect(try await server.cartKeys(key).count == 640)

                for (limit, deleted, isReached) in [("510", 510, true), ("1000", 110, false), ("1000", 0, false)] {
                    let night = try await examples.run("nightly-clean-up", "--lock-file", lock, "--limit", limit)
                    #expect(night.status == 0 && lines(night.output).count == 1, "\(night.errors)")
                    let line = try object(night.output)
                    #expect(line["deleted"] as? Int == deleted && line["reached_limit"] as? Bool == isReached, "\(night.output)")
                    #expect((line["errors"] as? [String]) == [])
                }
                #expect(try await server.cartKeys(key) == others)
            }
        }
    }

    @Test("the nightly clean-up that fails says so in its line and in its exit code")
    func nightlyFailures() async throws {
        try await withTemporaryFolder { folder in
            try await TestServer.run { server in
                let lock = folder.appending(path: "lock").path
                let (reader, revoked) = (try await server.key(.read), try await server.key())
                let old = try await server.keepSamples(0..<20, expiring: .days(-40))
                _ = try await server.store.changeKey(id: revoked.id, .revoke, now: SystemWallClock().now)
                let readOnly = try await Examples(.python, url: server.url, key: reader).run("nightly-clean-up", "--lock-file", lock)
                #expect(readOnly.status == 1)
                let errors = try #require(try object(readOnly.output)["errors"] as? [String])
                // It gives up before it has tried all.
                #expect(errors.count == 10 && errors.allSatisfy { $0.contains("HTTP 403") })
                let refused = try await Examples(.python, url: server.url, key: revoked).run("nightly-clean-up", "--lock-file", lock)
                #expect(refused.status == 1 && refused.output.contains("HTTP 401"))
                let unlocked = try await Examples(.python, url: server.url, key: reader).run(
                    "nightly-clean-up", "--lock-file", folder.appending(path: "no/such/folder").path)
                #expect(unlocked.status == 1 && unlocked.output.contains("Cannot lock"))
                let wrong = try await Examples(.python, url: server.url, key: reader).run("nightly-clean-up", "--limit", "0")
                #expect(wrong.status == 64)
                #expect(try await server.cartKeys(reader) == old)
            }
        }
    }
}
