import Synchronization

/// Counts the use of keys in memory, to be written to the store from time to time.
public final class UsageRecorder: Sendable {
    /// Addresses of one key that are remembered between two writes.
    private static let mostAddresses = 20

    private let pending = Mutex<[Int64: KeyUsage]>([:])

    public init() {}

    /// Counts a request that was let in.
    ///
    /// - Parameters:
    ///   - kind: what it asked for.
    ///   - isFromPage: whether a page in a browser sent it, as the header `Origin` tells.
    public func record(keyID: Int64, _ kind: RequestKind, from address: NetworkAddress?, isFromPage: Bool, at now: Timestamp) {
        let count = KeyUsage.Count(day: now.day, kind: kind)
        pending.withLock { pending in
            // In its place: a copy would be one of all that it holds.
            Self.add(
                count, from: address, isFromPage: isFromPage, at: now, to: &pending[keyID, default: KeyUsage(keyID: keyID, lastAccess: now)]
            )
        }
    }

    private static func add(
        _ count: KeyUsage.Count, from address: NetworkAddress?, isFromPage: Bool, at now: Timestamp, to usage: inout KeyUsage
    ) {
        usage.requests[count, default: 0] += 1
        usage.lastAccess = max(usage.lastAccess, now)
        if isFromPage { usage.lastFromPage = max(usage.lastFromPage ?? now, now) }
        if let address, usage.addresses[address] != nil || usage.addresses.count < mostAddresses { usage.addresses[address] = now }
    }

    /// Writes what was counted since the last time.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the store cannot write; then nothing is lost and the next call writes it.
    public func flush(to store: any CredentialStore) async throws(CartError) {
        let taken = pending.withLock { pending in
            defer { pending.removeAll() }
            return pending
        }
        guard !taken.isEmpty else { return }
        do {
            try await store.add(Array(taken.values))
        } catch {
            pending.withLock { $0.merge(taken) { later, earlier in earlier.adding(later) } }
            throw error
        }
    }
}
