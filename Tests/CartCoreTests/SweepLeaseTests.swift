import CartCore
import CartTesting
import Synchronization
import Testing

@Suite("One process cleans up at a time")
struct SweepLeaseTests {
    private let shop = SweptShop()

    @Test("While one sweeps, another does nothing; when the first is done, the other may")
    func second() async throws {
        try await shop.keepDue(3)
        let answers = Mutex<[SweepReport?]>([])
        let front = PausingStore(store: shop.store) { [shop] (_) throws(CartError) in
            let answer = try await shop.sweeper(seed: 2).run(by: shop.author)
            answers.withLock { $0.append(answer) }
        }
        let report = try #require(try await shop.sweep(over: front))
        #expect(report.removed == 3)
        let refused = answers.withLock { $0 }
        #expect(refused == [nil])
        let next = try await shop.sweeper(seed: 2).run(by: shop.author)
        #expect(next?.outcome == .done)
    }

    @Test("Whoever died is followed after exactly half a minute")
    func takenOver() async throws {
        try await shop.keepDue(3)
        let dead = Lease(name: "sweep", holder: "dead", duration: .seconds(30))
        let isTaken = try await shop.store.take(dead, at: shop.clock.now)
        #expect(isTaken)
        for wait in [TimeSpan.seconds(0), TimeSpan(milliseconds: 29_999)] {
            shop.clock.advance(by: wait)
            let refused = try await shop.sweep()
            #expect(refused == nil)
        }
        let left = try await shop.count()
        #expect(left == 3)
        shop.clock.advance(by: TimeSpan(milliseconds: 1))
        let report = try await shop.sweep()
        #expect(report?.removed == 3)
    }

    @Test("Each batch renews the lease, so that a long run is not taken over")
    func renewed() async throws {
        try await shop.keepDue(900)
        try await shop.keep((0..<90).map { "guest-\($0)" }, owner: Owner.firstGuest, expires: shop.clock.now - .days(100))
        let taken = Mutex<[Bool]>([])
        let other = Lease(name: "sweep", holder: "other", duration: .seconds(30))
        let front = PausingStore(store: shop.store) { [shop] (_) throws(CartError) in
            shop.clock.advance(by: .seconds(10))
            let isTaken = try await shop.store.take(other, at: shop.clock.now)
            taken.withLock { $0.append(isTaken) }
        }
        let report = try #require(try await shop.sweep(over: front))
        #expect(report.outcome == .done)
        #expect(report.removed == 990)
        let others = taken.withLock { $0 }
        #expect(others == [false, false, false])
        #expect(report.duration == .seconds(30))
    }

    @Test("Who loses the lease stops at once and says that the run was interrupted; the next one goes on")
    func lost() async throws {
        try await shop.keepDue(900)
        let other = Lease(name: "sweep", holder: "other", duration: .seconds(30))
        let front = PausingStore(store: shop.store) { [shop] (removal) throws(CartError) in
            guard removal == 2 else { return }
            shop.clock.advance(by: .seconds(30))
            _ = try await shop.store.take(other, at: shop.clock.now)
            try await shop.store.leave([1], as: "sweep")
        }
        let report = try #require(try await shop.sweep(over: front))
        #expect(report.outcome == .interrupted)
        #expect(report.removed == 500)
        #expect(report.backlog == 400)
        let left = try await shop.count()
        #expect(left == 400)
        let note = try await shop.store.note("sweep")
        #expect(note == [1])
        let refused = try await shop.sweep()
        #expect(refused == nil)
        shop.clock.advance(by: .seconds(30))
        let next = try await shop.sweep()
        #expect(next?.removed == 400)
    }

    @Test("Who is told to stop does so after the batch, leaves word of it, and gives the lease back")
    func stopped() async throws {
        try await shop.keepDue(900)
        let front = PausingStore(store: shop.store)
        let answer = try await shop.sweeper(over: front).run(by: shop.author, shouldStop: { front.sizes.count == 1 })
        let report = try #require(answer)
        #expect(report.outcome == .interrupted)
        #expect(report.removed == 500)
        let last = try await shop.sweeper(seed: 2).lastReport()
        #expect(last?.outcome == .interrupted)
        #expect(last?.removed == 500)
        let next = try await shop.sweeper(seed: 2).run(by: shop.author)
        #expect(next?.removed == 400)
    }

    @Test("A store that fails ends the run with its error; what was removed stays so, and the report says that it failed")
    func failed() async throws {
        try await shop.keepDue(900)
        let front = PausingStore(store: shop.store) { (removal) throws(CartError) in
            if removal == 2 { throw CartError(.unavailable, "The disk reports an error.", retryAfter: 5) }
        }
        let error = await #expect(throws: CartError.self) { _ = try await shop.sweep(over: front) }
        #expect(error?.code == .unavailable)
        let left = try await shop.count()
        #expect(left == 400)
        let last = try await shop.sweeper(seed: 2).lastReport()
        #expect(last?.outcome == .failed)
        #expect(last?.removed == 500)
        #expect(last?.due == 900)
        let next = try await shop.sweeper(seed: 2).run(by: shop.author)
        #expect(next?.removed == 400)
    }

    @Test("The report of the last run is there for every process, and there is none before the first")
    func report() async throws {
        let before = try await shop.sweeper(seed: 2).lastReport()
        #expect(before == nil)
        shop.clock.advance(by: TimeSpan(milliseconds: 7))
        try await shop.keepDue(5)
        try await shop.keep("alive", expires: .latest)
        let report = try #require(try await shop.sweep())
        #expect(report.started == shop.clock.now)
        #expect(report.due == 5 && report.total == 6 && report.removed == 5)
        let last = try await shop.sweeper(seed: 2).lastReport()
        #expect(last == report)
        try await shop.store.leave(Array(#"{"outcome":"of_tomorrow"}"#.utf8), as: "sweep")
        let unreadable = try await shop.sweeper().lastReport()
        #expect(unreadable == nil)
    }

    @Test("While a run goes on, every process sees that it does and how many carts were due")
    func running() async throws {
        try await shop.keepDue(5)
        let seen = Mutex<[SweepReport?]>([])
        let front = PausingStore(store: shop.store) { [shop] (_) throws(CartError) in
            let report = try await shop.sweeper(seed: 2).lastReport()
            seen.withLock { $0.append(report) }
        }
        _ = try await shop.sweep(over: front)
        let reports = seen.withLock { $0 }
        let report = try #require(reports.first ?? nil)
        #expect(report.outcome == .running)
        #expect(report.due == 5)
    }

    @Test("That the clock was set is told with the figures of the last run, if there was one")
    func clockJump() async throws {
        try await shop.sweeper().noteClockJump()
        let first = try await shop.sweeper().lastReport()
        #expect(first == SweepReport(outcome: .clockJumped, started: shop.clock.now, updated: shop.clock.now))
        try await shop.keepDue(4)
        let run = try #require(try await shop.sweep())
        shop.clock.advance(by: .days(400))
        try await shop.sweeper().noteClockJump()
        let last = try #require(try await shop.sweeper().lastReport())
        #expect(last.outcome == .clockJumped)
        #expect(last.started == run.started)
        #expect(last.removed == 4)
        #expect(last.updated == shop.clock.now)
    }
}
