import CartCore
import Foundation

/// How the pages say numbers, amounts and moments.
struct Wording: Sendable {
    let timeZone: TimeZone
    /// The moment of the page.
    let now: Timestamp

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `1,284`
    static func number(_ value: some BinaryInteger) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return (value < 0 ? "−" : "") + grouped
    }

    /// `1 cart`, `12 carts`
    static func count(_ value: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        "\(number(value)) \(value == 1 ? one : many ?? one + "s")"
    }

    /// `€ 1,284.50`; with the code where there is no sign.
    static func money(_ amount: Int64, _ currency: Currency) -> String {
        let decimal = currency.decimal(amount)
        let isNegative = decimal.hasPrefix("-")
        let parts = decimal.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
        let whole = UInt64(parts.first ?? "0").map(number) ?? String(parts.first ?? "0")
        let rest = parts.count > 1 ? "." + parts[1] : ""
        return (isNegative ? "−" : "") + "\(signs[currency.code] ?? currency.code)\u{A0}\(whole)\(rest)"
    }

    private static let signs = ["EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "TRY": "₺"]

    /// Amounts by the code of their currencies, the shop's own first.
    static func money(_ value: [String: Int64], first currency: Currency) -> [String] {
        let sorted = value.sorted { ($0.key == currency.code ? "" : $0.key) < ($1.key == currency.code ? "" : $1.key) }
        if sorted.isEmpty { return [money(0, currency)] }
        return sorted.map { code, amount in Currency(code).map { money(amount, $0) } ?? "\(amount) \(code)" }
    }

    /// `21 Nov 2026`
    func date(_ moment: Timestamp) -> String {
        let time = CivilTime(moment.local(in: timeZone))
        return "\(time.day)\u{A0}\(Self.months[time.month - 1])\u{A0}\(time.year)"
    }

    /// `21 Nov`
    func shortDate(_ moment: Timestamp) -> String {
        let time = CivilTime(moment.local(in: timeZone))
        return "\(time.day) \(Self.months[time.month - 1])"
    }

    /// `21 Nov 2026, 13:00`
    func text(_ moment: Timestamp) -> String {
        let time = CivilTime(moment.local(in: timeZone))
        return "\(date(moment)), \(Self.padded(time.hour)):\(Self.padded(time.minute))"
    }

    /// - Parameter isRelative: whether it is said how long ago that is.
    func time(_ moment: Timestamp, isRelative: Bool = true) -> TimeView {
        let iso = Timestamp(seconds: moment.seconds).iso8601
        return TimeView(
            iso: iso, utc: iso.replacing("T", with: " ").replacing("Z", with: " UTC"), text: text(moment),
            ago: isRelative ? distance(moment) : nil)
    }

    /// `3 h ago`, `in 2 days`
    private func distance(_ moment: Timestamp) -> String {
        let seconds = (now.milliseconds - moment.milliseconds) / 1000
        let span = Self.span(TimeSpan.seconds(abs(seconds)))
        if abs(seconds) < 60 { return "just now" }
        return seconds > 0 ? "\(span) ago" : "in \(span)"
    }

    /// `90 s`, `5 min`, `3 h`, `2 days`
    static func span(_ span: TimeSpan) -> String {
        let seconds = span.milliseconds / 1000
        return switch seconds {
        case ..<100: "\(seconds) s"
        case ..<5400: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: count(seconds / 86_400, "day")
        }
    }

    /// A size with a unit that keeps it short.
    static func bytes(_ count: Int64) -> String {
        var value = Double(count) / 1024
        for unit in ["KiB", "MiB"] {
            if value < 1024 { return "\(Double(Int(value * 10)) / 10) \(unit)" }
            value /= 1024
        }
        return "\(Double(Int(value * 10)) / 10) GiB"
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

/// Lengths in a drawing, as shares of it.
enum Share {
    /// `54.67%`; 0 of nothing.
    static func percent(_ part: Double, of whole: Double) -> String {
        ChartAxis.format(whole == 0 ? 0 : 100 * part / whole) + "%"
    }
}

extension String {
    /// The text as a part of a sentence whose direction it cannot change: between Unicode's first strong isolate and its end.
    var isolated: String { "\u{2068}\(self)\u{2069}" }
}
