import CartCore
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: WallClock {
    private let time: Mutex<Timestamp>

    /// - Parameter now: the first time it shows; by default 2023-11-14T22:13:20Z.
    public init(_ now: Timestamp = Timestamp(seconds: 1_700_000_000)) { time = Mutex(now) }

    /// What time it is. It can be set to any time, also to an earlier one.
    public var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    /// Moves the clock by a span, backwards if it is negative.
    public func advance(by span: TimeSpan) {
        time.withLock { $0 = $0 + span }
    }
}
