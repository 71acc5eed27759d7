import AsyncHTTPClient
import CartCore
import CartHTTP
import CartServer
import CartTesting
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@Suite("Who may see which page")
struct PagesAccessTests {
    /// A page, and what becomes of a request of somebody who has not signed in, of a shop manager, and of an administrator. Requests that
    /// post carry the text that proves the form.
    private struct Row: Sendable {
        var route: String
        var path: String
        var statuses: [Int]

        init(_ route: String, path: String? = nil, _ nobody: Int, _ manager: Int, _ administrator: Int) {
            self.route = route
            self.path = path ?? String(route.drop { $0 != "/" })
            statuses = [nobody, manager, administrator]
        }

        var method: HTTPMethod { HTTPMethod(rawValue: String(route.prefix { $0 != " " })) }
    }

    private static let rows = [
        Row("GET /", 303, 200, 200),
        Row("GET /assets/{name}", path: "/assets/style.css", 200, 200, 200),
        Row("GET /audit", 303, 403, 200),
        Row("GET /carts", 303, 200, 200),
        Row("GET /carts/export", 303, 200, 200),
        Row("GET /carts/{key}", path: "/carts/a", 303, 200, 200),
        Row("POST /carts/delete", 303, 303, 303),
        Row("POST /carts/delete/confirm", 303, 303, 303),
        Row("GET /changes", 401, 200, 200),
        Row("GET /events", 401, 200, 200),
        Row("GET /keys", 303, 403, 200),
        Row("POST /keys", 303, 403, 422),
        Row("GET /keys/{id}", path: "/keys/77", 303, 403, 404),
        Row("POST /keys/{id}/disable", path: "/keys/77/disable", 303, 403, 404),
        Row("POST /keys/{id}/enable", path: "/keys/77/enable", 303, 403, 404),
        Row("POST /keys/{id}/revoke", path: "/keys/77/revoke", 303, 403, 404),
        Row("POST /keys/{id}/rotate", path: "/keys/77/rotate", 303, 403, 400),
        Row("GET /settings", 303, 200, 200),
        Row("POST /sweep/confirm", 303, 403, 422),
        Row("GET /sign-in", 200, 303, 303),
        Row("POST /sign-in", 403, 403, 403),
        // The last of all, since it ends the session.
        Row("POST /sign-out", 303, 303, 303),
    ]

    @Test("Each page answers nobody, a shop manager and an administrator as the table says, and forms are refused without their text")
    func table() async throws {
        try await withClient { server, client in
            let described = Set(Self.rows.map(\.route))
            #expect(described == Set(server.pages.map { "\($0.method) \($0.path)" }))
            _ = try await server.send(.PUT, "/v1/carts/a", try await server.key().authorization, body: Array("{}".utf8))
            var manager = server.administrator
            (manager.name, manager.email, manager.role) = ("ben", "ben@example.com", .shopManager)
            _ = try await server.store.insert(manager)
            let sessions = [
                Session(cookie: "", csrf: ""), try await signIn("ben", server, client), try await signIn("admin", server, client),
            ]
            for row in Self.rows {
                for (session, status) in zip(sessions, row.statuses) {
                    let found = try await send(row, session, csrf: session.csrf, server, client)
                    #expect(found == status, "\(row.route) of \(session.cookie.isEmpty ? "nobody" : "somebody")")
                    guard row.method == .POST, !session.cookie.isEmpty, row.path != "/sign-out" else { continue }
                    for csrf in ["", sessions[1].csrf == session.csrf ? sessions[2].csrf : sessions[1].csrf] {
                        let refused = try await send(row, session, csrf: csrf, server, client)
                        #expect(refused == 403, "\(row.route) with the text \(csrf)")
                    }
                }
            }
            let after = try await send(Self.rows[3], sessions[2], csrf: "", server, client)
            #expect(after == 303)
        }
    }

    @Test("The page of settings says where the carts are and how much room they take up, and shows nothing secret of the database")
    func settingsPage() async throws {
        try await withClient { server, client in
            let session = try await signIn("admin", server, client)
            var request = HTTPClientRequest(url: server.url + "/settings")
            request.headers.add(name: "Cookie", value: session.cookie)
            let response = try await client.execute(request, timeout: .seconds(30))
            let html = String(buffer: try await response.body.collect(upTo: 1 << 20))
            #expect(html.contains("\(server.database.location)"))
            #expect(html.contains("Size") && html.contains("Free space") != CartDatabase.isPostgres)
            #expect(!html.contains("user=") && !html.contains("password="))
        }
    }

    /// Runs a test with a server and a client that follows no redirects.
    private func withClient(_ body: @Sendable (TestServer, HTTPClient) async throws -> Void) async throws {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
        do {
            try await TestServer.run { try await body($0, client) }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private struct Session: Sendable {
        var cookie: String
        var csrf: String
    }

    private func signIn(_ name: String, _ server: TestServer, _ client: HTTPClient) async throws -> Session {
        let page = try await client.execute(HTTPClientRequest(url: server.url + "/sign-in"), timeout: .seconds(30))
        let html = String(buffer: try await page.body.collect(upTo: 1 << 20))
        var request = HTTPClientRequest(url: server.url + "/sign-in")
        request.method = .POST
        request.headers.add(name: "Cookie", value: try cookie(page))
        let password = TestServer.password.replacing(" ", with: "+")
        request.body = .bytes(Array("csrf=\(try csrf(html))&name=\(name)&password=\(password)&next=/settings".utf8))
        let answer = try await client.execute(request, timeout: .seconds(30))
        #expect(answer.status == .seeOther)
        #expect(answer.headers.first(name: "Location") == "/settings")
        let own = try cookie(answer)
        var settings = HTTPClientRequest(url: server.url + "/settings")
        settings.headers.add(name: "Cookie", value: own)
        let shown = try await client.execute(settings, timeout: .seconds(30))
        return Session(cookie: own, csrf: try csrf(String(buffer: try await shown.body.collect(upTo: 1 << 20))))
    }

    private func cookie(_ response: HTTPClientResponse) throws -> String {
        let header = try #require(response.headers.first(name: "Set-Cookie"))
        #expect(header.contains("; HttpOnly; SameSite=Strict"))
        return String(header.prefix { $0 != ";" })
    }

    private func csrf(_ html: String) throws -> String {
        let found = try #require(html.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/))
        return String(found.1)
    }

    /// The status of the answer; the body is not read to its end, since that of a stream has none.
    private func send(
        _ row: Row, _ session: Session, csrf: String, _ server: TestServer, _ client: HTTPClient
    ) async throws -> Int {
        var request = HTTPClientRequest(url: server.url + row.path)
        request.method = row.method
        if !session.cookie.isEmpty { request.headers.add(name: "Cookie", value: session.cookie) }
        if row.method == .POST { request.body = .bytes(Array("csrf=\(csrf)&name=x&password=y".utf8)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        return Int(response.status.code)
    }
}
