import CartCore
import Foundation
import Logging
import ServiceLifecycle

/// Counts all carts again and again, so that no request has to. The more there are the rarer: counting takes at most a fiftieth of one core.
struct StatisticsService: Service {
    let sweeper: Sweeper
    let latest: LatestStatistics
    let abandonedAfter: TimeSpan
    let timeZone: TimeZone
    let clock: any WallClock
    let logger: Logger

    static let days = 30
    private static let shortestPause = Duration.seconds(2)
    /// Carts become abandoned and expire without a write.
    private static let longestRest = Duration.seconds(30)
    private static let share = 50
    /// Names that are looked up in one count, and that are remembered.
    private static let (mostLookups, mostNames) = (100, 10_000)

    func run() async throws {
        var names: [Int64: String] = [:]
        var revision: Int64 = -1
        var last = ContinuousClock.now
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let start = ContinuousClock.now
            do throws(CartError) {
                let present = try await store.revision()
                if present != revision || start - last >= Self.longestRest {
                    try await count(&names)
                    revision = present
                    last = start
                }
            } catch {
                logger.warning("The statistics could not be counted and will be tried again", metadata: ["reason": "\(error.reason)"])
                latest.giveUp()
            }
            let pause = max(Self.shortestPause, (ContinuousClock.now - start) * Self.share)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
        latest.giveUp()
    }

    private var store: any CartStore { sweeper.store }

    private func count(_ names: inout [Int64: String]) async throws(CartError) {
        let now = clock.now
        let days = Period.days(Self.days, upTo: now, in: timeZone)
        let stores = try await store.statistics(at: StateClock(now: now, abandonedAfter: abandonedAfter), days: days)
        var all = CartStatistics(days: days)
        for figures in stores.values { all.merge(figures) }
        if names.count > Self.mostNames { names = [:] }
        let top = ([all] + stores.values).lazy.flatMap { $0.topProducts(CartStatistics.topProducts) }.map(\.product)
        for product in top.filter({ [names] in names[$0] == nil }).prefix(Self.mostLookups) where names[product] == nil {
            // One without a name has none until the names are forgotten.
            names[product] = try await name(of: product) ?? ""
        }
        let due = try await sweeper.backlog(at: now).values.reduce(0, +)
        latest.set(LatestStatistics.Counted(asOf: now, all: all, stores: stores, productNames: names, due: due))
    }

    /// What a cart calls a product; nil if none does.
    private func name(of product: Int64) async throws(CartError) -> String? {
        var filter = CartFilter()
        filter.productIDs = [product]
        let clock = StateClock(now: clock.now, abandonedAfter: abandonedAfter)
        let cart = try await store.carts(filter, at: clock, after: 0, limit: 1).first.flatMap { try? $0.cart() }
        return cart?.items.first { $0.productID == product && !$0.name.isEmpty }?.name
    }
}
