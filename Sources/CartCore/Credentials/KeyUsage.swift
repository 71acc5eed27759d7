/// What kind of work a request asks for.
public enum RequestKind: String, Hashable, Sendable, CaseIterable {
    /// Many carts at once.
    case list
    /// One thing.
    case read
    case write, delete
    /// Keys and the audit trail.
    case manage
}

/// The use of one key that has not been added to its record yet.
public struct KeyUsage: Hashable, Sendable {
    /// What requests are counted by.
    public struct Count: Hashable, Sendable {
        /// ``Timestamp/day``
        public var day: Int64
        public var kind: RequestKind

        public init(day: Int64, kind: RequestKind) {
            self.day = day
            self.kind = kind
        }
    }

    public var keyID: Int64
    public var requests: [Count: Int64]
    public var lastAccess: Timestamp
    /// When a page in a browser used the key; nil: it did not.
    public var lastFromPage: Timestamp?
    /// From where the key was used, and when last.
    public var addresses: [NetworkAddress: Timestamp]

    public init(
        keyID: Int64, requests: [Count: Int64] = [:], lastAccess: Timestamp, lastFromPage: Timestamp? = nil,
        addresses: [NetworkAddress: Timestamp] = [:]
    ) {
        self.keyID = keyID
        self.requests = requests
        self.lastAccess = lastAccess
        self.lastFromPage = lastFromPage
        self.addresses = addresses
    }

    /// All of ``requests``.
    public var total: Int64 { requests.values.reduce(0, +) }

    /// The address of the last request; nil if none has one.
    public var lastAddress: NetworkAddress? { addresses.max { ($0.value, $0.key.bits) < ($1.value, $1.key.bits) }?.key }

    func adding(_ later: KeyUsage) -> KeyUsage {
        var sum = self
        sum.requests.merge(later.requests, uniquingKeysWith: +)
        sum.lastAccess = max(lastAccess, later.lastAccess)
        sum.lastFromPage = [lastFromPage, later.lastFromPage].compactMap(\.self).max()
        sum.addresses.merge(later.addresses, uniquingKeysWith: max)
        return sum
    }
}

/// How a key was used, as far back as its store remembers.
public struct KeyUsageReport: Hashable, Sendable {
    /// Addresses of a key that a store remembers: those of the newest requests.
    public static let mostAddresses = 20

    /// Requests by day and kind; days without requests are left out.
    public var requests: [KeyUsage.Count: Int64]
    /// The addresses that the key was used from lately, and when last.
    public var addresses: [NetworkAddress: Timestamp]

    public init(requests: [KeyUsage.Count: Int64] = [:], addresses: [NetworkAddress: Timestamp] = [:]) {
        self.requests = requests
        self.addresses = addresses
    }
}
