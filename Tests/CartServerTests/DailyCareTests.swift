import CartCore
import CartTesting
import Logging
import Testing

@testable import CartServer

@Suite("What is done once a day")
struct DailyCareTests {
    private let store = InMemoryStore()
    private let now = CartGenerator.base + .days(1000)

    private func key(_ name: String, created: Timestamp, permission: Permission = .read) async throws -> ConsumerKey {
        if try await store.user(login: "ann") == nil {
            _ = try await store.insert(
                User(id: 0, name: "ann", email: "ann@example.com", role: .administrator, password: .nobody, created: created))
        }
        let ann = try #require(try await store.user(login: "ann"))
        return try await store.insert(
            ConsumerKey(
                .pair(ConsumerKeyPair(random: SystemRandomSource())), userID: ann.id, description: name, permission: permission,
                created: created))
    }

    private func care(disableAfter: TimeSpan? = .days(90), retention: TimeSpan? = .days(400)) -> DailyCare {
        DailyCare(store: store, disableKeysUnusedFor: disableAfter, auditRetention: retention, logger: SpokenText().logger)
    }

    @Test("keys that rest for longer than the setting are disabled, with an entry in the audit trail, and no others")
    func unusedKeys() async throws {
        let unused = try await key("unused", created: now - .days(91))
        let used = try await key("used", created: now - .days(500))
        let young = try await key("young", created: now - .days(89))
        let enabled = try await key("enabled", created: now - .days(500))
        let revoked = try await key("revoked", created: now - .days(500))
        try await store.add([KeyUsage(keyID: used.id, lastAccess: now - .days(90))])
        _ = try await key("in use", created: now)
        _ = try await store.changeKey(id: enabled.id, .disable, now: now - .days(100))
        _ = try await store.changeKey(id: enabled.id, .enable, now: now - .days(3))
        _ = try await store.changeKey(id: revoked.id, .revoke, now: now - .days(100))
        for _ in 0..<2 {
            try await care().run(at: now)
            let disabled = try await store.keys().filter { $0.key.disabled != nil }.map(\.key.id)
            #expect(disabled == [unused.id])
        }
        var filter = AuditFilter()
        filter.actor = "service:unused-keys"
        let entries = try await store.audit(AuditQuery(filter: filter)).entries
        #expect(entries.map(\.action) == [.keyDisable])
        #expect(entries.map(\.subject) == ["key:\(unused.id)"])
        #expect(young.id != unused.id)
    }

    @Test("where nothing was used at all, as while the server was off or by a clock that is wrong, no key is disabled")
    func nothingUsed() async throws {
        for days in [500, 490, 480] as [Int64] { _ = try await key("old", created: now - .days(days)) }
        try await care().run(at: now)
        #expect(try await store.keys().allSatisfy { $0.key.disabled == nil })
    }

    @Test("with 'never' no key is disabled and nothing forgotten")
    func never() async throws {
        _ = try await key("unused", created: now - .days(900))
        let entries = try await store.audit(AuditQuery()).total
        try await care(disableAfter: nil, retention: nil).run(at: now)
        #expect(try await store.keys().allSatisfy { $0.key.disabled == nil })
        #expect(try await store.audit(AuditQuery()).total == entries)
    }

    @Test("the audit trail and the days of usage are cut at the retention, however many entries there are")
    func retention() async throws {
        let key = try await key("used", created: now - .days(1))
        let days = [500, 401, 400, 399, 0].map { (now - .days($0)).day }
        try await store.add([
            KeyUsage(
                keyID: key.id, requests: Dictionary(uniqueKeysWithValues: days.map { (KeyUsage.Count(day: $0, kind: .list), 1) }),
                lastAccess: now)
        ])
        let old = (0..<1234).map { number in
            AuditEntry(
                at: now - .days(400) - .seconds(Int64(number + 1)), actor: "anonymous", address: nil, action: .requestRefused, subject: "",
                details: Array("{}".utf8))
        }
        try await store.add(old)
        let others = try await store.audit(AuditQuery()).total - old.count
        try await care().run(at: now)
        #expect(try await store.audit(AuditQuery()).total == others)
        #expect(try await store.usage(ofKey: key.id).requests.keys.map(\.day).sorted() == days.suffix(3).sorted())
    }

    @Test("a wall clock that runs as time does has not jumped, and one that was set has, either way")
    func clockWatch() {
        let start = ContinuousClock.now
        var watch = ClockWatch(now, start)
        let steps: [(Timestamp, Int, Bool)] = [
            (now + .minutes(1), 60, false), (now + .minutes(3), 120, false), (now + .days(90), 180, true),
            (now + .days(90) + .minutes(1), 240, false), (now, 300, true),
            // A machine that slept has not: the time went on as well.
            (now + .days(3), 300 + 3 * 86_400, false),
        ]
        for (wall, seconds, hasJumped) in steps {
            let found = watch.hasJumped(to: wall, start + .seconds(seconds))
            #expect(found == hasJumped, "\(wall) after \(seconds) s")
        }
    }
}
