import CartCore
import CartHTTP
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("Any sequence of requests")
struct OracleTests {
    @Test("leaves the server equal to the oracle, and answers as it does", arguments: [1, 2, 3] as [UInt64])
    func comparison(seed: UInt64) async throws {
        let clock = ManualClock(CartGenerator.base)
        try await TestServer.run(clock: clock, random: SeededRandom(seed: seed)) { server in
            let key = try await server.key().authorization
            var trial = try await Comparison(server: server, key: key, clock: clock, seed: seed)
            for step in 0..<250 {
                try await trial.step(step)
                if clock.now < .latest { clock.advance(by: .minutes(Int64(step % 45))) }
            }
            try await trial.compareAll()
        }
    }
}

/// A server, and the carts as they must be: the rules over a store in memory, asked without HTTP.
private struct Comparison {
    let server: TestServer
    let key: String
    let clock: ManualClock
    let oracle: CartService
    var generator: CartGenerator
    var numbers: SplitMix64
    /// The answers to named requests.
    var named: [String: (method: HTTPMethod, path: String, body: [UInt8]?, status: Int, text: String, at: Timestamp)] = [:]

    private static let room = 25

    init(server: TestServer, key: String, clock: ManualClock, seed: UInt64) async throws {
        self.server = server
        self.key = key
        self.clock = clock
        oracle = CartService(store: InMemoryStore(countingFrom: try await server.lastRevision()), random: SeededRandom(seed: seed))
        generator = CartGenerator(seed: seed)
        numbers = SplitMix64(seed: seed)
    }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &numbers) }

    mutating func step(_ step: Int) async throws {
        let name = "k\(number(0..<Self.room))"
        switch number(0..<10) {
        case 0...4: try await put(name, step)
        case 5: try await delete("/v1/carts/\(name)", name, step)
        case 6: try await delete("/wp-json/cocart/v2/sessions/\(name)", name, step)
        case 7: try await repeatNamed()
        default: try await compareList()
        }
        try await compare(name)
    }

    /// What the request asks of the standing cart; often what holds.
    private mutating func precondition(_ name: String) async throws -> (CartService.Precondition, [(String, String)]) {
        switch number(0..<6) {
        case 0: return (.absent, [("If-None-Match", "*")])
        case 1: return (.revision(99_999), [("If-Match", "\"99999\"")])
        case 2, 3:
            guard let record = try await standing(name) else { return (.none, []) }
            return (.revision(record.revision), [("If-Match", "\"\(record.revision)\"")])
        default: return (.none, [])
        }
    }

    private func standing(_ name: String) async throws -> CartRecord? { try await oracle.store.cart(try #require(CartKey(name))) }

    private mutating func put(_ name: String, _ step: Int) async throws {
        var body = generator.cart(key: CartKey(name)).document
        // Now and then a body that is refused.
        if number(0..<10) == 0 { body.removeLast() }
        let path = "/v1/carts/\(name)"
        var (precondition, headers) = try await precondition(name)
        // The rule, apart from the service that keeps to it.
        let standing = try await standing(name)
        let rule =
            switch precondition {
            case .absent where standing != nil: 412
            case .revision(let revision) where standing?.revision != revision: 412
            default: standing == nil ? 201 : 200
            }
        var expected = 0
        do {
            let draft = try CartDraft(document: body)
            let saved = try await oracle.put(draft, under: try #require(CartKey(name)), if: precondition, in: nil, at: clock.now)
            expected = saved.isNew ? 201 : 200
        } catch let error as CartError {
            expected = error.code == .malformedJSON ? 400 : error.code == .conflict ? 412 : 422
        }
        if expected != 400 { #expect(expected == rule, "step \(step)") }
        if number(0..<3) == 0 { headers.append(("Idempotency-Key", "s\(step)")) }
        let answer = try await server.send(.PUT, path, key, headers: headers, body: body)
        #expect(answer.status == expected, "step \(step): \(answer.text)")
        if headers.last?.0 == "Idempotency-Key", expected != 400 {
            named["s\(step)"] = (.PUT, path, body, answer.status, withoutID(answer.text), clock.now)
        }
    }

    private mutating func delete(_ path: String, _ name: String, _ step: Int) async throws {
        let isNative = path.hasPrefix("/v1")
        var (precondition, headers) = isNative ? try await precondition(name) : (.none, [])
        let standing = try await standing(name)
        let rule =
            switch precondition {
            case _ where standing == nil: 404
            case .absent: 412
            case .revision(let revision) where standing?.revision != revision: 412
            default: isNative ? 204 : 200
            }
        var expected = isNative ? 204 : 200
        do {
            try await oracle.delete(try #require(CartKey(name)), if: precondition, in: nil)
        } catch let error as CartError {
            expected = error.code == .cartNotFound ? 404 : 412
        }
        #expect(expected == rule, "step \(step)")
        if isNative, number(0..<2) == 0 { headers.append(("Idempotency-Key", "s\(step)")) }
        let answer = try await server.send(.DELETE, path, key, headers: headers)
        #expect(answer.status == expected, "step \(step): \(answer.text)")
        if headers.last?.0 == "Idempotency-Key" {
            named["s\(step)"] = (.DELETE, path, nil, answer.status, withoutID(answer.text), clock.now)
        }
    }

    /// Sends a named request again, which must change nothing.
    private mutating func repeatNamed() async throws {
        let names = named.filter { $0.value.at + .hours(24) > clock.now }.keys.sorted()
        guard !names.isEmpty else { return }
        let name = names[number(0..<names.count)]
        guard let first = named[name] else { return }
        let answer = try await server.send(first.method, first.path, key, headers: [("Idempotency-Key", name)], body: first.body)
        #expect(answer.status == first.status, "\(name): \(answer.text)")
        #expect(withoutID(answer.text) == first.text)
    }

    /// Without the number of the request, which errors show.
    private func withoutID(_ text: String) -> String { text.replacing(/"request_id":"[^"]*"/, with: "") }

    private func compare(_ name: String) async throws {
        let answer = try await server.send(.GET, "/v1/carts/\(name)", key)
        guard let record = try await standing(name) else {
            #expect(answer.status == 404)
            return
        }
        #expect(answer.body == record.answer(state: try state(of: record)))
        #expect(answer.headers.first(name: "ETag") == "\"\(record.revision)\"")
        let session = try await server.send(.GET, "/wp-json/cocart/v2/session/\(name)", key)
        #expect(session.object["cart_key"] as? String == name)
        let items = try record.cart().items.filter { $0.kind == .cart }
        #expect((session.object["items"] as? [String: Any])?.count == Set(items.map(\.key)).count)
    }

    private func state(of record: CartRecord) throws -> CartState {
        record.state(at: oracle.stateClock(at: clock.now))
    }

    private mutating func compareList() async throws {
        var filter = CartFilter()
        filter.state = CartState.allCases[number(0..<CartState.allCases.count)]
        let expected = try await oracle.store.page(CartQuery(filter: filter, clock: oracle.stateClock(at: clock.now), limit: 1000))
        let state = filter.state?.rawValue ?? ""
        let native = try await server.send(.GET, "/v1/carts?limit=1000&state=\(state)", key)
        let ids = (native.object["data"] as? [[String: Any]])?.compactMap { $0["id"] as? Int64 }
        #expect(ids == expected.records.map(\.id))
        let cocart = try await server.send(.GET, "/wp-json/cocart/v2/sessions?per_page=1000&status=\(state)", key)
        #expect(cocart.rows.compactMap { $0["cart_key"] as? String } == (try expected.records.map { try $0.cart().key.text }))
        #expect(cocart.headers.first(name: "X-WP-Total") == "\(expected.total)")
    }

    /// The whole store, cart by cart.
    func compareAll() async throws {
        let clock = oracle.stateClock(at: clock.now)
        let expected = try await oracle.store.carts(CartFilter(), at: clock, after: 0, limit: 1000)
        let found = try await server.store.carts(CartFilter(), at: clock, after: 0, limit: 1000)
        #expect(found == expected)
        #expect(!expected.isEmpty)
    }
}
