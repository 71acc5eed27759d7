import CartCore
import Foundation

/// How a key was used in the last days: bars by day, sums by kind of request.
struct KeyUsageView: View {
    struct Day: View {
        var x: String
        var width: String
        var barX: String
        var barY: String
        var barWidth: String
        var barHeight: String
        var date: String
        var title: String
        var counts: [String]
        var all: String
    }

    struct Kind: View {
        var name: String
        var meaning: String
        var count: String
        var share: String
        /// Of the bar, as a share of the whole.
        var width: String
    }

    private static let shownDays = 30
    /// What a bar leaves free of its day, on each side.
    private static let gap = 0.15

    var total: String
    var hasRequests: Bool
    var label: String
    var yTicks: [ChartView.YTick] = []
    var xTicks: [ChartView.XTick] = []
    var days: [Day] = []
    var kinds: [Kind]

    init(_ report: KeyUsageReport, _ wording: Wording) {
        // Requests are counted by the days of UTC.
        let utc = Wording(timeZone: .gmt, now: wording.now)
        let last = wording.now.day
        let shown = (0..<Int64(Self.shownDays)).map { last - Int64(Self.shownDays) + 1 + $0 }
        let counts = shown.map { day in RequestKind.allCases.map { report.requests[KeyUsage.Count(day: day, kind: $0)] ?? 0 } }
        let sums = counts.map { $0.reduce(0, +) }
        let all = sums.reduce(0, +)
        total = Wording.number(all)
        hasRequests = all > 0
        let dates = shown.map { Timestamp(day: $0) }
        label = "Requests by day of UTC, \(dates.first.map(utc.date) ?? "") to \(dates.last.map(utc.date) ?? "")"
        kinds = RequestKind.allCases.enumerated().map { place, kind in
            let count = counts.reduce(0) { $0 + $1[place] }
            return Kind(
                name: kind.label, meaning: kind.meaning, count: Wording.number(count),
                share: all > 0 ? "\(Int((100 * Double(count) / Double(all)).rounded()))%" : "0%",
                width: Share.percent(Double(count), of: Double(all)))
        }
        guard hasRequests else { return }
        let axis = ChartAxis(days: Self.shownDays, most: sums.max() ?? 0)
        yTicks = axis.yTicks.map { ChartView.YTick(y: axis.y($0) + "%", label: Wording.number($0)) }
        xTicks = axis.markedDays.map { ChartView.XTick(x: axis.x($0) + "%", label: utc.shortDate(dates[$0])) }
        days = dates.indices.map { place in
            Day(
                x: axis.start(place) + "%", width: axis.width + "%",
                barX: Share.percent(Double(place) + Self.gap, of: Double(Self.shownDays)), barY: axis.y(sums[place]) + "%",
                barWidth: Share.percent(1 - 2 * Self.gap, of: Double(Self.shownDays)),
                barHeight: Share.percent(Double(sums[place]), of: Double(axis.top)), date: utc.date(dates[place]),
                title: "\(utc.shortDate(dates[place])): \(Wording.count(sums[place], "request"))",
                counts: counts[place].map { Wording.number($0) }, all: Wording.number(sums[place]))
        }
    }
}

extension RequestKind {
    fileprivate var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    fileprivate var meaning: String {
        switch self {
        case .list: "many carts at once"
        case .read: "one cart"
        case .write: "carts written"
        case .delete: "carts deleted"
        case .manage: "keys and audit trail"
        }
    }
}
