import CartCore
import Synchronization

/// A store in memory that is as simple as the ports allow: what other stores are compared with.
///
/// It keeps to the meaning of the ports and to nothing else. Ids and revisions of carts come from one counter that begins at 1: each
/// write that is done takes the next number, and a new cart's id is the revision of its creation.
public final class InMemoryStore: CartStore, CredentialStore, AuditStore {
    struct StoredCart {
        var record: CartRecord
        /// What the document says, read back once when it is kept; nil if it cannot be read.
        var cart: Cart?
    }

    struct State {
        var carts: [CartKey: StoredCart] = [:]
        var answers: [[UInt8]: (answer: [UInt8], expires: Timestamp)] = [:]
        var lastRevision: Int64 = 0
        var writeCounts = WriteCounts()
        var users: [User] = []
        var keys: [ConsumerKey] = []
        var lastCredentialID: Int64 = 0
        var credentialsRevision: Int64 = 0
        var usage: [Int64: KeyUsageReport] = [:]
        var audit: [AuditEntry] = []
        var events: [(storeID: Int64, event: CartEvent, at: Timestamp)] = []
        var leases: [String: (holder: String, expires: Timestamp)] = [:]
        var notes: [String: [UInt8]] = [:]
        var sessions: [[UInt8]: Session] = [:]
    }

    let state = Mutex(State())
    private let abandonedAfter: TimeSpan

    /// An empty store.
    ///
    /// - Parameters:
    ///   - number: the last one that was taken for an id or revision, so that the next are those of another store.
    ///   - abandonedAfter: ``CartPolicy/abandonedAfter``, for the count of abandoned carts by day.
    public init(countingFrom number: Int64 = 0, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter) {
        self.abandonedAfter = abandonedAfter
        state.withLock { $0.lastRevision = number }
    }

    /// The cart under a key; nil if there is none.
    public func cart(_ key: CartKey) async throws(CartError) -> CartRecord? {
        state.withLock { $0.carts[key]?.record }
    }

    public func newestCart(of ownerID: Int64, in storeID: Int64?) async throws(CartError) -> CartRecord? {
        state.withLock { Array($0.carts.values) }.map(\.record)
            .filter { $0.facts.ownerID == ownerID && $0.facts.holdsItems && $0.facts.storeID == storeID ?? $0.facts.storeID }
            .max { ($0.facts.created, $0.id) < ($1.facts.created, $1.id) }
    }

    /// One page of carts, by looking at every cart there is. A cart whose document is damaged is left out and not counted.
    public func page(_ query: CartQuery) async throws(CartError) -> CartPage {
        let all = state.withLock { Array($0.carts.values) }
        var found: [(record: CartRecord, position: CartPosition)] = []
        for stored in all {
            guard let cart = stored.cart, query.filter.matches(stored.record, cart: cart, at: query.clock) else { continue }
            found.append((stored.record, stored.record.position(in: query.sort.field, of: cart)))
        }
        found.sort { $0.position.precedes($1.position, in: query.sort) }
        let rest =
            switch query.start {
            case .offset(let count): found.dropFirst(max(count, 0))
            case .after(let position): found.drop { !position.precedes($0.position, in: query.sort) }
            }
        let page = rest.prefix(query.limit)
        return CartPage(records: page.map(\.record), total: found.count, next: page.count < rest.count ? page.last?.position : nil)
    }

