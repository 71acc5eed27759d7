import Synchronization

/// Counts refused calls in memory, to be written to the audit trail together.
///
/// However many calls are refused, it remembers a bounded number of kinds: beyond ``mostKinds`` they are told apart by reason alone.
public final class RefusalRecorder: Sendable {
    static let mostKinds = 100

    private struct Kind: Hashable {
        var reason: String
        var identity: Author.Identity
        var keyID: Int64?
        var address: NetworkAddress?
    }

    private struct Calls {
        var first: Timestamp
        var last: Timestamp
        var count: Int
    }

    private let pending = Mutex<[Kind: Calls]>([:])

    public init() {}

    /// Counts a call that was refused.
    ///
    /// - Parameters:
    ///   - author: who called; ``Author/Identity/anonymous`` if that was not proved.
    ///   - reason: the true one, from a small set and without anything that the call sent.
    ///   - keyID: the key that was shown, if it exists.
    public func record(_ author: Author, reason: String, keyID: Int64?) {
        let kind = Kind(reason: reason, identity: author.identity, keyID: keyID, address: author.address)
        let others = Kind(reason: reason, identity: .anonymous, keyID: nil, address: nil)
        pending.withLock { pending in
            let kind = pending[kind] == nil && pending.count >= Self.mostKinds ? others : kind
            var calls = pending[kind] ?? Calls(first: author.now, last: author.now, count: 0)
            calls.count += 1
            calls.first = min(calls.first, author.now)
            calls.last = max(calls.last, author.now)
            pending[kind] = calls
        }
    }

    /// Writes what was counted since the last time.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the store cannot write; then nothing is lost and the next call writes it.
    public func flush(to store: any AuditStore) async throws(CartError) {
        let taken = pending.withLock { pending in
            defer { pending.removeAll() }
            return pending
        }
        guard !taken.isEmpty else { return }
        do {
            try await store.add(
                taken.map { kind, calls in
                    AuditEntry.refusals(
                        calls.count, reason: kind.reason, keyID: kind.keyID, until: calls.last,
                        by: Author(kind.identity, from: kind.address, at: calls.first))
                }.sorted { ($0.at, $0.subject) < ($1.at, $1.subject) })
        } catch {
            pending.withLock { pending in
                pending.merge(taken) { later, earlier in
                    Calls(first: min(earlier.first, later.first), last: max(earlier.last, later.last), count: earlier.count + later.count)
                }
            }
            throw error
        }
    }
}
