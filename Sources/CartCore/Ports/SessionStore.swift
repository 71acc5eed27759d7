/// Somebody who has signed in to the dashboard.
public struct Session: Hashable, Sendable {
    /// How long one may work before signing in again.
    public static let lifetime = TimeSpan.hours(12)

    /// The SHA-256 of the secret that the browser has.
    public var id: [UInt8]
    public var userID: Int64
    public var created: Timestamp
    public var expires: Timestamp

    public init(id: [UInt8], userID: Int64, created: Timestamp, expires: Timestamp) {
        self.id = id
        self.userID = userID
        self.created = created
        self.expires = expires
    }
}

/// Where it is kept who has signed in, so that every process of a store knows.
///
/// Every method throws ``CartError`` `.unavailable` if the store cannot be reached or cannot write, and nothing else.
public protocol SessionStore: Sendable {
    /// Begins a session; the audit trail tells of it.
    func insert(_ session: Session, by author: Author) async throws(CartError)
    /// A session and its user as the user is now; nil if there is none, or it has expired. A user who is deleted or whose password is
    /// changed has no sessions any more.
    func session(_ id: [UInt8], at now: Timestamp) async throws(CartError) -> (session: Session, user: User)?
    /// Ends a session, if there is one; the audit trail tells of it.
    func deleteSession(_ id: [UInt8], by author: Author) async throws(CartError)
}
