/// All addresses that begin with the same bits (CIDR, RFC 4632): `192.0.2.0/24`, `2001:db8::/32`, or one address alone.
public struct NetworkRange: Hashable, Sendable {
    /// As it was written; empty for a range that was made of an address.
    public let text: String
    private let isIPv4: Bool
    private let bits: UInt128
    private let prefix: Int

    /// - Returns: nil if the text is no address, or the prefix is longer than the address.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let longest = address.isIPv4 ? 32 : 128
        var prefix = longest
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...longest).contains(given), parts[1].allSatisfy(\.isNumber) else { return nil }
            prefix = given
        }
        self.text = text
        isIPv4 = address.isIPv4
        bits = address.bits
        self.prefix = prefix
    }

    init(_ address: NetworkAddress, prefix: Int) {
        text = ""
        isIPv4 = address.isIPv4
        bits = (address.bits >> (128 - prefix)) << (128 - prefix)
        self.prefix = prefix
    }

    /// Addresses of the other version are never in the range.
    public func contains(_ address: NetworkAddress) -> Bool {
        address.isIPv4 == isIPv4 && (address.bits ^ bits) >> (128 - prefix) == 0
    }
}
