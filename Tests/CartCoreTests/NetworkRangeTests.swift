import CartCore
import Testing

@Suite("Ranges of addresses")
struct NetworkRangeTests {
    @Test("A household is one address of IPv4 and all of a /64 of IPv6")
    func households() throws {
        func household(_ text: String) throws -> NetworkRange { try #require(NetworkAddress(text)).household }
        #expect(try household("192.0.2.1") != household("192.0.2.2"))
        #expect(try household("192.0.2.1") == household("::ffff:192.0.2.1"))
        #expect(try household("2001:db8::1") == household("2001:db8::ffff:ffff:ffff:ffff"))
        #expect(try household("2001:db8::1") != household("2001:db8:0:1::1"))
    }

    @Test(
        "hold what begins with the same bits, and nothing of the other version",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false), ("10.0.0.0/7", "11.255.0.1", true), ("10.0.0.0/7", "12.0.0.0", false),
            ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("::/0", "2001:db8::1", true), ("192.0.2.0/24", "::ffff:192.0.2.9", true),
        ])
    func contains(range: String, address: String, expected: Bool) throws {
        let range = try #require(NetworkRange(range))
        #expect(range.contains(try #require(NetworkAddress(address))) == expected)
    }

    @Test(
        "are refused where they are none",
        arguments: [
            "", "/", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/", "::/129", "example.com", "1.2.3.4/8/9",
        ])
    func refused(text: String) {
        #expect(NetworkRange(text) == nil)
    }
}
