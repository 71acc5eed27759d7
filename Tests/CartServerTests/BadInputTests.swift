import CartCore
import CartHTTP
import CartServer
import Foundation
import NIOHTTP1
import Testing

/// Input that no client should send, on every route that there is.
@Suite("Bad input")
struct BadInputTests {
    /// Values for every parameter of a query.
    private static let values = [
        "", "%00", "-1", "0", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e400", "NaN", "%FF%FE", "%", "%zz",
        "'%20OR%201=1--", "..%2F..%2Fetc%2Fpasswd", "%F0%9F%98%80", "true,false", String(repeating: "a", count: 6000),
    ]

    private static let parameters = [
        "page", "per_page", "order", "orderby", "status", "search", "email", "source", "customer", "after", "before", "date_format",
        "thumb",
        "_fields", "limit", "cursor", "state", "owner_type", "owner_id", "name", "product_ids", "total_min", "total_max", "created_after",
        "created_before", "updated_after", "updated_before", "expires_after", "expires_before", "store_id", "has_contact", "empty",
        "consumer_key", "consumer_secret", "rest_route", "unheard_of", "items_per_page", "sort_by", "cname", "user_id", "total_from",
        "period", "time_from", "p_ids", "company_id", "format",
        "_d",
    ]

    private static let keys = [
        "%00", "a%00b", "..", "%2e%2e%2f", "a.b", "%FF", "%", "%F0%9F%98%80", String(repeating: "a", count: 43),
        String(repeating: "k", count: 7000),
        "%2B9223372036854775808", "'%20OR%201=1--", "a%2Fb",
    ]

