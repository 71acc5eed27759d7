import CartCore
import Logging
import ServiceLifecycle

/// Runs the sweep at regular intervals. After the clock has jumped it waits for a day of a clock that goes right, since a wrong one makes
/// carts look expired.
struct SweepService: Service {
    let sweeper: Sweeper
    let interval: TimeSpan
    let clock: any WallClock
    let metrics: SweepMetrics
    let logger: Logger

    /// How often the clock is looked at, and whether it is time.
    private static let tick = Duration.seconds(5)
    private static let trust = Duration.seconds(24 * 3600)
    private static let distrust = TimeSpan.days(1).milliseconds

    func run() async throws {
        var watch = ClockWatch(clock.now, .now)
        // A process that is started again and again must not sweep each time; the first waits until the start is over.
        var next = ContinuousClock.now + min(.milliseconds(interval.milliseconds), .seconds(60))
        // A clock that was set is no better after a new start.
        if let last = try? await sweeper.lastReport(), last.outcome == .clockJumped,
            abs(clock.now.milliseconds - last.updated.milliseconds) < Self.distrust
        {
            next = .now + Self.trust
        }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.tick) }
            if Task.isShuttingDownGracefully || Task.isCancelled { break }
            if watch.hasJumped(to: clock.now, .now) {
                logger.warning("The clock has jumped; the sweep waits for a day, or for somebody to run it by hand")
                next = .now + Self.trust
                try? await sweeper.noteClockJump()
            }
            guard ContinuousClock.now >= next else { continue }
            await sweep()
            next = .now + .milliseconds(interval.milliseconds)
        }
    }

    private func sweep() async {
        do throws(CartError) {
            let author = Author(.service("sweep"), at: clock.now)
            let report = try await sweeper.run(by: author, shouldStop: { Task.isShuttingDownGracefully }, progress: metrics.note)
            guard let report else { return }
            metrics.note(report)
            switch report.outcome {
            case .unconfirmed:
                logger.warning(
                    """
                    \(report.due) of \(report.total) carts are due, more than sweep.guard allows at once. Nothing was removed. \
                    Look at them, then run: corral sweep --confirm \(report.due)
                    """)
            case .done where report.removed > 0:
                logger.info("Swept", metadata: ["removed": "\(report.removed)", "milliseconds": "\(report.duration.milliseconds)"])
            case .done, .running, .interrupted, .clockJumped, .failed: break
            }
        } catch {
            logger.warning("The sweep failed and will be tried again", metadata: ["reason": "\(error.reason)"])
        }
    }
}
