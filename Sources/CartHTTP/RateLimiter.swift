import Synchronization

/// Lets each of many subjects have so many requests a minute: a token bucket for each, which fills evenly and holds a minute's worth.
///
/// It keeps a bucket only for those who used it lately, and never more than ``mostBuckets``.
public final class RateLimiter<Subject: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    private let perMinute: Int
    private let mostBuckets: Int
    private let state = Mutex(State())

    private struct State {
        var buckets: [Subject: Bucket] = [:]
        /// So many buckets are too many to keep those that are full again.
        var sweepAt = 1024
    }

    /// - Parameters:
    ///   - perMinute: requests a minute, 1 or more.
    ///   - mostBuckets: subjects that are told apart at once. Those whose bucket is full again are forgotten as the number grows, and
    ///     beyond this one all: for a moment a flood from everywhere then gets more than its share, and memory does not grow.
    public init(perMinute: Int, mostBuckets: Int = 100_000) {
        self.perMinute = max(1, perMinute)
        self.mostBuckets = max(1, mostBuckets)
    }

    /// Takes one request from a subject's bucket, if one is left.
    public func take(_ subject: Subject, at now: ContinuousClock.Instant = .now) -> RateStanding {
        state.withLock { state in
            var tokens = tokens(of: state.buckets[subject], at: now)
            let isAllowed = tokens >= 1
            if isAllowed { tokens -= 1 }
            if state.buckets[subject] == nil, state.buckets.count >= min(state.sweepAt, mostBuckets) {
                state.buckets = state.buckets.filter { self.tokens(of: $0.value, at: now) < Double(perMinute) }
                if state.buckets.count > mostBuckets / 2 { state.buckets.removeAll() }
                // Twice as many as are in use, so that each is looked at a few times at most.
                state.sweepAt = max(1024, 2 * state.buckets.count)
            }
            state.buckets[subject] = Bucket(tokens: tokens, filled: now)
            return RateStanding(
                limit: perMinute, remaining: Int(tokens), reset: seconds(for: Double(perMinute) - tokens),
                retryAfter: isAllowed ? nil : max(1, seconds(for: 1 - tokens)))
        }
    }

    /// How a subject stands, without a request.
    public func standing(of subject: Subject, at now: ContinuousClock.Instant = .now) -> RateStanding {
        let tokens = state.withLock { self.tokens(of: $0.buckets[subject], at: now) }
        return RateStanding(
            limit: perMinute, remaining: Int(tokens), reset: seconds(for: Double(perMinute) - tokens),
            retryAfter: tokens >= 1 ? nil : max(1, seconds(for: 1 - tokens)))
    }

    private func tokens(of bucket: Bucket?, at now: ContinuousClock.Instant) -> Double {
        guard let bucket else { return Double(perMinute) }
        let minutes = max(0, (now - bucket.filled) / .seconds(60))
        return min(Double(perMinute), bucket.tokens + minutes * Double(perMinute))
    }

    /// How long it takes to fill in so many tokens, rounded up; at most a minute.
    private func seconds(for tokens: Double) -> Int { Int((tokens * 60 / Double(perMinute)).rounded(.up)) }
}

/// How a subject stands with its limit after a request.
public struct RateStanding: Hashable, Sendable {
    /// Requests a minute.
    public var limit: Int
    /// Requests that may follow at once.
    public var remaining: Int
    /// Seconds until all of them may.
    public var reset: Int
    /// Seconds until the next is let through; nil if this one was.
    public var retryAfter: Int?
}
