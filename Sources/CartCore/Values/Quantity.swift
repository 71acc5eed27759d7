/// How many of a product: a decimal above 0 and at most 1,000,000,000, with up to six digits after the point.
///
/// Shops sell by weight and length, so quantities are not always whole; a binary fraction would not keep `0.1`.
public struct Quantity: Hashable, Comparable, Sendable {
    /// The quantity times one million.
    public let millionths: Int64

    public static let one = Quantity(unchecked: 1_000_000)
    private static let most: Int64 = 1_000_000_000_000_000

    private init(unchecked millionths: Int64) { self.millionths = millionths }

    /// - Returns: nil outside 0.000001…1,000,000,000.
    public init?(millionths: Int64) {
        guard millionths > 0, millionths <= Self.most else { return nil }
        self.millionths = millionths
    }

    /// - Returns: nil outside 1…1,000,000,000.
    public init?(_ whole: Int) {
        let (millionths, overflow) = Int64(whole).multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return nil }
        self.init(millionths: millionths)
    }

    /// Reads a JSON number, exponents included.
    ///
    /// - Returns: nil if it is out of range or has more than six digits after the point.
    public init?(json text: some StringProtocol) {
        guard let millionths = Decimal.scaled(text, by: 6) else { return nil }
        self.init(millionths: millionths)
    }

    /// The shortest decimal: `2`, `1.5`, `0.125`.
    public var decimal: String { Decimal.shortest(millionths, digits: 6) }

    public static func < (a: Quantity, b: Quantity) -> Bool { a.millionths < b.millionths }
}
