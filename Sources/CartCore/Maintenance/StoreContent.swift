/// What is in a store or in a backup of one, in short.
public struct StoreContent: Hashable, Sendable, CustomStringConvertible {
    public var carts: Int
    /// When the cart was changed that was changed last; nil without carts.
    public var updated: Timestamp?
    /// See ``CartStore/revision()``; 0: nothing was ever written.
    public var revision: Int64
    /// Bytes that everything takes up.
    public var bytes: Int64

    public init(carts: Int, updated: Timestamp?, revision: Int64, bytes: Int64) {
        self.carts = carts
        self.updated = updated
        self.revision = revision
        self.bytes = bytes
    }

    /// For people: `12 carts, the last changed at 2024-10-15T18:30:00Z`.
    public var description: String { "\(carts) carts" + (updated.map { ", the last changed at \($0.iso8601)" } ?? "") }
}
