import CartCore
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

/// The service looks at the clock every five seconds, so these tests take some.
@Suite("The clean-up by a running server")
struct SweepServiceTests {
    /// A server that sweeps as often as it can.
    private func run(
        clock: any WallClock = SystemWallClock(), _ change: (inout Settings) -> Void = { _ in },
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(
            {
                $0.sweeps = true
                $0.sweepInterval = .seconds(1)
                change(&$0)
            }, clock: clock, body)
    }

    private func keep(_ key: String, _ more: String = "", expires: String, on server: TestServer) async throws {
        try await server.keep(
            """
            {"key":"\(key)","owner":{"type":"guest","id":"3810267128"},"created":"2020-01-01T00:00:00Z","updated":"2020-01-01T00:00:00Z",\
            "expires":"\(expires)","items":[{"product_id":1}]\(more)}
            """)
    }

    /// What `/metrics` says of the sweep, without `corral_sweep_` in front.
    private func metrics(_ server: TestServer) async throws -> [String: Double] {
        var samples: [String: Double] = [:]
        let prefix = "corral_sweep_"
        for line in try await server.send(.GET, "/metrics").text.split(separator: "\n") where line.hasPrefix(prefix) {
            let parts = line.dropFirst(prefix.count).split(separator: " ")
            if parts.count == 2 { samples[String(parts[0])] = Double(parts[1]) }
        }
        return samples
    }

    /// Looks for up to half a minute.
    private func settles(_ isDone: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<300 {
            if try await isDone() { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    private func sweeper(_ server: TestServer, clock: any WallClock = SystemWallClock()) -> Sweeper {
        Sweeper(
            store: server.store, policy: SweepPolicy(), abandonedAfter: CartPolicy().abandonedAfter, clock: clock,
            random: SystemRandomSource())
    }

    /// Sweeps as soon as the server does not.
    private func sweepByHand(_ server: TestServer, confirmed: Int) async throws -> SweepReport {
        for _ in 0..<50 {
            let author = Author(.commandLine(user: "tester"), at: SystemWallClock().now)
            if let report = try await sweeper(server).run(by: author, confirmed: confirmed) { return report }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw CartError(.unavailable, "The server sweeps without an end.")
    }

    @Test("carts that were expired for long go by themselves, the audit trail and the metrics tell of it, and others stay")
    func sweeps() async throws {
        let start = SystemWallClock().now
        try await run { server in
            let now = SystemWallClock().now
            for key in ["a", "b"] { try await keep(key, expires: "2020-01-03T00:00:00Z", on: server) }
            try await keep("order", #","order_id":7"#, expires: "2020-01-03T00:00:00Z", on: server)
            try await keep("expired", expires: (now - .days(36)).iso8601, on: server)
            try await keep("alive", expires: (now + .days(1)).iso8601, on: server)
            let isDone = try await settles { try await metrics(server)["removed_total"] == 3 }
            #expect(isDone)
            let left = try await server.cartKeys()
            #expect(left == ["alive", "expired"])
            var filter = AuditFilter()
            filter.action = .cartDelete
            let entries = try await server.store.audit(AuditQuery(filter: filter)).entries
            #expect(entries.map(\.subject).sorted() == ["cart:a", "cart:b", "cart:order"])
            #expect(entries.allSatisfy { $0.actor == "service:sweep" })
            let samples = try await metrics(server)
            let began = try #require(samples["last_run_timestamp_seconds"])
            #expect(began >= Double(start.milliseconds) / 1000 && began <= Double(SystemWallClock().now.milliseconds) / 1000)
            #expect(try #require(samples["last_run_duration_seconds"]) >= 0)
            #expect(samples["backlog"] == 0)
            let sweeper = sweeper(server)
            let isReported = try await settles { try await sweeper.lastReport()?.outcome == .done }
            #expect(isReported)
        }
    }

    @Test("before the first run the metrics say that nothing was removed, and no more; a server that shall not sweep does not")
    func disabled() async throws {
        try await run({ $0.sweeps = false }) { server in
            try await keep("a", expires: "2020-01-03T00:00:00Z", on: server)
            try await Task.sleep(for: .seconds(8))
            let samples = try await metrics(server)
            #expect(samples == ["removed_total": 0])
            let left = try await server.cartKeys()
            #expect(left == ["a"])
        }
    }

    @Test("where too large a share is due nothing goes and the backlog is shown, until somebody confirms the number")
    func unconfirmed() async throws {
        try await run { server in
            try await server.fill(1100, expires: Timestamp(iso8601: "2020-01-03T00:00:00Z"))
            let isShown = try await settles { try await metrics(server)["backlog"] == 1100 }
            #expect(isShown)
            let samples = try await metrics(server)
            #expect(samples["removed_total"] == 0)
            let standing = try await server.cartKeys().count
            #expect(standing == 1100)
            let report = try #require(try await sweeper(server).lastReport())
            #expect(report.outcome == .unconfirmed && report.due == 1100 && report.total == 1100)
            let tooFew = await #expect(throws: CartError.self) { _ = try await sweepByHand(server, confirmed: 1099) }
            #expect(tooFew?.code == .unconfirmed)
            let done = try await sweepByHand(server, confirmed: 1100)
            #expect(done.outcome == .done && done.removed == 1100)
            let isEmpty = try await settles { try await metrics(server)["backlog"] == 0 }
            #expect(isEmpty)
        }
    }

    @Test("the setting of the guard is the server's")
    func guardShare() async throws {
        try await run({ $0.sweep.guardShare = 1 }) { server in
            try await server.fill(1100, expires: Timestamp(iso8601: "2020-01-03T00:00:00Z"))
            let isDone = try await settles { try await metrics(server)["removed_total"] == 1100 }
            #expect(isDone)
        }
    }

    @Test("after the clock has jumped nothing goes by itself, though carts look expired, and somebody may still sweep by hand")
    func clockJump() async throws {
        let clock = ManualClock(Timestamp(seconds: 1_728_412_800))
        try await run(clock: clock) { server in
            try await keep("a", expires: "2024-10-10T00:00:00Z", on: server)
            let hasRun = try await settles { try await metrics(server)["last_run_timestamp_seconds"] != nil }
            #expect(hasRun)
            clock.advance(by: .days(100))
            let sweeper = sweeper(server, clock: clock)
            let isNoticed = try await settles { try await sweeper.lastReport()?.outcome == .clockJumped }
            #expect(isNoticed)
            try await Task.sleep(for: .seconds(7))
            let standing = try await server.cartKeys()
            #expect(standing == ["a"])
            let report = try #require(try await sweeper.run(by: Author(.commandLine(user: "tester"), at: clock.now)))
            #expect(report.outcome == .done && report.removed == 1)
        }
    }

    @Test("a server waits as long as another process sweeps")
    func otherProcess() async throws {
        try await run { server in
            let lease = Lease(name: "sweep", holder: "other", duration: .hours(1))
            let isTaken = try await server.store.take(lease, at: SystemWallClock().now)
            try #require(isTaken)
            try await keep("a", expires: "2020-01-03T00:00:00Z", on: server)
            try await Task.sleep(for: .seconds(7))
            let standing = try await server.cartKeys()
            #expect(standing == ["a"])
            try await server.store.giveBack(lease)
            let isDone = try await settles { try await server.cartKeys().isEmpty }
            #expect(isDone)
        }
    }
}
