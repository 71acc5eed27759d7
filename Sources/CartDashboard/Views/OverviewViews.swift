import CartCore

/// The first page.
struct OverviewView: View {
    var live: LiveView
    var asOf: TimeView
    var empty: EmptyShopView?
    var figures: [FigureView]
    var smallFigures: [FigureView]
    var chart: ChartView
    var states: [StateFigureView]
    var statesTotal: StatesTotalView
    var products: [ProductView]
    var newest: [CartRowView]
    var newestHref: String
    var cleanUp: CleanUpView
}

struct FigureView: View {
    var label: String
    var value: String
    /// The same in other currencies.
    var others: [String] = []
    var note: String?
    var href: String?
}

struct StateFigureView: View {
    var state: StateView
    var href: String
    var carts: String
    var share: String
    /// Of the bar, as a share of the whole.
    var width: String
    var values: [String]
}

struct StatesTotalView: View {
    var carts: String
    var values: [String]
}

struct ProductView: View {
    var name: String
    var id: String
    var carts: String
    var href: String
    var width: String
}

/// Lines over the days, in shares of the drawing.
struct ChartView: View {
    struct Series: View {
        var id: String
        var name: String
        var total: String
        var points: String
        var marks: [Mark]
        var labelY: String
    }

    struct Mark: View {
        var x: String
        var y: String
    }

    struct YTick: View {
        var y: String
        var label: String
    }

    struct XTick: View {
        var x: String
        var label: String
    }

    struct Day: View {
        var x: String
        var width: String
        var date: String
        var title: String
        var counts: [String]
    }

    var label: String
    var series: [Series]
    var yTicks: [YTick]
    var xTicks: [XTick]
    var days: [Day]
}

extension ChartView {
    private static let names: [(event: CartEvent, id: String, name: String)] = [
        (.created, "new", "New"), (.abandoned, "abandoned", "Abandoned"), (.recovered, "recovered", "Recovered"),
    ]

    init(_ days: [CartStatistics.Day], _ wording: Wording) {
        let most = days.flatMap { day in CartEvent.allCases.map { day.events[$0] ?? 0 } }.max() ?? 0
        let axis = ChartAxis(days: days.count, most: most)
        series = Self.names.map { event, id, name in
            let counts = days.map { $0.events[event] ?? 0 }
            return Series(
                id: id, name: name, total: Wording.number(counts.reduce(0, +)),
                points: counts.enumerated().map { "\(axis.x($0.offset)),\(axis.y($0.element))" }.joined(separator: " "),
                marks: axis.markedDays.filter(counts.indices.contains).map { Mark(x: axis.x($0) + "%", y: axis.y(counts[$0]) + "%") },
                labelY: axis.y(counts.last ?? 0) + "%")
        }
        yTicks = axis.yTicks.map { YTick(y: axis.y($0) + "%", label: Wording.number($0)) }
        xTicks = axis.markedDays.filter(days.indices.contains).map { XTick(x: axis.x($0) + "%", label: wording.shortDate(days[$0].start)) }
        self.days = days.enumerated().map { place, day in
            let counts = Self.names.map { day.events[$0.event] ?? 0 }
            return Day(
                x: axis.start(place) + "%", width: axis.width + "%", date: wording.date(day.start),
                title: "\(wording.shortDate(day.start)): \(counts[0]) new, \(counts[1]) abandoned, \(counts[2]) recovered",
                counts: counts.map(Wording.number))
        }
        let (first, last) = (days.first.map { wording.date($0.start) } ?? "", days.last.map { wording.date($0.start) } ?? "")
        label = "New, abandoned and recovered carts by day, \(first) to \(last)"
        spreadLabels()
    }

    /// Labels at the ends of lines that end close together stand apart nevertheless.
    private mutating func spreadLabels() {
        let gap = 8.0
        let order = series.indices.sorted { height(of: $0) < height(of: $1) }
        var lowest = -gap
        for place in order {
            let y = max(height(of: place), lowest + gap)
            series[place].labelY = ChartAxis.format(y) + "%"
            lowest = y
        }
    }

    private func height(of place: Int) -> Double { Double(series[place].labelY.dropLast()) ?? 0 }
}

/// Where days and counts stand in a drawing of 100 by 100.
struct ChartAxis {
    let days: Int
    /// Where the axis ends.
    let top: Int64

    init(days: Int, most: Int64) {
        self.days = max(days, 1)
        top = Self.end(above: most)
    }

    /// The middle of a day.
    func x(_ day: Int) -> String { Self.format((Double(day) + 0.5) * 100 / Double(days)) }

    func start(_ day: Int) -> String { Self.format(Double(day) * 100 / Double(days)) }

    var width: String { Self.format(100 / Double(days)) }

    func y(_ count: Int64) -> String { Self.format(100 - Double(count) * 100 / Double(top)) }

    var yTicks: [Int64] { (0...4).map { top / 4 * Int64($0) } }

    /// Every seventh day, up to the last.
    var markedDays: [Int] { stride(from: days - 1, through: 0, by: -7).reversed() }

    static func format(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = abs(hundredths % 100)
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// The least of 4, 8, 20, 40, 80, 200, 400 … that is not below the number, so that four steps are whole.
    private static func end(above most: Int64) -> Int64 {
        var scale: Int64 = 1
        while scale < Int64.max / 100 {
            for step: Int64 in [4, 8, 20] where step * scale >= most { return step * scale }
            scale *= 10
        }
        return max(most, 4)
    }
}
