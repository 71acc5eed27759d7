import Foundation

/// A stretch of time by its letter, seen from one moment in the shop's time zone.
///
/// Days begin at local midnight, or at the first moment after it where the clocks skip it; weeks begin on Monday. Cart times are compared
/// in whole Unix seconds.
public enum Period: String, Hashable, Sendable, CaseIterable {
    case all = "A"
    case today = "D"
    case yesterday = "LD"
    case thisWeek = "W"
    case lastWeek = "LW"
    case thisMonth = "M"
    case lastMonth = "LM"
    case thisYear = "Y"
    case lastYear = "LY"
    case last24Hours = "HH"
    case last7Days = "HW"
    case last30Days = "HM"
    /// What `time_from` and `time_to` say.
    case custom = "C"

    /// The first and the last millisecond.
    ///
    /// - Returns: open on both sides for `all` and `custom`.
    public func bounds(at now: Timestamp, in timeZone: TimeZone) -> CartFilter.Bounds {
        switch self {
        case .all, .custom: CartFilter.Bounds()
        case .today: Self.calendar(.day, 0, at: now, in: timeZone)
        case .yesterday: Self.calendar(.day, -1, at: now, in: timeZone)
        case .thisWeek: Self.calendar(.weekOfYear, 0, at: now, in: timeZone)
        case .lastWeek: Self.calendar(.weekOfYear, -1, at: now, in: timeZone)
        case .thisMonth: Self.calendar(.month, 0, at: now, in: timeZone)
        case .lastMonth: Self.calendar(.month, -1, at: now, in: timeZone)
        case .thisYear: Self.calendar(.year, 0, at: now, in: timeZone)
        case .lastYear: Self.calendar(.year, -1, at: now, in: timeZone)
        case .last24Hours: Self.last(.hours(24), before: now)
        case .last7Days: Self.last(.days(7), before: now)
        case .last30Days: Self.last(.days(30), before: now)
        }
    }

    /// When the days up to a moment began, ascending; the last is the day of the moment.
    public static func days(_ count: Int, upTo now: Timestamp, in timeZone: TimeZone) -> [Timestamp] {
        var starts: [Timestamp] = []
        var moment = now
        while starts.count < count, let start = calendar(.day, 0, at: moment, in: timeZone).from.map(Timestamp.init(milliseconds:)) {
            starts.append(start)
            moment = start - .seconds(1)
        }
        return starts.reversed()
    }

    /// The unit of the calendar that holds a moment, or so many units before it.
    private static func calendar(_ unit: Calendar.Component, _ step: Int, at now: Timestamp, in timeZone: TimeZone) -> CartFilter.Bounds {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        calendar.firstWeekday = 2
        let date = Date(timeIntervalSince1970: Double(now.seconds))
        guard let present = calendar.dateInterval(of: unit, for: date) else { return CartFilter.Bounds() }
        var interval = present
        // The moment before a unit begins lies in the one before it, however long that is.
        for _ in step..<0 {
            guard let before = calendar.dateInterval(of: unit, for: interval.start.addingTimeInterval(-1)) else {
                return CartFilter.Bounds()
            }
            interval = before
        }
        return CartFilter.Bounds(from: milliseconds(interval.start), to: milliseconds(interval.end) - 1)
    }

    /// Up to the end of the present second, since what is compared are seconds.
    private static func last(_ span: TimeSpan, before now: Timestamp) -> CartFilter.Bounds {
        let second = Timestamp(seconds: now.seconds)
        return CartFilter.Bounds(from: (second - span).milliseconds, to: second.milliseconds + 999)
    }

    private static func milliseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded()) * 1000 }
}
