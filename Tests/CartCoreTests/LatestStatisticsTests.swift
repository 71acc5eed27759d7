import CartCore
import CartTesting
import Synchronization
import Testing

@Suite("The figures as they were counted last")
struct LatestStatisticsTests {
    private let start = CartGenerator.base

    /// Figures of one moment, with so many carts of store 1.
    private func counted(_ carts: Int, at moment: Timestamp) -> LatestStatistics.Counted {
        var statistics = CartStatistics(days: [start])
        for _ in 0..<carts {
            statistics.states[.active, default: CartStatistics.Figures()].add(items: 1, total: 100, currency: "USD")
        }
        return LatestStatistics.Counted(asOf: moment, all: statistics, stores: [1: statistics], productNames: [7: "Tea"], due: 0)
    }

    /// Asks until it is answered, in tasks of their own, and tells how many were.
    private func ask(_ latest: LatestStatistics, times: Int, _ answered: Answered) -> [Task<Void, Never>] {
        (0..<times).map { _ in
            Task {
                do throws(CartError) {
                    let counted = try await latest.latest()
                    answered.note(.success(counted.all.total.carts))
                } catch {
                    answered.note(.failure(error))
                }
            }
        }
    }

    private final class Answered: Sendable {
        private let state = Mutex<[Result<Int64, CartError>]>([])

        var all: [Result<Int64, CartError>] { state.withLock { $0 } }

        func note(_ result: Result<Int64, CartError>) { state.withLock { $0.append(result) } }
    }

    @Test("Whoever asks before anything was counted waits, and all get the first figures")
    func first() async throws {
        let (latest, answered) = (LatestStatistics(), Answered())
        let tasks = ask(latest, times: 5, answered)
        try await Task.sleep(for: .milliseconds(100))
        #expect(answered.all.isEmpty)
        latest.set(counted(3, at: start))
        for task in tasks { await task.value }
        let carts = answered.all.compactMap { try? $0.get() }
        #expect(carts == [3, 3, 3, 3, 3])
    }

    @Test("Later the last figures are given at once")
    func last() async throws {
        let latest = LatestStatistics()
        for carts in 1...3 { latest.set(counted(carts, at: start + .seconds(Int64(carts)))) }
        let found = try await latest.latest()
        #expect(found.asOf == start + .seconds(3))
        #expect(found.all.total.carts == 3)
        #expect(found.productNames == [7: "Tea"])
    }

    @Test("Who waits is told when nothing can be counted, and the figures come with the next count", .timeLimit(.minutes(1)))
    func giveUp() async throws {
        let (latest, answered) = (LatestStatistics(), Answered())
        let tasks = ask(latest, times: 3, answered)
        // Whoever asks later waits for the next count.
        while answered.all.count < 3 {
            latest.giveUp()
            try await Task.sleep(for: .milliseconds(10))
        }
        for task in tasks { await task.value }
        for result in answered.all {
            guard case .failure(let error) = result else {
                Issue.record("\(result)")
                continue
            }
            #expect(error.code == .unavailable)
            #expect(error.retryAfter != nil)
        }
        latest.set(counted(2, at: start))
        let found = try await latest.latest()
        #expect(found.all.total.carts == 2)
    }

    @Test("Figures that were counted once are given although the next count failed")
    func stale() async throws {
        let latest = LatestStatistics()
        latest.set(counted(1, at: start))
        latest.giveUp()
        let found = try await latest.latest()
        #expect(found.all.total.carts == 1)
    }

    @Test("A caller who sees one store gets that store's figures; of a store without carts they are zeros for the same days")
    func stores() {
        var one = counted(1, at: start)
        var two = CartStatistics(days: [start])
        two.states[.expired, default: CartStatistics.Figures()].add(items: 0, total: 5, currency: "EUR")
        one.stores[2] = two
        one.all.merge(two)
        #expect(one.figures(of: nil).total.carts == 2)
        #expect(one.figures(of: 1).total.carts == 1)
        #expect(one.figures(of: 2) == two)
        let none = one.figures(of: 3)
        #expect(none.total == CartStatistics.Figures())
        #expect(none.days.map(\.start) == [start])
        #expect(none.states.count == CartState.allCases.count)
    }
}
