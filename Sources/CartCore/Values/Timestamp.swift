/// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Only the years 0001 to 9999 can be expressed, so that every timestamp has an ISO 8601 form of
/// fixed width and arithmetic on two of them cannot overflow.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public static let earliest = Timestamp(unchecked: -62_135_596_800_000)
    public static let latest = Timestamp(unchecked: 253_402_300_799_999)

    private init(unchecked milliseconds: Int64) { self.milliseconds = milliseconds }

    /// - Parameter milliseconds: since 1970; values outside the years 1…9999 are moved to the nearest end.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.earliest.milliseconds), Self.latest.milliseconds)
    }

    /// - Parameter seconds: since 1970; values outside the years 1…9999 are moved to the nearest end.
    public init(seconds: Int64) {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : milliseconds)
    }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 { (milliseconds - (((milliseconds % 1000) + 1000) % 1000)) / 1000 }

    /// Whole days since 1970 in UTC, rounded down.
    public var day: Int64 { milliseconds / 86_400_000 - (milliseconds % 86_400_000 < 0 ? 1 : 0) }

    /// - Parameter day: since 1970; the moment is its midnight in UTC.
    public init(day: Int64) {
        let (milliseconds, overflow) = day.multipliedReportingOverflow(by: 86_400_000)
        self.init(milliseconds: overflow ? (day < 0 ? .min : .max) : milliseconds)
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// Moves by a span; a result outside the years 1…9999 stays at the nearest end.
    public static func + (a: Timestamp, span: TimeSpan) -> Timestamp {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(span.milliseconds)
        return overflow ? (span.milliseconds < 0 ? .earliest : .latest) : Timestamp(milliseconds: sum)
    }

    public static func - (a: Timestamp, span: TimeSpan) -> Timestamp { a + TimeSpan(milliseconds: -span.milliseconds) }
}

/// A length of time in milliseconds, at most 10,000 years either way.
public struct TimeSpan: Hashable, Comparable, Sendable {
    public let milliseconds: Int64
    private static let bound: Int64 = 315_576_000_000_000

    /// - Parameter milliseconds: values beyond 10,000 years are moved to that bound.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, -Self.bound), Self.bound)
    }

    public static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(n, of: 1000) }
    public static func minutes(_ n: Int64) -> TimeSpan { TimeSpan(n, of: 60_000) }
    public static func hours(_ n: Int64) -> TimeSpan { TimeSpan(n, of: 3_600_000) }
    public static func days(_ n: Int64) -> TimeSpan { TimeSpan(n, of: 86_400_000) }

    private init(_ n: Int64, of unit: Int64) {
        let (milliseconds, overflow) = n.multipliedReportingOverflow(by: unit)
        self.init(milliseconds: overflow ? (n < 0 ? -Self.bound : Self.bound) : milliseconds)
    }

    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }

    /// The form used in settings and flags, in the largest unit that is whole.
    public var text: String {
        for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)] as [(String, Int64)]
        where milliseconds != 0 && milliseconds.isMultiple(of: length) {
            return "\(milliseconds / length)\(unit)"
        }
        return "\(milliseconds / 1000)s"
    }

    /// Reads the form used in settings and flags: a whole number and one of `s`, `m`, `h`, `d`, as in `90s` or `7d`.
    ///
    /// - Returns: nil if the text has another form or the span is longer than 10,000 years.
    public init?(text: String) {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let last = text.last, let unit = units[last] else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let n = Int64(digits) else { return nil }
        let (milliseconds, overflow) = n.multipliedReportingOverflow(by: unit)
        guard !overflow, milliseconds <= Self.bound else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
