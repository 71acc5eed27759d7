import AsyncHTTPClient
import CartCore
import CartHTTP
import CartServer
import CartTesting
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// A real server on a free port of the loopback interface, over a real database.
struct TestServer: Sendable {
    let url: String
    let store: any Store
    /// Every route of the server.
    var routes: [Route] = []
    /// Every page of the dashboard.
    var pages: [Route] = []
    /// The store's database, for other processes.
    let database: CartDatabase
    let administrator: User
    /// Everything that the server says; what is secret is looked for in it when the test ends.
    var spoken = SpokenText()

    static let password = "correct horse battery"
    /// Made once: it is meant to cost a lot.
    private static let passwordHash = Result { try PasswordHash(password, random: SystemRandomSource()) }

    /// A key and secret as a client sends them.
    struct Key: Sendable {
        let id: Int64
        let pair: ConsumerKeyPair

        var authorization: String { TestServer.basic(pair.consumerKey, pair.consumerSecret) }
    }

    /// An e-mail address and an API key as a client of CS-Cart sends them.
    struct APIKeyPair: Sendable {
        let id: Int64
        let login: String
        let apiKey: String

        var authorization: String { TestServer.basic(login, apiKey) }
    }

    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: Any? { try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed) }
        var rows: [[String: Any]] { json as? [[String: Any]] ?? [] }
        var object: [String: Any] { json as? [String: Any] ?? [:] }
    }

    /// Runs `body` against a server that is stopped afterwards.
    static func run<Value: Sendable>(
        _ change: (inout Settings) -> Void = { _ in }, clock: any WallClock = SystemWallClock(),
        random: any RandomSource = SystemRandomSource(), _ body: @Sendable (TestServer) async throws -> Value
    ) async throws -> Value {
        try await withCartDatabase { database, _ in try await run(on: database, change, clock: clock, random: random, body) }
    }

    private static func run<Value: Sendable>(
        on database: CartDatabase, _ change: (inout Settings) -> Void, clock: any WallClock, random: any RandomSource,
        _ body: @Sendable (TestServer) async throws -> Value
    ) async throws -> Value {
        var settings = Settings()
        settings.port = 0
        // A test's carts shall be gone when the test says so.
        settings.sweeps = false
        settings.database = database.location
        change(&settings)
        let store = try settings.database.open(creating: true, abandonedAfter: settings.policy.abandonedAfter)
        let administrator = try await store.insert(
            User(
                id: 0, name: "admin", email: "admin@example.com", role: .administrator,
                password: try passwordHash.get(), created: clock.now))
        let spoken = SpokenText()
        spoken.withhold(password, "@example.com", personal)
        let server = CorralServer(settings: settings, store: store, clock: clock, random: random, logger: spoken.logger)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run(stoppingOn: []) { continuation.yield($0) }
            }
            guard let port = await ports.first(where: { _ in true }) else { throw CartError(.unavailable, "The server did not start.") }
            let testServer = TestServer(
                url: "\(settings.scheme)://127.0.0.1:\(port)", store: store, routes: server.routes, pages: server.pages,
                database: database, administrator: administrator, spoken: spoken)
            let value = try await body(testServer)
            if settings.certificate == nil { spoken.note(try await testServer.send(.GET, "/metrics").text) }
            group.cancelAll()
            spoken.expectNoSecrets()
            return value
        }
    }

    /// SQLite's file; in PostgreSQL there is none.
    var path: String { database.path }

    static func basic(_ login: String, _ secret: String) -> String {
        "Basic " + Data("\(login):\(secret)".utf8).base64EncodedString()
    }

    /// What a person sends.
    static var personal: String { basic("admin", password) }

    func key(
        _ permission: Permission = .readWrite, of user: User? = nil, storeID: Int64? = nil, allowedRanges: [NetworkRange] = [],
        expires: Timestamp? = nil
    ) async throws -> Key {
        let pair = ConsumerKeyPair(random: SystemRandomSource())
        let key = try await store.insert(
            ConsumerKey(
                .pair(pair), userID: (user ?? administrator).id, description: "test", permission: permission, storeID: storeID,
                allowedRanges: allowedRanges, created: SystemWallClock().now,
                expires: expires))
        spoken.withhold(pair.consumerKey, pair.consumerSecret)
        return Key(id: key.id, pair: pair)
    }

    func cscartKey(_ permission: Permission = .readWrite, of user: User? = nil, storeID: Int64? = nil) async throws -> APIKeyPair {
        let apiKey = APIKey(random: SystemRandomSource())
        let user = user ?? administrator
        let key = try await store.insert(
            ConsumerKey(
                .apiKey(apiKey), userID: user.id, description: "test", permission: permission, storeID: storeID,
                created: SystemWallClock().now))
        spoken.withhold(apiKey.text)
        return APIKeyPair(id: key.id, login: user.email, apiKey: apiKey.text)
    }

    func send(
        _ method: HTTPMethod = .GET, _ path: String, _ authorization: String? = nil, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        let answer = try await Self.send(method, url + path, authorization, headers: headers, body: body)
        if answer.status >= 400 { spoken.note(answer.text) }
        return answer
    }

    /// Sends a request to any server; a chunked one without the length of its body.
    static func send(
        _ method: HTTPMethod, _ url: String, _ authorization: String? = nil, headers: [(String, String)] = [], body: [UInt8]? = nil,
        isChunked: Bool = false
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(body, length: isChunked ? .unknown : .known(Int64(body.count))) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
    }

    /// The last number that the store took for an id or revision.
    func lastRevision() async throws -> Int64 { try await store.audit(AuditQuery(limit: 1)).entries.first?.id ?? 0 }

    /// Writes carts as documents, as an import does.
    func keep(_ documents: String...) async throws {
        let service = CartService(store: store, random: SystemRandomSource())
        for document in documents {
            let draft = try CartDraft(document: Array(document.utf8))
            for result in try await service.put([draft], at: SystemWallClock().now) { _ = try result.get() }
        }
    }
}

/// What of `expected` is not in `actual` with the same value and type; members that `actual` has besides do not count.
func difference(_ expected: Any, _ actual: Any?, at path: String = "$") -> String? {
    switch (expected, actual) {
    case (let expected as [String: Any], let actual as [String: Any]):
        for (name, value) in expected {
            if let found = difference(value, actual[name], at: "\(path).\(name)") { return found }
        }
        return nil
    case (let expected as [Any], let actual as [Any]):
        guard expected.count == actual.count else { return "\(path) has \(actual.count) elements, not \(expected.count)" }
        for (place, value) in expected.enumerated() {
            if let found = difference(value, actual[place], at: "\(path)[\(place)]") { return found }
        }
        return nil
    case (let expected as String, let actual as String):
        return expected == actual ? nil : "\(path) is \(actual), not \(expected)"
    case (let expected as NSNumber, let actual as NSNumber):
        return expected == actual ? nil : "\(path) is \(actual), not \(expected)"
    default:
        return "\(path) is \(String(describing: actual)), not \(expected)"
    }
}
