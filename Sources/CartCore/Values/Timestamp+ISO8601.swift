extension Timestamp {
    /// The ISO 8601 form in UTC: `2024-10-15T18:30:00Z`, with `.123` before the `Z` if there are milliseconds.
    public var iso8601: String { String(decoding: iso8601Bytes, as: UTF8.self) }

    var iso8601Bytes: [UInt8] {
        let civil = CivilTime(self)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        bytes.appendDigits(civil.year, width: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDigits(civil.month, width: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDigits(civil.day, width: 2)
        bytes.append(UInt8(ascii: "T"))
        bytes.appendDigits(civil.hour, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(civil.minute, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(civil.second, width: 2)
        if civil.millisecond != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.appendDigits(civil.millisecond, width: 3)
        }
        bytes.append(UInt8(ascii: "Z"))
        return bytes
    }

    /// Reads an ISO 8601 date or date and time.
    ///
    /// Accepted are `2024-10-15`, `2024-10-15T18:30:00`, a space in place of the `T`, a fraction of a second
    /// (kept to the millisecond, the rest is cut), and `Z` or an offset such as `+02:00`. Without a zone the
    /// time is UTC.
    ///
    /// - Returns: nil for any other text and for dates that do not exist.
    public init?(iso8601 text: some StringProtocol) {
        var text = String(text)
        guard let timestamp = text.withUTF8({ Timestamp(iso8601: $0) }) else { return nil }
        self = timestamp
    }

    init?(iso8601 text: UnsafeBufferPointer<UInt8>) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), year >= 1, scanner.skip("-"), let month = scanner.number(2), (1...12).contains(month),
            scanner.skip("-"), let day = scanner.number(2), day >= 1, day <= CivilTime.daysInMonth(year: year, month: month)
        else { return nil }
        var milliseconds = CivilTime.days(year: year, month: month, day: day) * 86_400_000
        if scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") {
            guard let hour = scanner.number(2), hour < 24, scanner.skip(":"), let minute = scanner.number(2), minute < 60,
                scanner.skip(":"), let second = scanner.number(2), second < 60
            else { return nil }
            milliseconds += hour * 3_600_000 + minute * 60_000 + second * 1000
            if scanner.skip(".") {
                guard let fraction = scanner.fraction() else { return nil }
                milliseconds += fraction
            }
            if !(scanner.skip("Z") || scanner.skip("z")), !scanner.isAtEnd {
                let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
                guard sign != 0, let hours = scanner.number(2), hours < 24 else { return nil }
                _ = scanner.skip(":")
                guard let minutes = scanner.number(2), minutes < 60 else { return nil }
                milliseconds -= sign * (hours * 3_600_000 + minutes * 60_000)
            }
        }
        guard scanner.isAtEnd, milliseconds >= Timestamp.earliest.milliseconds, milliseconds <= Timestamp.latest.milliseconds
        else { return nil }
        self.init(milliseconds: Int64(milliseconds))
    }
}

private struct DigitScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        guard index + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<(index + width)] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        index += width
        return value
    }

    /// One to nine digits after the point, as milliseconds.
    mutating func fraction() -> Int? {
        var milliseconds = 0
        var digits = 0
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
            if digits < 3 { milliseconds = milliseconds * 10 + Int(bytes[index] - 0x30) }
            digits += 1
            index += 1
        }
        guard (1...9).contains(digits) else { return nil }
        return digits == 1 ? milliseconds * 100 : digits == 2 ? milliseconds * 10 : milliseconds
    }
}

extension [UInt8] {
    /// Appends a number from 0 up, with zeros in front to the given width.
    mutating func appendDigits(_ value: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
