import Synchronization

/// Counts accepted requests by key in memory, to be written to the store from time to time.
public final class UsageRecorder: Sendable {
    private let pending = Mutex<[Int64: KeyUsage]>([:])

    public init() {}

    func record(keyID: Int64, at now: Timestamp) {
        pending.withLock { pending in
            var usage = pending[keyID] ?? KeyUsage(keyID: keyID, requests: 0, lastAccess: now)
            usage.requests += 1
            usage.lastAccess = max(usage.lastAccess, now)
            pending[keyID] = usage
        }
    }

    /// Writes what was counted since the last time.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the store cannot write; then nothing is lost and the next call writes it.
    public func flush(to store: any CredentialStore) async throws(CartError) {
        let usage = pending.withLock { pending in
            defer { pending.removeAll() }
            return Array(pending.values)
        }
        guard !usage.isEmpty else { return }
        do {
            try await store.add(usage)
        } catch {
            pending.withLock { pending in
                for lost in usage {
                    var sum = pending[lost.keyID] ?? KeyUsage(keyID: lost.keyID, requests: 0, lastAccess: lost.lastAccess)
                    sum.requests += lost.requests
                    sum.lastAccess = max(sum.lastAccess, lost.lastAccess)
                    pending[lost.keyID] = sum
                }
            }
            throw error
        }
    }
}
