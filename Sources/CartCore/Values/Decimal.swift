/// Exact decimals as scaled integers.
public enum Decimal {
    /// Reads a decimal such as `12`, `-0.5` or `1.5e3` as an integer of 10^−digits.
    ///
    /// - Parameter digits: 0…9 digits after the point that are kept.
    /// - Returns: nil if the text is no decimal, has more significant digits after the point, or does not fit.
    public static func scaled(_ text: some StringProtocol, by digits: Int) -> Int64? {
        var mantissa: Int64 = 0
        var exponent = 0
        // Zeros after the point count only if another digit follows.
        var zeros = 0
        var seenDigits = false
        var seenPoint = false
        var rest = Substring(text).utf8
        var negative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else if byte == 0x30, seenPoint {
                seenDigits = true
                zeros += 1
            } else if byte >= 0x30, byte <= 0x39 {
                seenDigits = true
                for digit in repeatElement(0, count: mantissa == 0 ? 0 : zeros) + [Int64(byte - 0x30)] {
                    let (tens, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                    let (sum, carry) = tens.addingReportingOverflow(negative ? -digit : digit)
                    guard !overflow, !carry else { return nil }
                    mantissa = sum
                }
                if seenPoint { exponent -= zeros + 1 }
                zeros = 0
            } else {
                break
            }
            rest.removeFirst()
        }
        guard seenDigits else { return nil }
        if let byte = rest.first {
            guard byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") else { return nil }
            rest.removeFirst()
            guard let power = Int(Substring(rest)), (-400...400).contains(power) else { return nil }
            exponent += power
        }
        exponent += digits
        while exponent < 0 {
            guard mantissa % 10 == 0 else { return nil }
            mantissa /= 10
            exponent += 1
            if mantissa == 0 { break }
        }
        while exponent > 0, mantissa != 0 {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            mantissa = product
            exponent -= 1
        }
        return mantissa
    }

    /// The shortest decimal of an integer of 10^−digits: no zeros at the end, no point without a fraction.
    public static func shortest(_ value: Int64, digits: Int) -> String {
        var digits = digits
        var magnitude = value.magnitude
        while digits > 0, magnitude % 10 == 0 {
            magnitude /= 10
            digits -= 1
        }
        let text = String(magnitude)
        let sign = value < 0 ? "-" : ""
        guard digits > 0 else { return sign + text }
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
