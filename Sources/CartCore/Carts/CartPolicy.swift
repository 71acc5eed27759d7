/// The shop's rules for carts that do not bring their own.
public struct CartPolicy: Hashable, Sendable {
    /// How long a guest's cart lives after its last change.
    public var guestLifetime: TimeSpan
    /// How long a customer's cart lives after its last change.
    public var customerLifetime: TimeSpan
    /// How long a cart with items rests unchanged before it counts as abandoned.
    public var abandonedAfter: TimeSpan
    public var currency: Currency
    /// Bytes of a cart's document with everything that was filled in, so that what was read can be written back.
    public var largestDocument = 2 << 20

    /// The longest lifetime that can be set.
    public static let longestLifetime = TimeSpan.days(30)

    public init(
        guestLifetime: TimeSpan = .days(2), customerLifetime: TimeSpan = .days(7), abandonedAfter: TimeSpan = .hours(1),
        currency: Currency = .usd
    ) {
        self.guestLifetime = guestLifetime
        self.customerLifetime = customerLifetime
        self.abandonedAfter = abandonedAfter
        self.currency = currency
    }

    /// How long an owner's cart lives after its last change.
    public func lifetime(of owner: Owner) -> TimeSpan {
        owner.kind == .guest ? guestLifetime : customerLifetime
    }
}
