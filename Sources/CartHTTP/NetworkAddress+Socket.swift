import CartCore
import NIOCore

extension NetworkAddress {
    /// - Returns: nil for a socket in the file system.
    init?(_ socket: SocketAddress) {
        // Behind family and port stands the address of IPv4; with IPv6 the flow comes before it.
        switch socket {
        case .v4(let address): self.init(ipv4: withUnsafeBytes(of: address.address) { Self.number($0[4..<8]) })
        case .v6(let address): self.init(ipv6: withUnsafeBytes(of: address.address) { Self.number($0[8..<24]) })
        case .unixDomainSocket: return nil
        }
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: Slice<UnsafeRawBufferPointer>) -> Number {
        bytes.reduce(0) { $0 << 8 | Number($1) }
    }
}
