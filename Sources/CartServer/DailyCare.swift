import CartCore
import Logging
import ServiceLifecycle

/// What is done once a day: keys that nobody uses are disabled; kept answers and sessions that have expired are forgotten, and what is
/// older than the audit trail may be.
struct DailyCare: Sendable {
    let store: any Store
    let disableKeysUnusedFor: TimeSpan?
    let auditRetention: TimeSpan?
    let logger: Logger

    /// Entries that are removed in one transaction.
    private static let batch = 500

    /// - Throws: ``CartError`` `.unavailable`; what was done until then stays done.
    func run(at now: Timestamp) async throws(CartError) {
        if let disableKeysUnusedFor { try await disableKeys(unusedFor: disableKeysUnusedFor, now: now) }
        // Of refused calls there are never more than a number, whatever the setting.
        let moment = auditRetention.map { now - $0 } ?? .earliest
        while try await store.forgetExpired(at: now, limit: Self.batch) >= Self.batch {}
        try await store.forgetUsage(before: moment.day)
        // The statistics look back so far, however short the trail is.
        try await store.forgetEvents(before: min(moment, now - .days(Int64(StatisticsService.days) + 1)))
        while try await store.forgetAudit(before: moment, limit: Self.batch) == Self.batch {
            // Other writes come in between.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func disableKeys(unusedFor span: TimeSpan, now: Timestamp) async throws(CartError) {
        let active = try await store.keys().filter { $0.key.state(at: now) == .active }
        // Where nothing was used at all, the server was off or the clock is wrong, and the keys are not to blame.
        guard let newest = active.map(\.key.idleSince).max() else { return }
        let moment = min(now, newest + .days(1)) - span
        for entry in active where entry.key.idleSince < moment {
            let author = Author(.service("unused-keys"), at: now)
            let changed = try await store.changeKey(id: entry.key.id, .disableUnused(since: moment), by: author)
            guard changed?.key.disabled != nil else { continue }
            logger.notice("A key that was not used was disabled", metadata: ["key": "\(entry.key.id)"])
        }
    }
}

/// Runs ``DailyCare`` a minute after the start and then every day. A day on which the clock jumped is left out: a wrong clock must not
/// make all keys look unused.
struct DailyService: Service {
    let care: DailyCare
    let clock: any WallClock
    let logger: Logger

    private static let interval = Duration.seconds(60)
    private static let runsInBetween = 24 * 60

    func run() async throws {
        var watch = ClockWatch(clock.now, .now)
        var turns = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            if Task.isShuttingDownGracefully || Task.isCancelled { break }
            if watch.hasJumped(to: clock.now, .now) {
                logger.warning("The clock has jumped; what depends on it waits for a day")
                turns = 1
                continue
            }
            if turns.isMultiple(of: Self.runsInBetween) {
                do {
                    try await care.run(at: clock.now)
                } catch {
                    logger.warning("The daily care failed and is tried again tomorrow", metadata: ["reason": "\(error.reason)"])
                }
            }
            turns += 1
        }
    }
}

/// Tells whether the wall clock was set, by comparing it with the time that has passed.
struct ClockWatch {
    private static let tolerance = TimeSpan.minutes(10)

    private var wall: Timestamp
    private var instant: ContinuousClock.Instant

    init(_ wall: Timestamp, _ instant: ContinuousClock.Instant) {
        self.wall = wall
        self.instant = instant
    }

    /// Whether the wall clock has gone further than the time, or less far, since the last question.
    mutating func hasJumped(to wall: Timestamp, _ instant: ContinuousClock.Instant) -> Bool {
        let passed = (instant - self.instant) / .milliseconds(1)
        let shown = Double(wall.milliseconds - self.wall.milliseconds)
        (self.wall, self.instant) = (wall, instant)
        return abs(shown - passed) > Double(Self.tolerance.milliseconds)
    }
}
