import CartCore
import Foundation
import Testing

@testable import CartDashboard

@Suite("The pages' words")
struct WordingTests {
    @Test(
        "Amounts have the digits of their currency, groups of three, and a space that does not break",
        arguments: [
            (128_450, "EUR", "€\u{A0}1,284.50"), (-5, "USD", "−$\u{A0}0.05"), (1_000_000, "JPY", "¥\u{A0}1,000,000"),
            (1_234_567, "BHD", "BHD\u{A0}1,234.567"), (Int64.min, "USD", "−$\u{A0}92,233,720,368,547,758.08"), (0, "XTS", "XTS\u{A0}0.00"),
        ])
    func money(amount: Int64, code: String, text: String) throws {
        #expect(Wording.money(amount, try #require(Currency(code))) == text)
    }

    @Test("The shop's own currency comes first, whatever the alphabet says")
    func currencies() throws {
        let value: [String: Int64] = ["CHF": 100, "AUD": 200, "USD": 300]
        #expect(Wording.money(value, first: .usd) == ["$\u{A0}3.00", "AUD\u{A0}2.00", "CHF\u{A0}1.00"])
        #expect(Wording.money([:], first: .usd) == ["$\u{A0}0.00"])
    }

    @Test(
        "A moment says how far away it is",
        arguments: [
            (0, "just now"), (-59, "just now"), (-60, "60 s ago"), (-300, "5 min ago"), (-10_800, "3 h ago"), (-172_800, "2 days ago"),
            (172_900, "in 2 days"),
        ])
    func distances(seconds: Int64, text: String) throws {
        let now = Timestamp(seconds: 1_800_000_000)
        let wording = Wording(timeZone: .gmt, now: now)
        #expect(wording.time(now + .seconds(seconds)).ago == text)
    }

    @Test("A moment stands in the shop's zone, with UTC beside it")
    func zone() throws {
        let moment = try #require(Timestamp(iso8601: "2026-11-21T12:00:00Z"))
        let wording = Wording(timeZone: try #require(TimeZone(identifier: "Asia/Kathmandu")), now: moment)
        let time = wording.time(moment, isRelative: false)
        #expect(time.text == "21\u{A0}Nov\u{A0}2026, 17:45")
        #expect(time.utc == "2026-11-21 12:00:00 UTC")
        #expect(time.iso == "2026-11-21T12:00:00Z")
        #expect(time.ago == nil)
    }

    @Test(
        "An axis ends at a number whose quarters are whole",
        arguments: [(0, 4), (4, 4), (5, 8), (9, 20), (21, 40), (81, 200), (2_251, 4_000)])
    func axis(most: Int64, top: Int64) {
        #expect(ChartAxis(days: 30, most: most).top == top)
    }
}
