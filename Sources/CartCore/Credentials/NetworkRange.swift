import Foundation

/// An IPv4 or IPv6 address. One of IPv4 that is written as IPv6 (`::ffff:192.0.2.1`) is the same as the plain one.
public struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    /// - Returns: nil if the text is no address.
    public init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
        } else {
            return nil
        }
    }

    /// Whether it is one of the machine itself.
    public var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// The addresses that one customer of a network has: this one, or the /64 of an IPv6 address.
    public var household: NetworkRange { NetworkRange(self, prefix: bytes.count == 4 ? 32 : 64) }
}

/// All addresses that begin with the same bits (CIDR, RFC 4632): `192.0.2.0/24`, `2001:db8::/32`, or one address alone.
public struct NetworkRange: Hashable, Sendable {
    /// As it was written.
    public let text: String
    private let bytes: [UInt8]
    private let prefix: Int

    /// - Returns: nil if the text is no address, or the prefix is longer than the address.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let bits = address.bytes.count * 8
        var prefix = bits
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...bits).contains(given), parts[1].allSatisfy(\.isNumber) else { return nil }
            prefix = given
        }
        self.text = text
        bytes = address.bytes
        self.prefix = prefix
    }

    fileprivate init(_ address: NetworkAddress, prefix: Int) {
        bytes = address.bytes.enumerated().map { $0.offset * 8 < prefix ? $0.element : 0 }
        self.prefix = prefix
        text = ""
    }

    /// Addresses of the other version are never in the range.
    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        let whole = prefix / 8
        guard address.bytes.prefix(whole).elementsEqual(bytes.prefix(whole)) else { return false }
        let rest = prefix % 8
        return rest == 0 || (address.bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }
}
