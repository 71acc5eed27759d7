import CartCore
import Testing

@Suite("Money and quantities")
struct MoneyTests {
    @Test(
        "A price times a quantity is rounded half up, away from zero",
        arguments: [
            (1, 500_000, 1), (1, 499_999, 0), (-1, 500_000, -1), (-1, 499_999, 0), (3, 500_000, 2), (-3, 500_000, -2), (5, 500_000, 3),
            (333, 2_500_000, 833), (-333, 2_500_000, -833), (100, 333_333, 33), (100, 335_000, 34), (0, 1_000_000, 0), (7, 1, 0),
            (1800, 2_000_000, 3600), (9_007_199_254_740_991, 1_000_000, 9_007_199_254_740_991),
            (-9_007_199_254_740_991, 1_000_000, -9_007_199_254_740_991),
            (9, 1_000_000_000_000_000, 9_000_000_000), (999_999, 1, 1), (500_000, 1, 1), (499_999, 1, 0), (-500_000, 1, -1),
        ] as [(Int64, Int64, Int64)])
    func multiplies(price: Int64, millionths: Int64, amount: Int64) throws {
        #expect(try Amount.multiply(price, by: try #require(Quantity(millionths: millionths)), field: "x") == amount)
    }

    @Test("A product or a sum that is larger than an amount can be is refused, and names the field")
    func overflows() throws {
        let most = Amount.range.upperBound
        let products: [(Int64, Int64)] = [
            (most, 1_000_001), (-most, 1_000_001), (most, 1_000_000_000_000_000), (.max, 1_000_000), (.min, 1_000_000_000_000_000),
        ]
        for (price, millionths) in products {
            let error = try #require(throws: CartError.self) {
                try Amount.multiply(price, by: try #require(Quantity(millionths: millionths)), field: "here")
            }
            #expect(error.code == .invalid)
            #expect(error.fields.map(\.name) == ["here"])
        }
        for (a, b) in [(most, 1), (-most, -1), (.max, 1), (.min, -1), (.max, .max)] as [(Int64, Int64)] {
            let error = try #require(throws: CartError.self) { try Amount.add(a, b, field: "there") }
            #expect(error.fields.map(\.name) == ["there"])
        }
        #expect(try Amount.add(most, -1, field: "") == most - 1)
        #expect(try Amount.add(most - 1, 1, field: "") == most)
    }

    @Test(
        "An amount is shown in major units with the currency's digits",
        arguments: [
            ("USD", 4999, "49.99"), ("USD", 0, "0.00"), ("USD", 5, "0.05"), ("USD", -5, "-0.05"), ("USD", -123_456, "-1234.56"),
            ("JPY", 500, "500"),
            ("JPY", -1, "-1"), ("KWD", 1234, "1.234"), ("KWD", 12, "0.012"), ("TND", -1, "-0.001"), ("CLF", 12_345, "1.2345"),
            ("XYZ", 100, "1.00"),
            ("USD", .max, "92233720368547758.07"), ("USD", .min, "-92233720368547758.08"), ("ISK", 7, "7"),
        ] as [(String, Int64, String)])
    func decimals(code: String, amount: Int64, text: String) throws {
        #expect(try #require(Currency(code)).decimal(amount) == text)
    }

    @Test("Minor units follow the digits")
    func minorUnits() throws {
        for (code, digits, units) in [("EUR", 2, 100), ("KRW", 0, 1), ("BHD", 3, 1000), ("CLF", 4, 10_000)] as [(String, Int, Int64)] {
            let currency = try #require(Currency(code))
            #expect(currency.digits == digits)
            #expect(currency.minorUnits == units)
        }
    }

    @Test("A currency is three capital letters", arguments: ["", "US", "USDX", "usd", "Usd", "U D", "US1", "ÉUR", "ＵＳＤ", "US\u{301}"])
    func refusesCurrencies(code: String) {
        #expect(Currency(code) == nil)
    }

