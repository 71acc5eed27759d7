/// A form to fill in: `#` is a digit, `?` a letter, `*` a house number, `@` the street; all else stands for itself.
struct Pattern: Sendable {
    private let bytes: [UInt8]
    private static let letters = Array("ABCDEFGHJKLNPRSTUVWXYZ".utf8)

    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    func filled(street: String = "", using random: inout SplitMix64) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + street.utf8.count + 3)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "#"): text.append(UInt8(ascii: "0") + UInt8(random.below(10)))
            case UInt8(ascii: "?"): text.append(random.pick(Self.letters))
            case UInt8(ascii: "*"): text.append(contentsOf: String(1 + random.below(180)).utf8)
            case UInt8(ascii: "@"): text.append(contentsOf: street.utf8)
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
