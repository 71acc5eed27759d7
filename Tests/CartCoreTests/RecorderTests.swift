import CartCore
import CartTesting
import Testing

@Suite("What is counted in memory")
struct RecorderTests {
    private let store = InMemoryStore()
    private let now = CartGenerator.base

    private func key() async throws -> ConsumerKey {
        let user = try await store.insert(
            User(id: 0, name: "ann", email: "ann@example.com", role: .administrator, password: .nobody, created: now))
        return try await store.insert(
            ConsumerKey(
                .pair(ConsumerKeyPair(random: SeededRandom())), userID: user.id, description: "test", permission: .read, created: now))
    }

    @Test("Requests are counted by day and kind, with the addresses they came from, and the counts reach the store once")
    func countsUsage() async throws {
        let usage = UsageRecorder()
        let key = try await key()
        let address = try #require(NetworkAddress("192.0.2.1"))
        for (kind, minutes) in [(RequestKind.list, 5), (.read, 9), (.list, 7), (.list, 24 * 60)] {
            usage.record(keyID: key.id, kind, from: address, isFromPage: kind == .read, at: now + .minutes(Int64(minutes)))
        }
        for _ in 0..<2 {
            try await usage.flush(to: store)
            let stored = try #require(try await store.key(id: key.id)?.key)
            #expect(stored.requests == 4)
            #expect(stored.lastAccess == now + .days(1))
            #expect(stored.lastAddress == address)
            #expect(stored.lastFromPage == now + .minutes(9))
            let report = try await store.usage(ofKey: key.id)
            let day = now.day
            #expect(
                report.requests == [
                    KeyUsage.Count(day: day, kind: .list): 2, KeyUsage.Count(day: day, kind: .read): 1,
                    KeyUsage.Count(day: day + 1, kind: .list): 1,
                ])
            #expect(report.addresses == [address: now + .days(1)])
        }
    }

    @Test("Counts that could not be written are written the next time, together with what came meanwhile")
    func keepsUsage() async throws {
        let usage = UsageRecorder()
        let key = try await key()
        usage.record(keyID: key.id, .list, from: nil, isFromPage: false, at: now + .hours(1))
        let error = await #expect(throws: CartError.self) { try await usage.flush(to: WatchedStore(store: store, isReachable: false)) }
        #expect(error?.code == .unavailable)
        usage.record(keyID: key.id, .list, from: nil, isFromPage: false, at: now)
        try await usage.flush(to: store)
        let stored = try #require(try await store.key(id: key.id)?.key)
        #expect(stored.requests == 2)
        #expect(stored.lastAccess == now + .hours(1))
    }

    @Test("Refused calls are gathered by reason, key and address, and beyond a number of kinds by reason alone")
    func gathersRefusals() async throws {
        let refusals = RefusalRecorder()
        for number in 0..<5000 {
            let address = NetworkAddress(ipv4: UInt32(number % 1000))
            refusals.record(Author(.anonymous, from: address, at: now + .seconds(Int64(number))), reason: "unknown key", keyID: nil)
        }
        let (first, last) = (now + .hours(9), now + .hours(10))
        refusals.record(Author(.key(id: 3), at: first), reason: "too many requests", keyID: 3)
        refusals.record(Author(.key(id: 3), at: last), reason: "too many requests", keyID: 3)
        try await refusals.flush(to: store)
        let entries = try await store.audit(AuditQuery(limit: 1000)).entries
        #expect(entries.count == 102)
        #expect(entries.allSatisfy { $0.action == .requestRefused })
        let counts = entries.compactMap {
            String(decoding: $0.details, as: UTF8.self).firstMatch(of: /"count":([0-9]+)/).flatMap { Int($0.1) }
        }
        #expect(counts.reduce(0, +) == 5002)
        let others = try #require(entries.first { $0.address == nil && $0.at == now + .seconds(100) })
        #expect(String(decoding: others.details, as: UTF8.self).contains(#""reason":"unknown key","count":4500"#))
        let limited = try #require(entries.first)
        #expect(limited.at == first)
        #expect(String(decoding: limited.details, as: UTF8.self).contains("\"until\":\"\(last.iso8601)\""))
        try await refusals.flush(to: store)
        #expect(try await store.audit(AuditQuery()).total == 102)
    }

    @Test("Refused calls that could not be written are written the next time")
    func keepsRefusals() async throws {
        let refusals = RefusalRecorder()
        refusals.record(Author(.anonymous, at: now + .hours(1)), reason: "wrong secret", keyID: 7)
        await #expect(throws: CartError.self) { try await refusals.flush(to: UnreachableTrail()) }
        refusals.record(Author(.anonymous, at: now), reason: "wrong secret", keyID: 7)
        try await refusals.flush(to: store)
        let entry = try #require(try await store.audit(AuditQuery()).entries.first)
        #expect(entry.at == now)
        #expect(entry.subject == "key:7")
        #expect(String(decoding: entry.details, as: UTF8.self).contains(#""count":2"#))
    }
}

/// An audit trail that cannot be reached.
private struct UnreachableTrail: AuditStore {
    private static let error = CartError(.unavailable, "The store cannot be reached.", retryAfter: 1)

    func audit(_ query: AuditQuery) async throws(CartError) -> AuditPage { throw Self.error }
    func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry] { throw Self.error }
    func add(_ entries: [AuditEntry]) async throws(CartError) { throw Self.error }
    func forgetAudit(before moment: Timestamp, limit: Int) async throws(CartError) -> Int { throw Self.error }
}
