/// Where the audit trail is kept. Entries about changes are written by the methods that make the change, in its transaction; here the
/// trail is read, added to by what is no change, and cut.
///
/// Every method throws ``CartError`` `.unavailable` if the store cannot be reached or cannot write, and nothing else.
public protocol AuditStore: Sendable {
    /// One page of the trail and the exact total, both seen at one moment.
    func audit(_ query: AuditQuery) async throws(CartError) -> AuditPage

    /// The entries behind one in the order in which they were written, at most `limit`: since the entry of a cart's write has its
    /// revision for an id, this is the feed of all changes.
    ///
    /// - Parameter id: of the last entry that was seen, whether or not it still stands.
    func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry]

    /// Keeps entries, each with an id that the store chooses.
    func add(_ entries: [AuditEntry]) async throws(CartError)

    /// Removes the oldest entries, at most `limit` in all: those from before `moment`, and of refused calls those beyond the newest
    /// ``AuditEntry/mostRefusals``, so that nobody who is refused can fill the disk.
    ///
    /// - Returns: how many were removed; fewer than `limit` if no more are left.
    func forgetAudit(before moment: Timestamp, limit: Int) async throws(CartError) -> Int
}
