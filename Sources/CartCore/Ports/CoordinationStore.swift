/// The right to do some work alone, among all processes of a store, for as long as it lasts.
public struct Lease: Hashable, Sendable {
    /// What is to be done, such as `sweep`.
    public var name: String
    /// Who has it: a text that nobody else has.
    public var holder: String
    /// How long it lasts after it was taken or renewed: whoever dies keeps the others waiting for so long.
    public var duration: TimeSpan

    public init(name: String, holder: String, duration: TimeSpan) {
        self.name = name
        self.holder = holder
        self.duration = duration
    }
}

/// What the processes of one store agree on: who does what alone, and what the last one found.
///
/// Every method throws ``CartError`` `.unavailable` if the store cannot be reached or cannot write, and nothing else.
public protocol CoordinationStore: Sendable {
    /// Takes a lease that nobody holds, or renews one's own.
    ///
    /// - Returns: false if another has it.
    func take(_ lease: Lease, at now: Timestamp) async throws(CartError) -> Bool
    /// Gives a lease back, if one has it.
    func giveBack(_ lease: Lease) async throws(CartError)

    /// Leaves word for the other processes and for later, over what was left under this name before.
    func leave(_ note: [UInt8], as name: String) async throws(CartError)
    /// What was left under a name last; nil if there is nothing.
    func note(_ name: String) async throws(CartError) -> [UInt8]?

    /// Forgets what has run out: answers kept for repetitions, and sessions. At most `limit` of each.
    ///
    /// - Returns: how many were forgotten; fewer than `limit` if no more are left.
    func forgetExpired(at now: Timestamp, limit: Int) async throws(CartError) -> Int
}
