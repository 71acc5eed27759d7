extension Decimal {
    /// To which side a decimal is rounded that lies between two integers.
    public enum Direction: Sendable {
        case down, up
    }

    /// Reads a decimal as an integer of 10^−digits: for a bound, which lies between two of them as well as on one.
    ///
    /// - Parameters:
    ///   - digits: 0…9 digits after the point that are kept.
    ///   - direction: where to if there are more.
    /// - Returns: nil if the text is no decimal. One beyond all integers of 64 bits is the nearest of them.
    public static func scaled(_ text: some StringProtocol, by digits: Int, rounded direction: Direction) -> Int64? {
        guard let match = String(text).wholeMatch(of: /([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,9}))?/),
            !match.2.isEmpty || match.3?.isEmpty == false
        else { return nil }
        let isNegative = match.1 == "-"
        let fraction = match.3 ?? ""
        let all = (match.2 + fraction).drop { $0 == "0" }
        let exponent = match.4.flatMap { Int($0) } ?? 0
        // How many digits stand before the point when it has been moved.
        let whole = all.count - fraction.count + exponent + digits
        let magnitude: Int64?
        if all.isEmpty || whole <= 0 {
            magnitude = 0
        } else if whole > 19 {
            magnitude = nil
        } else {
            magnitude = Int64(all.prefix(whole) + String(repeating: "0", count: max(0, whole - all.count)))
        }
        guard let magnitude else { return isNegative ? .min : .max }
        let isBetween = all.dropFirst(max(0, whole)).contains { $0 != "0" }
        let value = isNegative ? -magnitude : magnitude
        guard isBetween, (direction == .up) != isNegative else { return value }
        let (next, overflow) = value.addingReportingOverflow(isNegative ? -1 : 1)
        return overflow ? value : next
    }
}
