/// The parameters of a query string, in the order in which they were sent.
///
/// `+` is a space and `%XX` a byte; bytes that are no UTF-8 become U+FFFD, a `%` that begins no escape stays as it is.
public struct QueryParameters: Sendable {
    public private(set) var pairs: [(name: String, value: String)] = []

    /// - Parameter query: what follows the `?`; nil is the same as empty.
    public init(_ query: String?) {
        guard let query, !query.isEmpty else { return }
        for part in query.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            pairs.append((Self.decode(halves[0]), halves.count == 2 ? Self.decode(halves[1]) : ""))
        }
    }

    /// The value of a parameter; if it was given several times, the last.
    public subscript(name: String) -> String? { pairs.last { $0.name == name }?.value }

    /// Whether a parameter was sent whose name begins with this.
    func mayHold(_ name: String) -> Bool { pairs.contains { $0.name.utf8.starts(with: name.utf8) } }

    /// Whether the parameter was sent as a list, as in `name[]=1` or `name[0]=1`.
    public func isList(_ name: String) -> Bool { pairs.contains { $0.name.hasPrefix(name + "[") } }

    /// The values of a parameter that may be sent once or as a list.
    public func list(_ name: String) -> [String] {
        pairs.filter { $0.name == name || $0.name.hasPrefix(name + "[") }.map(\.value)
    }

    /// Decodes one name or value.
    public static func decode(_ text: some Collection<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                if digits.count == 2, digits.allSatisfy(isHexDigit), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes one name or value so that it means itself.
    public static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
