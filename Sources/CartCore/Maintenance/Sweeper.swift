/// The clean-up: removes carts that have been expired for longer than the shop's rules leave them.
///
/// - One process of a store sweeps at a time; whoever dies is followed by another when its lease has run out.
/// - Which carts are due is seen at one moment, and each is looked at again when it is removed: one that was changed meanwhile stays.
/// - A run that would remove too large a share removes nothing until a person has confirmed the number.
public struct Sweeper: Sendable {
    /// Carts that are removed in one transaction.
    static let batch = 500
    static let leaseDuration = TimeSpan.seconds(30)
    private static let longestPause = Duration.seconds(1)
    private static let wordEvery = Duration.seconds(5)
    private static let name = "sweep"

    public let store: any Store
    public let policy: SweepPolicy
    private let abandonedAfter: TimeSpan
    private let clock: any WallClock
    private let random: any RandomSource

    public init(
        store: any Store, policy: SweepPolicy, abandonedAfter: TimeSpan, clock: any WallClock, random: any RandomSource
    ) {
        self.store = store
        self.policy = policy
        self.abandonedAfter = abandonedAfter
        self.clock = clock
        self.random = random
    }

    /// How many carts of each group are due at a moment.
    public func backlog(at now: Timestamp) async throws(CartError) -> [SweepPolicy.Group: Int] {
        var due: [SweepPolicy.Group: Int] = [:]
        for group in SweepPolicy.Group.allCases {
            guard let filter = policy.due(group, at: now) else { continue }
            let clock = StateClock(now: now, abandonedAfter: abandonedAfter)
            due[group] = try await store.page(CartQuery(filter: filter, clock: clock, limit: 1)).total
        }
        return due
    }

    /// How many carts there are.
    public func total() async throws(CartError) -> Int {
        try await store.page(CartQuery(clock: StateClock(now: clock.now, abandonedAfter: abandonedAfter), limit: 1)).total
    }

    /// What the last run of any process reported; nil before the first.
    public func lastReport() async throws(CartError) -> SweepReport? {
        try await store.note(Self.name).flatMap(SweepReport.init(note:))
    }

    /// Removes what is due.
    ///
    /// - Parameters:
    ///   - author: who lets it run; what is due is asked at the author's moment.
    ///   - confirmed: at most so many carts may be removed, whatever their share; nil: as many as the rules allow by themselves.
    ///   - shouldStop: asked between batches.
    ///   - progress: told after each batch.
    /// - Returns: nil if another process is sweeping.
    /// - Throws: ``CartError`` `.unconfirmed` if more are due than were confirmed, then nothing was removed; `.unavailable`, what was removed
    ///   until then stays removed.
    public func run(
        by author: Author, confirmed: Int? = nil, shouldStop: @Sendable () -> Bool = { false },
        progress: @Sendable (SweepReport) async -> Void = { _ in }
    ) async throws(CartError) -> SweepReport? {
        let lease = Lease(name: Self.name, holder: Hex.encode(random.bytes(16)), duration: Self.leaseDuration)
        guard try await store.take(lease, at: clock.now) else { return nil }
        var report = SweepReport(outcome: .running, started: author.now, updated: clock.now)
        let hasLease: Bool
        do throws(CartError) {
            hasLease = try await run(by: author, confirmed: confirmed, under: lease, &report, shouldStop: shouldStop, progress: progress)
        } catch {
            if report.outcome != .unconfirmed { report.outcome = .failed }
            try? await leave(&report)
            await progress(report)
            try? await store.giveBack(lease)
            throw error
        }
        // Who lost the lease leaves the word to the one that has it.
        if hasLease { try await leave(&report) }
        try await store.giveBack(lease)
        return report
    }

    /// Leaves word that the sweep does not run because the clock cannot be trusted.
    public func noteClockJump() async throws(CartError) {
        var report = try await lastReport() ?? SweepReport(outcome: .clockJumped, started: clock.now, updated: clock.now)
        report.outcome = .clockJumped
        try await leave(&report)
    }

    /// - Returns: whether the lease is still held.
    private func run(
        by author: Author, confirmed: Int?, under lease: Lease, _ report: inout SweepReport, shouldStop: @Sendable () -> Bool,
        progress: @Sendable (SweepReport) async -> Void
    ) async throws(CartError) -> Bool {
        let stateClock = StateClock(now: author.now, abandonedAfter: abandonedAfter)
        var work: [(filter: CartFilter, ids: [Int64])] = []
        for group in SweepPolicy.Group.allCases {
            guard let filter = policy.due(group, at: author.now) else { continue }
            work.append((filter, try await store.ids(filter, at: stateClock)))
        }
        report.due = work.reduce(0) { $0 + $1.ids.count }
        report.total = try await total()
        if let confirmed {
            guard report.due <= confirmed else {
                report.outcome = .unconfirmed
                throw CartError(.unconfirmed, "\(report.due) carts are due, more than the \(confirmed) that were confirmed.")
            }
        } else if policy.mustConfirm(report.due, of: report.total) {
            report.outcome = .unconfirmed
            return true
        }
        try await leave(&report)
        var left = ContinuousClock.now
        for (filter, ids) in work {
            for start in stride(from: 0, to: ids.count, by: Self.batch) {
                let begun = ContinuousClock.now
                let batch = Array(ids[start..<min(start + Self.batch, ids.count)])
                // What stands if it ends here.
                report.outcome = .interrupted
                if shouldStop() { return true }
                let author = Author(author.identity, from: author.address, at: clock.now)
                guard let removed = try await store.delete(batch, meeting: filter, at: stateClock, by: author, under: lease) else {
                    return false
                }
                report.outcome = .running
                report.removed += removed
                report.updated = clock.now
                await progress(report)
                if .now - left >= Self.wordEvery {
                    try await leave(&report)
                    left = .now
                }
                // Most of the time belongs to the shop's own requests.
                try? await Task.sleep(for: min((ContinuousClock.now - begun) * 7, Self.longestPause))
            }
        }
        report.outcome = .done
        return true
    }

    private func leave(_ report: inout SweepReport) async throws(CartError) {
        report.updated = max(report.updated, clock.now)
        try await store.leave(report.note, as: Self.name)
    }
}
