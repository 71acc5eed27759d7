/// What can be done with carts: the rules of the shop above the port of the store.
public struct CartService: Sendable {
    /// What a write asks of the cart that stands under its key.
    public enum Precondition: Hashable, Sendable {
        case none
        /// There must be no cart.
        case absent
        /// The cart must be at this revision.
        case revision(Int64)
    }

    /// What a write did.
    public struct Saved: Sendable {
        public var record: CartRecord
        public var cart: Cart
        public var isNew: Bool
    }

    /// How often a write without a precondition is tried against others on the same cart.
    private static let attempts = 100

    public let store: any CartStore
    public let policy: CartPolicy
    private let random: any RandomSource

    public init(store: any CartStore, policy: CartPolicy = CartPolicy(), random: any RandomSource) {
        self.store = store
        self.policy = policy
        self.random = random
    }

    /// A moment with the shop's rule of abandonment.
    public func stateClock(at now: Timestamp) -> StateClock { StateClock(now: now, abandonedAfter: policy.abandonedAfter) }

    /// The cart under a key.
    ///
    /// - Parameter storeID: the one store whose carts the caller may see; nil: all.
    /// - Throws: ``CartError`` `.cartNotFound`, also for a cart of another store, `.unavailable`.
    public func cart(_ key: CartKey, in storeID: Int64?) async throws(CartError) -> CartRecord {
        guard let record = try await store.cart(key) else { throw .noCart }
        if let storeID, try record.cart().storeID != storeID { throw .noCart }
        return record
    }

    /// Writes a cart under a key, whole, and fills in what the client left out.
    ///
    /// A cart that changed between the reading and the writing is read again, so that nothing is written over a cart that was not
    /// seen.
    ///
    /// - Parameters:
    ///   - key: the key of a draft that names none.
    ///   - storeID: the one store whose carts the caller may see; nil: all.
    ///   - now: the moment of the write.
    /// - Throws: ``CartError`` `.invalid`, `.conflict` if the precondition does not hold, `.unavailable`.
    public func put(
        _ draft: CartDraft, under key: CartKey, if precondition: Precondition = .none, in storeID: Int64?, at now: Timestamp
    ) async throws(CartError) -> Saved {
        if let named = draft.key, named != key { throw .invalid("key", "must be the key of the path") }
        var draft = draft
        if let storeID {
            guard draft.storeID ?? storeID == storeID else { throw .invalid("store_id", "must be \(storeID), the store of the key") }
            draft.storeID = storeID
        }
        for _ in 0..<Self.attempts {
            let write = try await prepare(draft, under: key, if: precondition, in: storeID, at: now)
            if let saved = write.saved(try await store.apply([write.change])[0]) { return saved }
        }
        throw .contended
    }

    /// Writes many carts in one go, each under its own key; equal keys leave the last.
    ///
    /// - Parameters:
    ///   - drafts: those without a key get a random one.
    ///   - now: the moment of the writes.
    /// - Returns: for each draft in order, what was done or why not.
    /// - Throws: ``CartError`` `.unavailable`.
    public func put(_ drafts: [CartDraft], at now: Timestamp) async throws(CartError) -> [Result<Saved, CartError>] {
        var results = [Result<Saved, CartError>?](repeating: nil, count: drafts.count)
        var writes: [(place: Int, write: Write)] = []
        var again: [Int] = []
        var keys = Set<CartKey>()
        for (place, draft) in drafts.enumerated() {
            let key = draft.key ?? CartKey(random: random)
            guard keys.insert(key).inserted else {
                again.append(place)
                continue
            }
            do {
                writes.append((place, try await prepare(draft, under: key, if: .none, in: nil, at: now)))
            } catch {
                if error.code == .unavailable { throw error }
                results[place] = .failure(error)
            }
        }
        let answers = try await store.apply(writes.map(\.write.change))
        for ((place, write), answer) in zip(writes, answers) {
            if let saved = write.saved(answer) { results[place] = .success(saved) } else { again.append(place) }
        }
        for place in again.sorted() {
            let draft = drafts[place]
            do {
                results[place] = .success(try await put(draft, under: draft.key ?? CartKey(random: random), in: nil, at: now))
            } catch {
                if error.code == .unavailable { throw error }
                results[place] = .failure(error)
            }
        }
        return results.map { $0 ?? .failure(CartError(.unavailable, "The cart was not written.", retryAfter: 1)) }
    }

    /// Removes a cart, whatever it holds.
    ///
    /// - Parameter storeID: the one store whose carts the caller may see; nil: all.
    /// - Throws: ``CartError`` `.cartNotFound`, `.conflict` if the precondition does not hold, `.unavailable`.
    public func delete(_ key: CartKey, if precondition: Precondition = .none, in storeID: Int64?) async throws(CartError) {
        if case .absent = precondition { throw try await store.cart(key) == nil ? .noCart : .stands }
        for _ in 0..<Self.attempts {
            var revision: Int64?
            // A cart that the caller may not see is not deleted, even if it takes the place of one that was looked at.
            if storeID != nil { revision = try await cart(key, in: storeID).revision }
            if case .revision(let expected) = precondition {
                guard revision ?? expected == expected else { throw .stale }
                revision = expected
            }
            switch try await store.apply([.delete(key, revision: revision)])[0] {
            case .deleted: return
            case .notFound: throw .noCart
            case .conflict where precondition == .none: continue
            case .conflict, .saved: throw .stale
            }
        }
        throw .contended
    }

    private func prepare(
        _ draft: CartDraft, under key: CartKey, if precondition: Precondition, in storeID: Int64?, at now: Timestamp
    ) async throws(CartError) -> Write {
        let previous = try await store.cart(key)
        // A cart that the caller may not see is not replaced; that there is one cannot be hidden, since the key is taken.
        if let storeID, let previous, try previous.cart().storeID != storeID { throw .noCart }
        switch precondition {
        case .none: break
        case .absent: if previous != nil { throw .stands }
        case .revision(let expected): if previous?.revision != expected { throw .stale }
        }
        // A damaged cart is replaced like one that says nothing.
        let replaced = previous.flatMap { try? $0.cart() }
        let cart = try draft.completed(key: key, replacing: replaced, policy: policy, now: now, random: random)
        let wasAbandoned =
            (previous?.wasAbandoned ?? false) || (replaced?.wasAbandoned(by: now, after: policy.abandonedAfter) ?? false)
        return Write(cart: cart, wasAbandoned: wasAbandoned, replacing: previous?.revision)
    }
}

/// A cart that is ready to be written over the one that was read.
private struct Write {
    let cart: Cart
    let wasAbandoned: Bool
    let replacing: Int64?

    var change: CartChange { .save(cart, wasAbandoned: wasAbandoned, replacing: replacing) }

    /// nil if the cart changed meanwhile.
    func saved(_ result: CartChangeResult) -> CartService.Saved? {
        guard case .saved(let id, let revision) = result else { return nil }
        let record = CartRecord(id: id, revision: revision, wasAbandoned: wasAbandoned, document: cart.document)
        return CartService.Saved(record: record, cart: cart, isNew: replacing == nil)
    }
}

extension CartError {
    static let noCart = CartError(.cartNotFound, "There is no such cart.")
    static let contended = CartError(.unavailable, "The cart is written to by too many at once.", retryAfter: 1)
    static let stands = CartError(.conflict, "There is a cart under this key.")
    static let stale = CartError(.conflict, "The cart is not at the revision that was named.")
}
