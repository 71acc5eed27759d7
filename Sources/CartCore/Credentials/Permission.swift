/// What a consumer key may do.
public enum Permission: String, Hashable, Sendable, CaseIterable {
    case read, write
    case readWrite = "read_write"
    /// Everything, and the care of keys and the audit trail.
    case admin

    public var allowsReading: Bool { self != .write }
    public var allowsWriting: Bool { self != .read }
}

/// What a user is in the shop.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case administrator
    case shopManager = "shop_manager"
    case customer

    /// Whether users of the role, and keys of such users, may see carts at all.
    public var mayUseCarts: Bool { self != .customer }
}
