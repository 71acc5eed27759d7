/// The bounds of money, and the arithmetic on it that reports an overflow.
///
/// Amounts are `Int64` minor units of a ``Currency``: cents, pence, or whole yen. They stay within ±(2^53 − 1), so that
/// every JSON reader holds them exactly.
public enum Amount {
    public static let range: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991

    /// Adds two amounts.
    ///
    /// - Throws: ``CartError`` `.invalid` that names `field` if the sum leaves ``range``.
    public static func add(_ a: Int64, _ b: Int64, field: @autoclosure () -> String) throws(CartError) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow, range.contains(sum) else { throw .invalid(field(), "is larger than an amount can be") }
        return sum
    }

    /// A price times a quantity, rounded half up (away from zero) to a whole minor unit.
    ///
    /// - Throws: ``CartError`` `.invalid` that names `field` if the product leaves ``range``.
    public static func multiply(
        _ price: Int64, by quantity: Quantity, field: @autoclosure () -> String
    ) throws(CartError) -> Int64 {
        let product = rounded(Int128(price) * Int128(quantity.millionths), divisor: 1_000_000)
        guard let amount = Int64(exactly: product), range.contains(amount) else {
            throw .invalid(field(), "is larger than an amount can be")
        }
        return amount
    }

    /// Division rounded half up, away from zero for negative numbers.
    static func rounded(_ value: Int128, divisor: Int128) -> Int128 {
        let half = divisor / 2
        return (value + (value < 0 ? -half : half)) / divisor
    }
}
