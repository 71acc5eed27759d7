/// Whose cart it is: a registered customer's or a guest's.
///
/// Both are numbers in one range, as in CS-Cart: customers 1…2^31 − 1, guests 2^31…2^32 − 1.
public struct Owner: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case guest, customer
    }

    public let id: Int64

    public static let firstGuest: Int64 = 1 << 31
    static let lastGuest: Int64 = (1 << 32) - 1

    /// - Returns: nil outside 1…2^32 − 1.
    public init?(id: Int64) {
        guard (1...Self.lastGuest).contains(id) else { return nil }
        self.id = id
    }

    /// A new guest with a random number.
    public init(randomGuest random: some RandomSource) {
        let bits = random.bytes(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        id = Self.firstGuest | (bits & (Self.firstGuest - 1))
    }

    public var kind: Kind { id >= Self.firstGuest ? .guest : .customer }
}
