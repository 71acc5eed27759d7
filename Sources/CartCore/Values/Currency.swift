/// An ISO 4217 currency code and the number of its minor digits.
public struct Currency: Hashable, Sendable {
    /// Three capital letters.
    public let code: String

    public static let usd = Currency(unchecked: "USD")

    private init(unchecked code: String) { self.code = code }

    /// - Returns: nil unless the code is three ASCII capital letters. Whether it is assigned is not checked: shops use
    ///   codes of their own for points and vouchers.
    public init?(_ code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        self.code = code
    }

    /// Decimal digits of the minor unit: 0, 2, 3 or 4 by ISO 4217; 2 for a code it does not know.
    public var digits: Int { Self.exceptions[code] ?? 2 }

    /// Minor units in one major unit.
    public var minorUnits: Int64 {
        switch digits {
        case 0: 1
        case 3: 1000
        case 4: 10_000
        default: 100
        }
    }

    /// An amount in hundredths of a major unit, whatever the currency's digits, rounded half up; one beyond all numbers is the nearest.
    public func hundredths(_ amount: Int64) -> Int64 {
        Int64(clamping: Amount.rounded(Int128(amount) * 100, divisor: Int128(minorUnits)))
    }

    /// A sum of millionths of an amount in hundredths of a major unit, rounded half up; one beyond all numbers is the nearest.
    func hundredths(ofMillionths sum: Int128) -> Int64 {
        Int64(clamping: Amount.rounded(sum * 100, divisor: 1_000_000 * Int128(minorUnits)))
    }

    /// An amount as a decimal in major units with exactly the currency's digits: 4999 US cents are `49.99`.
    public func decimal(_ amount: Int64) -> String {
        let digits = self.digits
        guard digits > 0 else { return String(amount) }
        let text = String(amount.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
        return (amount < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    private static let exceptions: [String: Int] = {
        var digits: [String: Int] = ["CLF": 4, "UYW": 4]
        for code in [
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
        ] { digits[code] = 0 }
        for code in ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"] { digits[code] = 3 }
        return digits
    }()
}
