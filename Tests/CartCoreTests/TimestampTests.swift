import CartCore
import CartTesting
import Foundation
import Testing

@Suite("Times")
struct TimestampTests {
    @Test(
        "A time is read from its ISO 8601 form",
        arguments: [
            ("2024-10-15T18:30:00Z", 1_729_017_000_000), ("2024-10-15", 1_728_950_400_000), ("2024-10-15T18:30:00", 1_729_017_000_000),
            ("2024-10-15 18:30:00", 1_729_017_000_000), ("2024-10-15T20:30:00+02:00", 1_729_017_000_000),
            ("2024-10-15T13:00:00-0530", 1_729_017_000_000), ("2024-10-15T18:30:00.5Z", 1_729_017_000_500),
            ("2024-10-15T18:30:00.12Z", 1_729_017_000_120), ("2024-10-15T18:30:00.123999999Z", 1_729_017_000_123),
            ("2024-10-15T18:30:00.007+00:00", 1_729_017_000_007), ("2024-02-29", 1_709_164_800_000),
            ("2000-02-29T23:59:59Z", 951_868_799_000), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1000),
            ("1969-12-31T23:59:59.999Z", -1), ("1900-03-01", -2_203_891_200_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("0000-00-00", nil), ("2023-02-29", nil), ("1900-02-29", nil),
            ("2024-02-30", nil), ("2024-04-31", nil), ("2024-00-10", nil), ("2024-13-01", nil), ("2024-01-00", nil), ("2024-01-32", nil),
            ("0000-01-01", nil), ("10000-01-01", nil), ("-2024-01-01", nil), ("24-01-01", nil), ("2024-1-1", nil), ("20240115", nil),
            ("2024-10-15T", nil), ("2024-10-15T18", nil), ("2024-10-15T18:30", nil), ("2024-10-15T24:00:00Z", nil),
            ("2024-10-15T18:60:00Z", nil), ("2024-10-15T18:30:60Z", nil), ("2024-10-15T18:30:00.Z", nil),
            ("2024-10-15T18:30:00.1234567890Z", nil), ("2024-10-15T18:30:00,5Z", nil), ("2024-10-15T18:30:00ZZ", nil),
            ("2024-10-15T18:30:00Z ", nil), (" 2024-10-15", nil), ("2024-10-15Z", nil), ("2024-10-15T18:30:00+2", nil),
            ("2024-10-15T18:30:00+24:00", nil), ("2024-10-15T18:30:00+02:60", nil), ("2024-10-15T18:30:00 UTC", nil), ("", nil),
            ("2024-10-1５", nil), ("0001-01-01T00:00:00+00:01", nil), ("9999-12-31T23:59:59-00:01", nil), ("now", nil),
        ] as [(String, Int64?)])
    func reads(text: String, milliseconds: Int64?) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "A time is written in UTC, with milliseconds only if it has some",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_729_017_000_120, "2024-10-15T18:30:00.120Z"),
            (951_868_799_000, "2000-02-29T23:59:59Z"), (.min, "0001-01-01T00:00:00Z"), (.max, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func writes(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    }

    @Test("Two thousand random instants have the fields that Foundation's calendar gives them, and come back from their text")
    func agreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "GMT"))
        var random = SplitMix64(seed: 42)
        // Foundation's calendar is Julian before October 1582.
        let range = Int64(-12_219_206_400_000)...Timestamp.latest.milliseconds
        for _ in 0..<2000 {
            let time = Timestamp(milliseconds: Int64.random(in: range, using: &random))
            let date = Date(timeIntervalSince1970: Double(time.seconds))
            let fields = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let civil = CivilTime(time)
            let found: [Int?] = [civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second]
            let expected = [fields.year, fields.month, fields.day, fields.hour, fields.minute, fields.second]
            #expect(found == expected, "\(time.milliseconds)")
            #expect(Int64(civil.millisecond) == time.milliseconds - time.seconds * 1000)
            #expect(Timestamp(iso8601: time.iso8601) == time)
        }
    }

    @Test("Every day of four hundred years follows the day before it")
    func countsDays() {
        var previous = CivilTime(Timestamp(seconds: 0))
        for day in 1...146_097 {
            let civil = CivilTime(Timestamp(seconds: Int64(day) * 86_400))
            let follows =
                (civil.year, civil.month, civil.day) == (previous.year, previous.month, previous.day + 1)
                || (civil.day == 1 && previous.day >= 28 && civil.month == previous.month + 1 && civil.year == previous.year)
                || (civil.day == 1 && civil.month == 1 && previous.month == 12 && previous.day == 31 && civil.year == previous.year + 1)
            if !follows { Issue.record("day \(day): \(civil) after \(previous)") }
            previous = civil
        }
        let last: [Int] = [previous.year, previous.month, previous.day]
        #expect(last == [2370, 1, 1] as [Int])
    }

    @Test("Seconds are rounded down, before 1970 as well")
    func seconds() {
        #expect([1999, 1000, 999, 0, -1, -1000, -1001].map { Timestamp(milliseconds: $0).seconds } == [1, 1, 0, 0, -1, -1, -2])
        #expect(Timestamp.earliest.seconds == -62_135_596_800)
    }

    @Test("Times and spans stop at the ends of what they can express")
    func clamps() {
        #expect(Timestamp(seconds: .max) == .latest)
        #expect(Timestamp(seconds: .min) == .earliest)
        #expect(Timestamp.latest + .days(1) == .latest)
        #expect(Timestamp.earliest - .days(1) == .earliest)
        #expect(Timestamp.latest - TimeSpan(milliseconds: .min) == .latest)
        #expect(TimeSpan.seconds(.max) == TimeSpan(milliseconds: .max))
        #expect(TimeSpan.seconds(.min) == TimeSpan(milliseconds: .min))
    }

    @Test("Spans of minutes, hours and days that are too long stop at the bound, too")
    func clampsUnits() async {
        await #expect(processExitsWith: .success) {
            let longest = TimeSpan(milliseconds: .max)
            precondition(TimeSpan.minutes(.max) == longest)
            precondition(TimeSpan.hours(.max) == longest)
            precondition(TimeSpan.days(.max) == longest)
        }
    }

    @Test(
        "A span is read from a whole number and a unit",
        arguments: [
            ("90s", 90_000), ("15m", 900_000), ("12h", 43_200_000), ("7d", 604_800_000), ("0s", 0), ("007d", 604_800_000),
            ("3652500d", 315_576_000_000_000), ("3652501d", nil), ("9223372036854775807s", nil), ("99999999999999999999s", nil), ("", nil),
            ("s", nil), ("7", nil), ("7 d", nil), (" 7d", nil), ("7D", nil), ("-7d", nil), ("+7d", nil), ("1.5h", nil), ("7days", nil),
            ("7w", nil), ("٧d", nil), ("7d\u{301}", nil), ("1h30m", nil), ("never", nil),
        ] as [(String, Int64?)])
    func spans(text: String, milliseconds: Int64?) {
        #expect(TimeSpan(text: text)?.milliseconds == milliseconds)
    }
}
