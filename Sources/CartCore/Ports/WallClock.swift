import Foundation

/// What time it is, so that a test can say so. One request asks once.
public protocol WallClock: Sendable {
    var now: Timestamp { get }
}

/// The system's clock, to the millisecond.
public struct SystemWallClock: WallClock {
    public init() {}

    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
