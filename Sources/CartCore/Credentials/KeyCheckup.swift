/// What is worth knowing of a key before it becomes trouble.
public enum KeyConcern: Hashable, Sendable {
    /// It will be disabled, since nobody uses it, or expires.
    case willBeDisabled(at: Timestamp)
    case willExpire(at: Timestamp)
    case neverUsed(since: Timestamp)
    case neverExpires
    /// So many addresses used it in the last month: it may have been passed on.
    case manyAddresses(Int)
    /// A page in a browser used it, so everybody who opens the page can read its secret.
    case usedByPage(last: Timestamp)
    /// Its user's role does not allow what the key is for.
    case userMayNot

    /// How far ahead is looked, and how long a new key may rest.
    static let horizon = TimeSpan.days(14)
    /// Addresses that a key may be used from without a word.
    static let fewAddresses = 10
    private static let month = TimeSpan.days(30)

    /// The concerns about a key that can be used; none about others.
    ///
    /// - Parameters:
    ///   - disabledAfter: how long a key may rest; nil: for ever.
    ///   - now: the moment of the question.
    public static func all(
        about entry: KeyAndUser, _ usage: KeyUsageReport, disabledAfter: TimeSpan?, at now: Timestamp
    ) -> [KeyConcern] {
        let key = entry.key
        guard key.state(at: now) == .active else { return [] }
        var concerns: [KeyConcern] = []
        if let disabledAfter, key.idleSince + disabledAfter < now + horizon {
            concerns.append(.willBeDisabled(at: key.idleSince + disabledAfter))
        }
        if let expires = key.expires {
            if expires < now + horizon { concerns.append(.willExpire(at: expires)) }
        } else {
            concerns.append(.neverExpires)
        }
        if key.lastAccess == nil, key.created + horizon < now { concerns.append(.neverUsed(since: key.created)) }
        let addresses = usage.addresses.values.count { $0 + month > now }
        if addresses > fewAddresses { concerns.append(.manyAddresses(addresses)) }
        if let last = key.lastFromPage, last + month > now { concerns.append(.usedByPage(last: last)) }
        let isAllowed = key.permission == .admin ? entry.user.role == .administrator : entry.user.role.mayUseCarts
        if !isAllowed { concerns.append(.userMayNot) }
        return concerns
    }
}