    /// Bodies for the routes that read one.
    private static let bodies: [(name: String, bytes: [UInt8])] = [
        ("nothing", []), ("no JSON", Array("hello".utf8)), ("an array", Array("[]".utf8)), ("null", Array("null".utf8)),
        ("two values", Array("{}{}".utf8)), ("a NUL", [0x7B, 0x00, 0x7D]),
        ("invalid UTF-8", Array(#"{"key":""#.utf8) + [0xFF, 0xFE, 0x22, 0x7D]),
        ("half a surrogate", Array(#"{"source":"\ud800"}"#.utf8)), ("a wrong type", Array(#"{"items":{"product_id":1}}"#.utf8)),
        ("2^63", Array(#"{"items":[{"product_id":9223372036854775808}]}"#.utf8)),
        ("-2^63-1", Array(#"{"totals":{"total":-9223372036854775809}}"#.utf8)),
        ("2^63-1 as an amount", Array(#"{"items":[{"product_id":1,"unit_price":9223372036854775807}]}"#.utf8)),
        ("1e400", Array(#"{"items":[{"product_id":1,"quantity":1e400}]}"#.utf8)),
        ("no quantity", Array(#"{"items":[{"product_id":1,"quantity":0}]}"#.utf8)),
        ("an owner beyond all", Array(#"{"owner":{"type":"guest","id":"4294967296"}}"#.utf8)),
        ("a value of 1 MB", Array((#"{"source":""# + String(repeating: "a", count: 1 << 20) + #""}"#).utf8)),
        ("100,000 arrays", Array(String(repeating: "[", count: 100_000).utf8)),
        ("100,000 objects", Array(String(repeating: #"{"a":"#, count: 100_000).utf8)),
        (
            "a deep value in extra",
            Array((#"{"items":[{"product_id":1,"extra":{"a":"# + String(repeating: "[", count: 100_000) + "}}]}").utf8)
        ),
        (
            "100,000 items",
            Array((#"{"items":["# + Array(repeating: #"{"product_id":1}"#, count: 100_000).joined(separator: ",") + "]}").utf8)
        ),
        ("a field twice", Array(#"{"source":"a","source":"b"}"#.utf8)), ("an unknown field", Array(#"{"colour":"red"}"#.utf8)),
        ("sums beyond all", Array(#"{"items":[{"product_id":1,"quantity":1000000000,"unit_price":9007199254740991}]}"#.utf8)),
    ]

    @Test("any value of any parameter gets an answer of the right dialect, never a 5xx")
    func parameters() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a","items":[{"product_id":1}]}"#)
            let keys = (cscart: try await server.cscartKey().authorization, other: try await server.key(.admin).authorization)
            var turn = 0
            for route in server.routes where route.method == "GET" {
                let key = route.isCSCart ? keys.cscart : keys.other
                let path = route.path(with: "a")
                for parameter in Self.parameters {
                    // Each route with each parameter; the values take turns.
                    for _ in 0..<4 {
                        turn += 1
                        let value = Self.values[turn % Self.values.count]
                        let answer = try await server.send(.GET, "\(path)?\(parameter)=\(value)", key)
                        expect(answer, of: route, [200, 400, 401, 422, 404], "\(parameter)=\(value.prefix(60))")
                    }
                }
                for value in Self.values.prefix(10) {
                    // The credentials of the query win over the header.
                    let answer = try await server.send(.GET, "\(path)?consumer_key=ck_\(value)&consumer_secret=\(value)", key)
                    expect(answer, of: route, [200, 401, 422, 404, 429], "credentials \(value)")
                }
                let many = try await server.send(.GET, "\(path)?\(String(repeating: "a&", count: 4000))", key)
                expect(many, of: route, [413], "4,000 parameters")
                let long = try await server.send(.GET, "\(path)?a=\(String(repeating: "a", count: 9000))", key)
                expect(long, of: route, [413], "a long URL")
            }
        }
    }

    @Test("any key in any path gets an answer of the right dialect, never a 5xx")
    func keys() async throws {
        try await TestServer.run { server in
            let keys = (cscart: try await server.cscartKey().authorization, other: try await server.key(.admin).authorization)
            for route in server.routes where route.path.contains("{") {
                let key = route.isCSCart ? keys.cscart : keys.other
                for name in Self.keys {
                    // Byte by byte, since clients mend such paths.
                    let text = try await server.exchange(
                        """
                        \(route.method) \(route.path(with: name)) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                        Authorization: \(key)\r\nContent-Length: 2\r\n\r\n{}
                        """)
                    expect(try #require(TestServer.Answer(wire: text)), of: route, [404, 422], "the key \(name.prefix(60))")
                }
            }
        }
    }

    @Test("any body gets an answer of the right dialect, never a 5xx, and costs no memory that stays")
    func bodies() async throws {
        try await withCartDatabase { place, _ in
            let database = place.text
            let made = try await Program.corral(
                "users", "create", "admin", "--email", "a@example.com", "--role", "administrator", "--password-stdin", "--database",
                database
            ).run(input: "correct horse battery\n")
            #expect(made.status == 0, "\(made.errors)")
            func key(_ kind: String, _ login: String, _ secret: String) async throws -> String {
                let made = try await Program.corral(
                    "keys", "create", "--user", "admin", "--description", "test", "--permissions", "admin", "--kind", kind, "--format",
                    "json", "--database", database
                ).run()
                let pair = try #require(JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
                return TestServer.basic(try #require(pair[login] as? String), try #require(pair[secret] as? String))
            }
            let keys = (
                cscart: try await key("cscart", "login", "api_key"), other: try await key("cocart", "consumer_key", "consumer_secret")
            )
            let program = try await Program.corral("serve", "--port", "0", "--database", database).start { $0.contains("listens on") }
            defer { _ = program.stop() }
            let routes = try await TestServer.run { $0.routes }
            let port = try #require(program.port)
            let url = "http://127.0.0.1:\(port)"
            func sendAll() async throws {
                for route in routes {
                    let path = route.path(with: "a")
                    let authorization = route.isCSCart ? keys.cscart : keys.other
                    for (name, bytes) in Self.bodies {
                        let headers = [("Content-Type", "application/json")]
                        let answer = try await TestServer.send(
                            HTTPMethod(rawValue: route.method), url + path, authorization, headers: headers, body: bytes)
                        expect(answer, of: route, ["PUT", "POST"].contains(route.method) ? [400, 404, 422] : [200, 204, 400, 404], name)
                    }
                }
            }
            try await sendAll()
            let before = try Self.memory(of: program)
            for _ in 0..<3 { try await sendAll() }
            let after = try Self.memory(of: program)
            #expect(after < before + before / 4, "\(before) kB before, \(after) kB after")
            let alive = try await TestServer.send(.GET, url + "/healthz")
            #expect(alive.status == 200)
        }
    }

    @Test("a body over the limit is 413 with Content-Length and without")
    func largeBodies() async throws {
        try await TestServer.run({ $0.limits.body = 4096 }) { server in
            let key = try await server.key().authorization
            let bytes = Array((#"{"source":""# + String(repeating: "a", count: 5000) + #""}"#).utf8)
            for isChunked in [false, true] {
                let answer = try await TestServer.send(
                    .PUT, server.url + "/v1/carts/a", key, body: bytes, isChunked: isChunked)
                #expect(answer.status == 413)
                #expect(answer.object["code"] as? String == "too_large")
                let cocart = try await TestServer.send(
                    .DELETE, server.url + "/wp-json/cocart/v2/sessions/a", key, body: bytes, isChunked: isChunked)
                #expect(cocart.status == 413)
                #expect((cocart.object["data"] as? [String: Any])?["status"] as? Int == 413)
            }
            let fits = try await server.send(.PUT, "/v1/carts/a", key, body: Array(bytes.prefix(12)) + Array(#""}"#.utf8))
            #expect(fits.status == 201, "\(fits.text)")
        }
    }

    private static func memory(of program: RunningProgram) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(program.processID)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
    }

    private func expect(_ answer: TestServer.Answer, of route: Route, _ statuses: Set<Int>, _ what: String) {
        let place = "\(route.method) \(route.path), \(what)"
        #expect(statuses.contains(answer.status), "\(place): \(answer.status) \(answer.text.prefix(300))")
        guard answer.status >= 400 else { return }
        if route.isCSCart {
            #expect(answer.object["status"] as? Int == answer.status && answer.object["message"] is String, "\(place): \(answer.text)")
            #expect(answer.object.count == 2, "\(place): \(answer.text)")
        } else if route.path.hasPrefix("/wp-json") {
            #expect((answer.object["data"] as? [String: Any])?["status"] as? Int == answer.status, "\(place): \(answer.text)")
            #expect(answer.object["code"] is String && answer.object["message"] is String, "\(place)")
        } else {
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json", "\(place)")
            #expect(answer.object["status"] as? Int == answer.status, "\(place): \(answer.text)")
        }
        #expect(answer.text.utf8.count < 8192, "\(place): an answer of \(answer.text.utf8.count) bytes")
    }
}

extension Route {
    fileprivate var isCSCart: Bool { path.hasPrefix("/api/") }

    fileprivate func path(with name: String) -> String {
        path.replacing("{key}", with: name).replacing("{user_id}", with: name).replacing("{id}", with: name)
    }
}

extension TestServer.Answer {
    /// Reads an answer with the length of its body.
    fileprivate init?(wire text: String) {
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers.add(name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces)) }
        }
        self.init(status: status, headers: headers, body: Array(text[end.upperBound...].utf8))
    }
}
