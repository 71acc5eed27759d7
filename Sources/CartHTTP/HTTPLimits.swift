import CartCore

/// How large the parts of a request may be, and how many connections there may be.
public struct HTTPLimits: Hashable, Sendable {
    /// Bytes of a body.
    public var body = 2 << 20
    /// Bytes of all headers together, and of each.
    public var header = 16 << 10
    /// How many headers.
    public var headerCount = 100
    /// Bytes of the path and query.
    public var url = 8 << 10
    /// Names and values in a query.
    public var queryPairs = 1000
    /// How many objects and arrays of JSON may stand inside each other.
    public var jsonDepth = 64
    /// Connections at once; more wait.
    public var connections = 4096
    /// How long a connection without traffic stays open.
    public var idleTimeout = TimeSpan.seconds(75)

    /// How long the head of a request may take, from its first byte on.
    public var headerTimeout = TimeSpan.seconds(10)
    /// How long the body of a request may take.
    public var bodyTimeout = TimeSpan.seconds(60)
    /// How long a client may take for each part of an answer.
    public var responseTimeout = TimeSpan.seconds(60)
    /// Requests a minute with one key, and from one address; nil: any number.
    public var keyRate: Int?
    public var addressRate: Int?

    public init() {}
}
