/// What can be changed of a user.
public enum UserChange: Hashable, Sendable {
    /// The user's keys can do no more than the new role allows, from the next request on.
    case role(Role)
    case password(PasswordHash)

    /// What the audit trail calls it.
    public var action: AuditAction {
        switch self {
        case .role: .userRole
        case .password: .userPassword
        }
    }
}

extension User {
    /// The user after a change.
    public func changed(_ change: UserChange) -> User {
        var user = self
        switch change {
        case .role(let role): user.role = role
        case .password(let hash): user.password = hash
        }
        return user
    }
}
