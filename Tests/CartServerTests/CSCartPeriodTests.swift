import CartCore
import CartServer
import CartTesting
import Foundation
import Testing

@Suite("A period of CS-Cart's list")
struct CSCartPeriodTests {
    /// A time, and what each period is at that time: its first second, and the first one after it.
    private struct Moment {
        let now: Timestamp
        var periods: [(name: String, range: Range<Int64>)] = []
    }

    /// The last 24 hours, 7 and 30 days.
    private static let spans: [(name: String, seconds: Int64)] = [("HH", 86_400), ("HW", 7 * 86_400), ("HM", 30 * 86_400)]

    @Test(
        "holds the carts just inside its borders and none just outside, in the shop's time zone",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    func borders(zone: String) async throws {
        let moments = try Self.moments(of: try #require(tables[zone]))
        let timeZone = try #require(TimeZone(identifier: zone))
        let clock = ManualClock()
        try await TestServer.run({ $0.timeZone = timeZone }, clock: clock) { server in
            var carts: [[Cart]] = []
            for (place, moment) in moments.enumerated() { carts.append(try Self.carts(around: moment, owner: Int64(place + 1))) }
            _ = try await server.store.apply(carts.joined().map { .save($0, wasAbandoned: false, replacing: nil) })
            let key = try await server.cscartKey(.read).authorization
            for (place, moment) in moments.enumerated() {
                clock.now = moment.now
                func dates(_ query: String) async throws -> [Int64] {
                    let list = try await server.listedCarts("\(query)&user_id=\(place + 1)&items_per_page=250&sort_order=asc", key)
                    return list.carts.compactMap { Int64($0["date"]) }
                }
                let all = carts[place].map(\.created.seconds).sorted()
                let unbounded = try await dates("period=A")
                #expect(unbounded == all)
                for (name, range) in moment.periods {
                    let found = try await dates("period=\(name)")
                    let expected = all.filter { range.contains($0) }
                    #expect(expected.count > 1)
                    #expect(found == expected, "\(name) at \(moment.now.iso8601) in \(zone)")
                }
                let now = moment.now.seconds
                for (name, seconds) in Self.spans {
                    // The second with which the span begins may belong to it or not.
                    let found = try await dates("period=\(name)").filter { $0 != now - seconds }
                    #expect(found == all.filter { $0 > now - seconds && $0 <= now }, "\(name) at \(moment.now.iso8601) in \(zone)")
                }
            }
        }
    }

    @Test("C goes from time_from to time_to, both included; so do the two without a period, and with another one they do not count")
    func chosen() async throws {
        let clock = ManualClock()
        let now = clock.now.seconds
        try await TestServer.run({ $0.timeZone = TimeZone(identifier: "Europe/Berlin") ?? .gmt }, clock: clock) { server in
            let times = [-86_400, -2, -1, 0, 1, 2].map { now + $0 }
            for (place, time) in times.enumerated() {
                // In the middle of its second, which is what counts.
                let created = Timestamp(milliseconds: time * 1000 + 500).iso8601
                try await server.keep(#"{"key":"k\#(place)","items":[{"product_id":1}],"created":"\#(created)"}"#)
            }
            let key = try await server.cscartKey(.read).authorization
            let cases: [(query: String, matches: (Int64) -> Bool)] = [
                ("period=C&time_from=\(now - 1)&time_to=\(now + 1)", { abs($0 - now) <= 1 }),
                ("period=C&time_from=\(now - 1)", { $0 >= now - 1 }),
                ("period=C&time_to=\(now + 1)", { $0 <= now + 1 }),
                ("period=C", { _ in true }),
                ("time_from=\(now - 1)&time_to=\(now + 1)", { abs($0 - now) <= 1 }),
                ("time_from=\(now)", { $0 >= now }),
                ("time_to=\(now)", { $0 <= now }),
                ("time_from=\(now + 1)&time_to=\(now - 1)", { _ in false }),
                ("period=A&time_from=\(now)&time_to=\(now)", { _ in true }),
                ("period=D&time_from=\(now)&time_to=\(now)", { $0 > now - 86_400 }),
                ("period=LD&time_from=\(now)&time_to=\(now)", { $0 == now - 86_400 }),
            ]
            for (query, matches) in cases {
                let list = try await server.listedCarts("\(query)&sort_order=asc", key)
                #expect(list.carts.compactMap { Int64($0["date"]) } == times.filter(matches), "\(query)")
            }
        }
    }

    private static func moments(of table: String) throws -> [Moment] {
        var moments: [Moment] = []
        for line in table.split(separator: "\n") {
            for part in line.split(separator: ";") {
                let words = part.split(separator: " ")
                if words.count == 1 {
                    moments.append(Moment(now: try #require(Timestamp(iso8601: words[0]))))
                    continue
                }
                try #require(words.count == 3 && !moments.isEmpty)
                let range = try midnight(words[1])..<midnight(words[2])
                moments[moments.count - 1].periods.append((name: String(words[0]), range: range))
            }
        }
        return moments
    }

    /// The midnight with which a date such as `2024-03-31+01:00` begins.
    private static func midnight(_ text: Substring) throws -> Int64 {
        try #require(Timestamp(iso8601: "\(text.prefix(10))T00:00:00\(text.dropFirst(10))")).seconds
    }

    /// Carts of one owner that were made just inside and just outside of every border, some in the middle of a second.
    private static func carts(around moment: Moment, owner: Int64) throws -> [Cart] {
        var times: Set<Int64> = []
        for border in moment.periods.flatMap({ [$0.range.lowerBound, $0.range.upperBound] }) {
            times.formUnion([border * 1000 - 300, border * 1000, border * 1000 + 700])
        }
        let now = moment.now.seconds
        times.formUnion([now * 1000, now * 1000 + 700, (now + 1) * 1000])
        for (_, seconds) in spans { times.formUnion([(now - seconds - 1) * 1000, (now - seconds + 1) * 1000]) }
        let owner = try #require(Owner(id: owner))
        return try times.sorted().enumerated().map { place, time in
            let created = Timestamp(milliseconds: time)
            return Cart(
                key: try #require(CartKey("o\(owner.id)-\(place)")), owner: owner, items: [CartItem(key: "i", productID: 1)],
                created: created, updated: created, expires: created + .days(7))
        }
    }
}

/// For each time zone, times and what is a day (`D`), a week, a month and a year at that time, this (`D`) or the one before (`LD`): both
/// changes of daylight saving time, the borders of week, month and year, and a leap year's 29 February. A date is its midnight there.
private let tables: [String: String] = [
    "Europe/Berlin":
        """
    2024-03-31T12:00:00+02:00
    D 2024-03-31+01:00 2024-04-01+02:00; LD 2024-03-30+01:00 2024-03-31+01:00; W 2024-03-25+01:00 2024-04-01+02:00
    LW 2024-03-18+01:00 2024-03-25+01:00; M 2024-03-01+01:00 2024-04-01+02:00; LM 2024-02-01+01:00 2024-03-01+01:00
    Y 2024-01-01+01:00 2025-01-01+01:00; LY 2023-01-01+01:00 2024-01-01+01:00
    2024-04-01T00:00:00+02:00
    D 2024-04-01+02:00 2024-04-02+02:00; LD 2024-03-31+01:00 2024-04-01+02:00; W 2024-04-01+02:00 2024-04-08+02:00
    LW 2024-03-25+01:00 2024-04-01+02:00; M 2024-04-01+02:00 2024-05-01+02:00; LM 2024-03-01+01:00 2024-04-01+02:00
    2024-03-30T23:59:59+01:00
    D 2024-03-30+01:00 2024-03-31+01:00; LD 2024-03-29+01:00 2024-03-30+01:00
    2024-10-27T02:30:00+01:00
    D 2024-10-27+02:00 2024-10-28+01:00; LD 2024-10-26+02:00 2024-10-27+02:00; W 2024-10-21+02:00 2024-10-28+01:00
    LW 2024-10-14+02:00 2024-10-21+02:00
    2024-10-28T00:00:00+01:00
    D 2024-10-28+01:00 2024-10-29+01:00; LD 2024-10-27+02:00 2024-10-28+01:00; W 2024-10-28+01:00 2024-11-04+01:00
    LW 2024-10-21+02:00 2024-10-28+01:00; M 2024-10-01+02:00 2024-11-01+01:00; LM 2024-09-01+02:00 2024-10-01+02:00
    2024-02-29T12:00:00+01:00
    D 2024-02-29+01:00 2024-03-01+01:00; LD 2024-02-28+01:00 2024-02-29+01:00; W 2024-02-26+01:00 2024-03-04+01:00
    LW 2024-02-19+01:00 2024-02-26+01:00; M 2024-02-01+01:00 2024-03-01+01:00; LM 2024-01-01+01:00 2024-02-01+01:00
    Y 2024-01-01+01:00 2025-01-01+01:00; LY 2023-01-01+01:00 2024-01-01+01:00
    2024-03-01T00:00:00+01:00
    D 2024-03-01+01:00 2024-03-02+01:00; LD 2024-02-29+01:00 2024-03-01+01:00; M 2024-03-01+01:00 2024-04-01+02:00
    LM 2024-02-01+01:00 2024-03-01+01:00
    2023-12-31T23:59:59+01:00
    D 2023-12-31+01:00 2024-01-01+01:00; LD 2023-12-30+01:00 2023-12-31+01:00; W 2023-12-25+01:00 2024-01-01+01:00
    LW 2023-12-18+01:00 2023-12-25+01:00; M 2023-12-01+01:00 2024-01-01+01:00; LM 2023-11-01+01:00 2023-12-01+01:00
    Y 2023-01-01+01:00 2024-01-01+01:00; LY 2022-01-01+01:00 2023-01-01+01:00
    2024-01-01T00:00:00+01:00
    D 2024-01-01+01:00 2024-01-02+01:00; LD 2023-12-31+01:00 2024-01-01+01:00; W 2024-01-01+01:00 2024-01-08+01:00
    LW 2023-12-25+01:00 2024-01-01+01:00; M 2024-01-01+01:00 2024-02-01+01:00; LM 2023-12-01+01:00 2024-01-01+01:00
    Y 2024-01-01+01:00 2025-01-01+01:00; LY 2023-01-01+01:00 2024-01-01+01:00
    2025-01-01T00:00:00+01:00
    D 2025-01-01+01:00 2025-01-02+01:00; W 2024-12-30+01:00 2025-01-06+01:00; Y 2025-01-01+01:00 2026-01-01+01:00
    LY 2024-01-01+01:00 2025-01-01+01:00
    """,
    "America/New_York":
        """
    2024-03-10T12:00:00-04:00
    D 2024-03-10-05:00 2024-03-11-04:00; LD 2024-03-09-05:00 2024-03-10-05:00; W 2024-03-04-05:00 2024-03-11-04:00
    LW 2024-02-26-05:00 2024-03-04-05:00; M 2024-03-01-05:00 2024-04-01-04:00; LM 2024-02-01-05:00 2024-03-01-05:00
    Y 2024-01-01-05:00 2025-01-01-05:00; LY 2023-01-01-05:00 2024-01-01-05:00
    2024-03-11T00:00:00-04:00
    D 2024-03-11-04:00 2024-03-12-04:00; LD 2024-03-10-05:00 2024-03-11-04:00; W 2024-03-11-04:00 2024-03-18-04:00
    LW 2024-03-04-05:00 2024-03-11-04:00
    2024-11-03T01:30:00-05:00
    D 2024-11-03-04:00 2024-11-04-05:00; LD 2024-11-02-04:00 2024-11-03-04:00; W 2024-10-28-04:00 2024-11-04-05:00
    LW 2024-10-21-04:00 2024-10-28-04:00; M 2024-11-01-04:00 2024-12-01-05:00; LM 2024-10-01-04:00 2024-11-01-04:00
    2024-11-04T08:00:00-05:00
    D 2024-11-04-05:00 2024-11-05-05:00; LD 2024-11-03-04:00 2024-11-04-05:00; W 2024-11-04-05:00 2024-11-11-05:00
    LW 2024-10-28-04:00 2024-11-04-05:00; M 2024-11-01-04:00 2024-12-01-05:00; LM 2024-10-01-04:00 2024-11-01-04:00
    2024-02-29T23:59:59-05:00
    D 2024-02-29-05:00 2024-03-01-05:00; LD 2024-02-28-05:00 2024-02-29-05:00; W 2024-02-26-05:00 2024-03-04-05:00
    M 2024-02-01-05:00 2024-03-01-05:00; LM 2024-01-01-05:00 2024-02-01-05:00; Y 2024-01-01-05:00 2025-01-01-05:00
    LY 2023-01-01-05:00 2024-01-01-05:00
    2024-12-31T23:59:59-05:00
    D 2024-12-31-05:00 2025-01-01-05:00; LD 2024-12-30-05:00 2024-12-31-05:00; W 2024-12-30-05:00 2025-01-06-05:00
    LW 2024-12-23-05:00 2024-12-30-05:00; M 2024-12-01-05:00 2025-01-01-05:00; LM 2024-11-01-04:00 2024-12-01-05:00
    Y 2024-01-01-05:00 2025-01-01-05:00; LY 2023-01-01-05:00 2024-01-01-05:00
    2025-01-01T00:00:00-05:00
    D 2025-01-01-05:00 2025-01-02-05:00; LD 2024-12-31-05:00 2025-01-01-05:00; W 2024-12-30-05:00 2025-01-06-05:00
    LW 2024-12-23-05:00 2024-12-30-05:00; M 2025-01-01-05:00 2025-02-01-05:00; LM 2024-12-01-05:00 2025-01-01-05:00
    Y 2025-01-01-05:00 2026-01-01-05:00; LY 2024-01-01-05:00 2025-01-01-05:00
    """,
    "Australia/Lord_Howe":
        """
    2024-04-07T12:00:00+10:30
    D 2024-04-07+11:00 2024-04-08+10:30; LD 2024-04-06+11:00 2024-04-07+11:00; W 2024-04-01+11:00 2024-04-08+10:30
    LW 2024-03-25+11:00 2024-04-01+11:00; M 2024-04-01+11:00 2024-05-01+10:30; LM 2024-03-01+11:00 2024-04-01+11:00
    Y 2024-01-01+11:00 2025-01-01+11:00; LY 2023-01-01+11:00 2024-01-01+11:00
    2024-04-08T00:00:00+10:30
    D 2024-04-08+10:30 2024-04-09+10:30; LD 2024-04-07+11:00 2024-04-08+10:30; W 2024-04-08+10:30 2024-04-15+10:30
    LW 2024-04-01+11:00 2024-04-08+10:30
    2024-10-06T12:00:00+11:00
    D 2024-10-06+10:30 2024-10-07+11:00; LD 2024-10-05+10:30 2024-10-06+10:30; W 2024-09-30+10:30 2024-10-07+11:00
    LW 2024-09-23+10:30 2024-09-30+10:30; M 2024-10-01+10:30 2024-11-01+11:00; LM 2024-09-01+10:30 2024-10-01+10:30
    2024-10-07T12:00:00+11:00
    D 2024-10-07+11:00 2024-10-08+11:00; LD 2024-10-06+10:30 2024-10-07+11:00; W 2024-10-07+11:00 2024-10-14+11:00
    LW 2024-09-30+10:30 2024-10-07+11:00
    2024-02-29T00:00:00+11:00
    D 2024-02-29+11:00 2024-03-01+11:00; LD 2024-02-28+11:00 2024-02-29+11:00; W 2024-02-26+11:00 2024-03-04+11:00
    M 2024-02-01+11:00 2024-03-01+11:00; LM 2024-01-01+11:00 2024-02-01+11:00; Y 2024-01-01+11:00 2025-01-01+11:00
    LY 2023-01-01+11:00 2024-01-01+11:00
    2024-12-31T23:59:59+11:00
    D 2024-12-31+11:00 2025-01-01+11:00; LD 2024-12-30+11:00 2024-12-31+11:00; W 2024-12-30+11:00 2025-01-06+11:00
    LW 2024-12-23+11:00 2024-12-30+11:00; M 2024-12-01+11:00 2025-01-01+11:00; LM 2024-11-01+11:00 2024-12-01+11:00
    Y 2024-01-01+11:00 2025-01-01+11:00; LY 2023-01-01+11:00 2024-01-01+11:00
    2025-01-01T00:00:00+11:00
    D 2025-01-01+11:00 2025-01-02+11:00; LD 2024-12-31+11:00 2025-01-01+11:00; W 2024-12-30+11:00 2025-01-06+11:00
    LW 2024-12-23+11:00 2024-12-30+11:00; M 2025-01-01+11:00 2025-02-01+11:00; LM 2024-12-01+11:00 2025-01-01+11:00
    Y 2025-01-01+11:00 2026-01-01+11:00; LY 2024-01-01+11:00 2025-01-01+11:00
    """,
]