    /// The next carts by id, by looking at every cart there is.
    public func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord] {
        let found = state.withLock { Array($0.carts.values) }.filter { stored in
            stored.record.id > id && stored.cart.map { filter.matches(stored.record, cart: $0, at: clock) } == true
        }
        return Array(found.map(\.record).sorted { $0.id < $1.id }.prefix(limit))
    }

    /// The ids, by looking at every cart there is.
    public func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64] {
        state.withLock { Array($0.carts.values) }.filter { stored in
            stored.cart.map { filter.matches(stored.record, cart: $0, at: clock) } == true
        }.map(\.record.id).sorted()
    }

    /// Removes one cart after the other, by looking at every cart there is.
    public func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? {
        state.withLock { state in
            if let lease, !state.take(lease, at: author.now) { return nil }
            let due = state.carts.values.filter { stored in
                ids.contains(stored.record.id) && stored.cart.map { filter.matches(stored.record, cart: $0, at: clock) } == true
            }
            for stored in due.sorted(by: { $0.record.id < $1.record.id }) {
                guard let key = stored.cart?.key else { continue }
                _ = state.apply(.delete(key, revision: nil), by: author, abandonedAfter: abandonedAfter)
            }
            return due.count
        }
    }

    /// The number of the last write.
    public func revision() async throws(CartError) -> Int64 { state.withLock { $0.lastRevision } }

    /// Writes in order, all of them at one moment.
    public func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult] {
        state.withLock { state in
            state.countWrite()
            return changes.map { state.apply($0, by: author, abandonedAfter: abandonedAfter) }
        }
    }

    /// Writes and keeps the answer at one moment.
    public func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult {
        state.withLock { state in
            state.countWrite()
            if let kept = state.answers[request.id], kept.expires > request.now { return .repeated(answer: kept.answer) }
            let results = changes.map { state.apply($0, by: author, abandonedAfter: abandonedAfter) }
            state.answers[request.id] = answer(results).map { ($0, request.expires) }
            return .done(results)
        }
    }

    /// Writes one cart after the other.
    public func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int? {
        state.withLock { state in
            guard state.carts.isEmpty else { return nil }
            let entries = state.audit.count
            while case let carts = next(), !carts.isEmpty {
                for cart in carts {
                    _ = state.apply(.save(cart, wasAbandoned: false, replacing: nil), by: author, abandonedAfter: abandonedAfter)
                }
            }
            state.audit.removeSubrange(entries...)
            if !state.carts.isEmpty { state.note(.fill(count: state.carts.count, by: author)) }
            return state.carts.count
        }
    }

    /// Each write of carts is a transaction of its own.
    public var writeCounts: WriteCounts { state.withLock { $0.writeCounts } }

    /// Returns always.
    public func check() async throws(CartError) {}

    /// There is nothing that could be wrong.
    public func verify() async throws(CartError) -> [String] { [] }

    /// Does nothing; there are never writes that wait.
    public func releaseMemory() {}

    public func close() async {}
}

extension InMemoryStore.State {
    fileprivate mutating func countWrite() { writeCounts.add(1) }

    /// Keeps an entry of the audit trail with the next number.
    mutating func note(_ entry: AuditEntry) {
        lastRevision += 1
        audit.append(entry)
        audit[audit.count - 1].id = lastRevision
    }

    private func summary(_ key: CartKey) -> CartSummary? {
        carts[key].flatMap { stored in stored.cart.map { CartSummary($0, revision: stored.record.revision) } }
    }

    /// Notes what happened to a cart, where it happened.
    private mutating func noteEvents(
        from old: InMemoryStore.StoredCart?, to new: InMemoryStore.StoredCart?, by author: Author, abandonedAfter: TimeSpan
    ) {
        func history(_ stored: InMemoryStore.StoredCart?) -> CartHistory? {
            stored.flatMap { stored in stored.cart.map { CartHistory($0, wasAbandoned: stored.record.wasAbandoned) } }
        }
        let storeID = old?.cart?.storeID ?? new?.cart?.storeID ?? 1
        for (event, moment) in CartHistory.events(from: history(old), to: history(new), at: author.now, abandonedAfter: abandonedAfter) {
            events.append((storeID, event, moment))
        }
    }

    fileprivate mutating func apply(_ change: CartChange, by author: Author, abandonedAfter: TimeSpan) -> CartChangeResult {
        switch change {
        case .save(let cart, _, let wasAbandoned, let expected):
            let standing = carts[cart.key]?.record
            guard standing?.revision == expected else { return .conflict }
            note(
                .cart(cart.key.text, from: summary(cart.key), to: CartSummary(cart, revision: lastRevision + 1), by: author))
            let record = CartRecord(
                id: standing?.id ?? lastRevision, revision: lastRevision, facts: CartFacts(cart, wasAbandoned: wasAbandoned),
                document: cart.document)
            let stored = InMemoryStore.StoredCart(record: record, cart: try? record.cart())
            noteEvents(from: carts[cart.key], to: stored, by: author, abandonedAfter: abandonedAfter)
            carts[cart.key] = stored
            return .saved(id: record.id, revision: record.revision)
        case .delete(let key, let expected):
            guard let standing = carts[key]?.record else { return .notFound }
            if let expected, standing.revision != expected { return .conflict }
            note(.cart(key.text, from: summary(key), to: nil, by: author))
            noteEvents(from: carts[key], to: nil, by: author, abandonedAfter: abandonedAfter)
            carts[key] = nil
            return .deleted(revision: lastRevision)
        }
    }
}
