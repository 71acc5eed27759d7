/// The key under which a cart is stored and fetched: 1 to 42 of `A…Z a…z 0…9 _ -`, compared byte by byte.
public struct CartKey: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Returns: nil if the text has another length or another character.
    public init?(_ text: String) {
        var text = text
        guard (1...42).contains(text.utf8.count), text.withUTF8({ $0.allSatisfy(Self.isAllowed) }) else { return nil }
        self.text = text
    }

    /// A new key of 128 random bits in 32 hexadecimal digits.
    public init(random: some RandomSource) {
        text = Hex.encode(random.bytes(16))
    }

    public var description: String { text }

    /// Whether a text can be a part of some key.
    public static func canHold(_ part: String) -> Bool { part.utf8.allSatisfy(isAllowed) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
