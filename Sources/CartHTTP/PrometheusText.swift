/// A writer of Prometheus's text format, version 0.0.4.
public struct PrometheusText: Sendable {
    /// What becomes of a metric's values: they rise, they rise and fall, or they are counted by bounds.
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// What was written so far.
    public private(set) var text = ""
    private var name: StaticString = ""

    public init() {}

    /// Begins a metric; its samples follow.
    public mutating func begin(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Writes a sample of the metric that was begun last.
    ///
    /// - Parameter labels: names and values; quotation marks, backslashes and line feeds in values are escaped.
    public mutating func sample(_ value: Double, _ labels: [(name: StaticString, value: String)] = [], suffix: StaticString = "") {
        text += "\(name)\(suffix)"
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " " + (Int64(exactly: value).map(String.init) ?? String(value)) + "\n"
    }

    /// Writes the samples of a histogram.
    ///
    /// - Parameters:
    ///   - counts: how many values lie between each bound and the one before it; the last: beyond all.
    ///   - sum: of all values.
    public mutating func histogram<Bound>(
        _ counts: [Int], bounds: [Bound], sum: Double, _ labels: [(name: StaticString, value: String)] = []
    ) {
        var total = 0
        for (place, count) in counts.enumerated() {
            total += count
            sample(Double(total), labels + [("le", place < bounds.count ? "\(bounds[place])" : "+Inf")], suffix: "_bucket")
        }
        sample(sum, labels, suffix: "_sum")
        sample(Double(total), labels, suffix: "_count")
    }

    private static func escape(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
