import CartCore
import CartTesting
import Synchronization
import Testing

@Suite("The clean-up removes no large share by itself")
struct SweepGuardTests {
    private let shop = SweptShop()

    @Test(
        "A number is confirmed if it is above a thousand and above the share",
        arguments: [
            (0, 0, false), (1000, 1000, false), (1001, 1001, true), (1001, 5000, true), (1001, 5010, false), (1002, 5006, true),
            (200_000, 1_000_010, false), (200_010, 1_000_000, true), (1_000_000, 1_000_000, true),
        ])
    func rule(due: Int, total: Int, mustConfirm: Bool) {
        #expect(SweepPolicy().mustConfirm(due, of: total) == mustConfirm)
    }

    @Test("The share is the shop's choice", arguments: [(0.0, true), (0.5, true), (0.99, true), (1.0, false)])
    func share(share: Double, mustConfirm: Bool) {
        var policy = SweepPolicy()
        policy.guardShare = share
        #expect(policy.mustConfirm(2000, of: 2000) == mustConfirm)
    }

    @Test("A thousand carts are removed without a question, even if they are all there are")
    func thousand() async throws {
        try await shop.keepDue(1000)
        let report = try #require(try await shop.sweep())
        #expect(report.outcome == .done)
        #expect(report.removed == 1000)
        let left = try await shop.count()
        #expect(left == 0)
    }

    @Test("One more is not removed unless it is confirmed; the report says how many are due")
    func unconfirmed() async throws {
        try await shop.keepDue(1001)
        let front = PausingStore(store: shop.store)
        let report = try #require(try await shop.sweep(over: front))
        #expect(report.outcome == .unconfirmed)
        #expect(report.due == 1001 && report.total == 1001 && report.removed == 0)
        #expect(report.backlog == 1001)
        #expect(front.sizes.isEmpty)
        let left = try await shop.count()
        #expect(left == 1001)
        let last = try await shop.sweeper(seed: 2).lastReport()
        #expect(last == report)
    }

    @Test("A confirmed number that is too small is refused, and nothing is removed", arguments: [0, 1000])
    func tooSmall(confirmed: Int) async throws {
        try await shop.keepDue(1001)
        let front = PausingStore(store: shop.store)
        let error = await #expect(throws: CartError.self) {
            _ = try await shop.sweeper(over: front).run(by: shop.author, confirmed: confirmed)
        }
        #expect(error?.code == .unconfirmed)
        #expect(error?.reason.contains("1001") == true)
        #expect(front.sizes.isEmpty)
        let left = try await shop.count()
        #expect(left == 1001)
        let last = try await shop.sweeper().lastReport()
        #expect(last?.outcome == .unconfirmed)
        let other = try await shop.sweeper(seed: 2).run(by: shop.author, confirmed: 1001)
        #expect(other?.removed == 1001)
    }

    @Test("A confirmed number that is large enough lets all go, in batches of five hundred, each told of", arguments: [1001, 5000])
    func largeEnough(confirmed: Int) async throws {
        try await shop.keepDue(1001)
        try await shop.keep("alive", expires: .latest)
        let front = PausingStore(store: shop.store)
        let removed = Mutex<[Int]>([])
        let answer = try await shop.sweeper(over: front).run(
            by: shop.author, confirmed: confirmed, progress: { report in removed.withLock { $0.append(report.removed) } })
        let report = try #require(answer)
        #expect(report.outcome == .done)
        #expect(report.removed == 1001)
        #expect(front.sizes == [500, 500, 1])
        let progress = removed.withLock { $0 }
        #expect(progress == [500, 1000, 1001])
        let left = try await shop.keys()
        #expect(left == ["alive"])
        let entries = try await shop.removals()
        #expect(entries.count == 1001)
        #expect(Set(entries.map(\.subject)).count == 1001)
        #expect(entries.allSatisfy { $0.actor == "service:sweep" })
    }

    @Test("A confirmation holds below the share, too: no more go than were confirmed")
    func confirmedBelowShare() async throws {
        try await shop.keepDue(3)
        let error = await #expect(throws: CartError.self) {
            _ = try await shop.sweeper().run(by: shop.author, confirmed: 2)
        }
        #expect(error?.code == .unconfirmed)
        let left = try await shop.count()
        #expect(left == 3)
    }

    @Test("Batches of one group are not filled up with carts of another")
    func batchesByGroup() async throws {
        try await shop.keepDue(501)
        try await shop.keep((0..<3).map { "guest-\($0)" }, owner: Owner.firstGuest, expires: shop.clock.now - .days(100))
        let front = PausingStore(store: shop.store)
        let report = try #require(try await shop.sweep(over: front))
        #expect(report.removed == 504)
        #expect(front.sizes.sorted() == [1, 3, 500])
    }
}
