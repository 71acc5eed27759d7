import Foundation

/// An IPv4 or IPv6 address. One of IPv4 that is written as IPv6 (`::ffff:192.0.2.1`) is the same as the plain one.
public struct NetworkAddress: Hashable, Sendable {
    public let isIPv4: Bool
    /// The address from the highest bit on; one of IPv4 fills the upper 32.
    let bits: UInt128

    /// - Parameter ipv4: the address as a number, its first part in the highest byte.
    public init(ipv4: UInt32) {
        isIPv4 = true
        bits = UInt128(ipv4) << 96
    }

    /// - Parameter ipv6: the address as a number, its first part in the highest bytes.
    public init(ipv6: UInt128) {
        isIPv4 = ipv6 >> 32 == 0xFFFF
        bits = isIPv4 ? ipv6 << 96 : ipv6
    }

    /// - Returns: nil if the text is no address.
    public init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(ipv4: UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self.init(ipv6: withUnsafeBytes(of: v6) { $0.reduce(0) { $0 << 8 | UInt128($1) } })
        } else {
            return nil
        }
    }

    /// Whether it is one of the machine itself.
    public var isLoopback: Bool { isIPv4 ? bits >> 120 == 127 : bits == 1 }

    /// The addresses that one customer of a network has: this one, or the /64 of an IPv6 address.
    public var household: NetworkRange { NetworkRange(self, prefix: isIPv4 ? 32 : 64) }
}

extension NetworkAddress: CustomStringConvertible {
    /// As people write it: `192.0.2.1`, `2001:db8::1`.
    public var description: String {
        let bytes = (0..<(isIPv4 ? 4 : 16)).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * UInt128($0))) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
