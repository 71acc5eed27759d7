import Foundation

extension Timestamp {
    /// What clocks in a time zone show at this moment, as if they showed UTC.
    public func local(in timeZone: TimeZone) -> Timestamp {
        self + .seconds(Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))))
    }

    /// The date in a time zone, such as `2026-11-21`.
    public func date(in timeZone: TimeZone) -> String { String(local(in: timeZone).iso8601.prefix(10)) }
}