    @Test(
        "A quantity is read from a JSON number",
        arguments: [
            ("2", 2_000_000), ("1.50", 1_500_000), ("0.000001", 1), ("1e3", 1_000_000_000), ("1E-6", 1), ("25e-1", 2_500_000),
            ("0.10e1", 1_000_000),
            ("1000000000", 1_000_000_000_000_000), ("1e9", 1_000_000_000_000_000), ("1.000000000", 1_000_000), ("1e400", nil),
            ("1e-400", nil),
            ("-0", nil), ("0", nil), ("0.0", nil), ("0e9", nil), ("-1", nil), ("0.0000001", nil), ("1.0000001", nil),
            ("1000000000.000001", nil),
            ("1e10", nil), ("99999999999999999999", nil), ("", nil), ("abc", nil), ("1e99999999999999999999", nil), ("1e", nil),
            ("1.5.5", nil),
        ] as [(String, Int64?)])
    func quantities(text: String, millionths: Int64?) {
        #expect(Quantity(json: text)?.millionths == millionths)
    }

    @Test("A quantity with many zeros at its end is read like one without")
    func longQuantities() {
        #expect(Quantity(json: "1.50000000000000000000000000")?.millionths == 1_500_000)
        #expect(Quantity(json: "0.00000000000000000000000000") == nil)
    }

    @Test("A quantity is shown as the shortest decimal")
    func shortest() throws {
        let cases: [(Int64, String)] = [
            (1_000_000, "1"), (1_500_000, "1.5"), (125_000, "0.125"), (1, "0.000001"), (10_000_000, "10"),
            (1_000_000_000_000_000, "1000000000"),
            (100_000_000, "100"), (1_000_001, "1.000001"),
        ]
        for (millionths, text) in cases {
            let quantity = try #require(Quantity(millionths: millionths))
            #expect(quantity.decimal == text)
            #expect(Quantity(json: text) == quantity)
        }
    }

    @Test("A whole quantity is within its bounds")
    func wholeQuantities() {
        #expect(Quantity(1) == .one)
        #expect(Quantity(1_000_000_000)?.millionths == 1_000_000_000_000_000)
        for whole in [0, -1, 1_000_000_001, .max, .min] { #expect(Quantity(whole) == nil) }
        #expect(Quantity(millionths: 0) == nil)
        #expect(Quantity(millionths: .max) == nil)
    }

    @Test(
        "A decimal between two integers is rounded to the side that is asked for",
        arguments: [
            ("29.99", 2999, 2999), ("29.995", 2999, 3000), ("-29.995", -3000, -2999), ("3.0000000000000000000000001", 300, 301),
            ("0.0", 0, 0),
            (".5", 50, 50), ("5.", 500, 500), ("1e2", 10_000, 10_000), ("1.5e-3", 0, 1), ("-1.5e-3", -1, 0), ("9e99", .max, .max),
            ("-9e99", .min, .min), ("92233720368547758.07", .max, .max), ("92233720368547758.071", .max, .max), ("1e-99", 0, 1),
            ("000", 0, 0),
            ("1e999999999", .max, .max), ("1e-999999999", 0, 1),
        ] as [(String, Int64, Int64)])
    func bounds(text: String, down: Int64, up: Int64) {
        #expect(Decimal.scaled(text, by: 2, rounded: .down) == down)
        #expect(Decimal.scaled(text, by: 2, rounded: .up) == up)
    }

    @Test("What is no decimal has no bound", arguments: ["", ".", "-", "e5", "1e", "1,5", " 1", "0x10", "NaN", "inf", "1e9999999999", "१"])
    func noBounds(text: String) {
        #expect(Decimal.scaled(text, by: 2, rounded: .up) == nil)
    }

    @Test(
        "A decimal is scaled exactly or not at all",
        arguments: [
            ("12", 0, 12), ("-0", 0, 0), ("-0.5", 1, -5), ("1.5e3", 0, 1500), ("1.50", 1, 15), ("1.55", 1, nil), ("+7", 0, 7),
            ("100e-2", 0, 1),
            ("0e400", 0, 0), ("1e18", 0, 1_000_000_000_000_000_000), ("1e19", 0, nil), ("9223372036854775807", 0, .max),
            ("9223372036854775808", 0, nil),
            ("-9223372036854775807", 0, -.max), ("", 0, nil), ("-", 0, nil), (".", 0, nil), ("e5", 0, nil), ("1e+", 0, nil), ("1 ", 0, nil),
            ("0x1", 0, nil), ("１", 0, nil), ("1e401", 0, nil), ("1e+-5", 0, nil),
        ] as [(String, Int, Int64?)])
    func scales(text: String, digits: Int, value: Int64?) {
        #expect(Decimal.scaled(text, by: digits) == value)
    }
}
