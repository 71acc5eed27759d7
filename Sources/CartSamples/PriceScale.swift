import CartCore

/// From the catalogue's prices, in US cents, to round prices in another currency.
///
/// The rates are rough: a price should look right to those who pay in the currency, and need not follow the market.
struct PriceScale: Sendable {
    /// Minor units for 100 cents.
    private let rate: Int64
    /// Every price is a multiple of this.
    private let step: Int64

    private static let known: [String: (rate: Int64, step: Int64)] = [
        "JPY": (150, 10), "KRW": (1350, 100), "VND": (25_000, 1000), "CLP": (950, 10), "ISK": (140, 10), "PYG": (7500, 500),
        "UGX": (3700, 100), "RWF": (1300, 100), "XAF": (600, 50), "XOF": (600, 50), "XPF": (110, 10), "GNF": (8600, 500),
        "BIF": (2900, 100), "DJF": (180, 10), "KMF": (450, 25), "VUV": (120, 10), "UYI": (40, 1),
        "KWD": (300, 50), "BHD": (375, 25), "OMR": (385, 5), "JOD": (700, 10), "TND": (3100, 100), "LYD": (4800, 250),
        "IQD": (1_310_000, 250_000), "CLF": (250, 10), "UYW": (70_000, 1000),
        "INR": (8300, 100), "SEK": (1050, 100), "NOK": (1050, 100), "DKK": (690, 50), "CZK": (2300, 100), "HUF": (36_000, 1000),
        "TRY": (3400, 100), "RUB": (9000, 100), "UAH": (4100, 100), "THB": (3500, 100), "MXN": (1700, 50), "CNY": (720, 10),
        "KES": (13_000, 500), "NGN": (150_000, 5000), "BDT": (12_000, 500), "PLN": (400, 1), "BRL": (500, 10), "ZAR": (1850, 50),
    ]

    init(_ currency: Currency) {
        (rate, step) = Self.known[currency.code] ?? (currency.minorUnits, 1)
    }

    /// - Parameter cents: 0 or more.
    /// - Returns: at least one step unless there are no cents.
    func amount(cents: Int64) -> Int64 {
        guard cents > 0 else { return 0 }
        let exact = cents * rate / 100
        return max((exact + step / 2) / step * step, step)
    }
}
