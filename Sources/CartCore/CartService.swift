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

    /// A cart as a write left it.
    public struct Saved: Hashable, Sendable {
        public var record: CartRecord
        public var cart: Cart
        /// At the moment of the write.
        public var state: CartState
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
        if let storeID, record.facts.storeID != storeID { throw .otherStore }
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
    ///   - author: who writes, and when.
    ///   - request: if it was answered before, that answer is given again and nothing is written.
    /// - Throws: ``CartError`` `.invalid`, also for a request that was sent before with another body; `.cartNotFound` if a cart of another
    ///   store stands under the key; `.conflict` if the precondition does not hold; `.tooLarge`; `.unavailable`.
    public func put(
        _ draft: CartDraft, under key: CartKey, if precondition: Precondition = .none, in storeID: Int64?, by author: Author,
        once request: IdempotentRequest? = nil
    ) async throws(CartError) -> Saved {
        if let named = draft.key, named != key { throw .invalid("key", "must be the key of the path") }
        var draft = draft
        if let storeID {
            guard draft.storeID ?? storeID == storeID else { throw .invalid("store_id", "must be \(storeID), the store of the key") }
            draft.storeID = storeID
        }
        let outcome = try await settle(by: author, once: request) { [draft] () throws(CartError) in
            let write = try await prepare(draft, under: key, if: precondition, in: storeID, at: author.now)
            return Attempt(change: write.change) { result in result.flatMap(write.saved).map(WriteOutcome.saved) }
        }
        guard case .saved(let saved) = outcome else { throw .noCart }
        return saved
    }

    /// Writes many carts in one go, each under its own key; equal keys leave the last.
    ///
    /// - Parameters:
    ///   - drafts: those without a key get a random one.
    ///   - author: who writes, and when.
    /// - Returns: for each draft in order, what was done or why not.
    /// - Throws: ``CartError`` `.unavailable`.
    public func put(_ drafts: [CartDraft], by author: Author) async throws(CartError) -> [Result<Saved, CartError>] {
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
                writes.append((place, try await prepare(draft, under: key, if: .none, in: nil, at: author.now)))
            } catch {
                if error.code == .unavailable { throw error }
                results[place] = .failure(error)
            }
        }
        let answers = try await store.apply(writes.map(\.write.change), by: author)
        for ((place, write), answer) in zip(writes, answers) {
            if let saved = write.saved(answer) { results[place] = .success(saved) } else { again.append(place) }
        }
        for place in again.sorted() {
            let draft = drafts[place]
            do {
                results[place] = .success(try await put(draft, under: draft.key ?? CartKey(random: random), in: nil, by: author))
            } catch {
                if error.code == .unavailable { throw error }
                results[place] = .failure(error)
            }
        }
        return results.map { $0 ?? .failure(CartError(.unavailable, "The cart was not written.", retryAfter: 1)) }
    }

    /// Removes a cart, whatever it holds.
    ///
    /// - Parameters:
    ///   - storeID: the one store whose carts the caller may see; nil: all.
    ///   - author: who removes it, and when.
    ///   - request: if it was answered before, that answer is given again and nothing is removed.
    /// - Throws: ``CartError`` `.cartNotFound`; `.conflict` if the precondition does not hold; `.invalid` for a request that was sent before
    ///   with another body; `.unavailable`.
    public func delete(
        _ key: CartKey, if precondition: Precondition = .none, in storeID: Int64?, by author: Author,
        once request: IdempotentRequest? = nil
    ) async throws(CartError) {
        _ = try await settle(by: author, once: request) { () throws(CartError) in
            if case .absent = precondition {
                _ = try await cart(key, in: storeID)
                throw .stands
            }
            var revision: Int64?
            // A cart that the caller may not see is not deleted, even if it takes the place of one that was looked at.
            if storeID != nil { revision = try await cart(key, in: storeID).revision }
            if case .revision(let expected) = precondition {
                guard revision ?? expected == expected else { throw .stale }
                revision = expected
            }
            return Attempt(change: .delete(key, revision: revision)) { result in
                switch result {
                case .deleted: .deleted
                case .notFound: .refused(.cartNotFound)
                case .conflict, .saved, nil: precondition == .none ? nil : .refused(.stale)
                }
            }
        }
    }

    /// Takes out of all carts of an owner what is to be bought, with the coupons and fees, and leaves wish lists and what the shopper has
    /// removed; a cart in which nothing is left is removed.
    ///
    /// - Parameters:
    ///   - ownerID: see ``Owner/id``.
    ///   - storeID: the one store whose carts the caller may see; nil: all.
    ///   - author: who changes them, and when.
    /// - Throws: ``CartError`` `.cartNotFound` if no such cart holds anything to buy; `.conflict` if one is damaged, when all others are
    ///   done; `.unavailable`.
    public func emptyCarts(of ownerID: Int64, in storeID: Int64?, by author: Author) async throws(CartError) {
        var filter = CartFilter()
        filter.ownerID = ownerID
        filter.storeID = storeID
        filter.holdsAny = .cart
        var (isDone, isDamaged) = (false, false)
        var attempts = 0
        var last: Int64 = 0
        while true {
            let records = try await store.carts(filter, at: stateClock(at: author.now), after: last, limit: 100)
            guard let newest = records.last else { break }
            let changes = records.compactMap { emptying($0, at: author.now) }
            if changes.count < records.count { isDamaged = true }
            let results = try await store.apply(changes, by: author)
            if results.contains(where: { $0 != .conflict && $0 != .notFound }) { isDone = true }
            // Carts that changed meanwhile are looked at again; the others of the page are found no more.
            if results.contains(.conflict) {
                attempts += 1
                guard attempts < Self.attempts else { throw .contended }
            } else {
                last = newest.id
            }
        }
        if isDamaged { throw CartError(.conflict, "A cart of the owner is damaged and cannot be emptied.") }
        guard isDone else { throw .noCart }
    }

    /// The change that takes out of a cart what is to be bought; nil if the cart is damaged. With that it begins anew: it is not one that
    /// was abandoned and came back.
    private func emptying(_ record: CartRecord, at now: Timestamp) -> CartChange? {
        guard var cart = try? record.cart() else { return nil }
        cart.items.removeAll { $0.kind == .cart }
        if cart.items.isEmpty { return .delete(cart.key, revision: record.revision) }
        cart.coupons = []
        cart.fees = []
        cart.totals = CartTotals()
        cart.updated = now
        return .save(cart, wasAbandoned: false, replacing: record.revision)
    }

    /// One try at a write: what to change, if anything, and what the result means; nil if it means that the cart changed meanwhile.
    private struct Attempt: Sendable {
        var change: CartChange?
        var outcome: @Sendable (CartChangeResult?) -> WriteOutcome?
    }

    /// Tries until a write is done or refused.
    ///
    /// - Throws: ``CartError``: why it was refused, now or when the request was sent first.
    private func settle(
        by author: Author, once request: IdempotentRequest?, _ prepare: () async throws(CartError) -> Attempt
    ) async throws(CartError) -> WriteOutcome {
        for _ in 0..<Self.attempts {
            let attempt: Attempt
            var refusal: CartError?
            do {
                attempt = try await prepare()
            } catch {
                // What was found in the store is an answer to keep; whether it is the first is known only by asking.
                guard request != nil, let reason = WriteOutcome.Refusal(error) else { throw error }
                refusal = error
                attempt = Attempt(change: nil) { _ in .refused(reason) }
            }
            let changes = attempt.change.map { [$0] } ?? []
            let outcome: WriteOutcome?
            if let request {
                switch try await store.apply(changes, by: author, once: request, answer: { attempt.outcome($0.first)?.kept(for: request) })
                {
                case .done(let results): outcome = attempt.outcome(results.first)
                case .repeated(let answer): outcome = try WriteOutcome(kept: answer, for: request)
                }
            } else {
                outcome = attempt.outcome(try await store.apply(changes, by: author).first)
            }
            if case .refused(let reason) = outcome { throw refusal ?? reason.error }
            if let outcome { return outcome }
        }
        throw .contended
    }

    private func prepare(
        _ draft: CartDraft, under key: CartKey, if precondition: Precondition, in storeID: Int64?, at now: Timestamp
    ) async throws(CartError) -> Write {
        let previous = try await store.cart(key)
        // A cart that the caller may not see is not replaced; that there is one cannot be hidden, since the key is taken.
        if let storeID, let previous, previous.facts.storeID != storeID { throw .otherStore }
        switch precondition {
        case .none: break
        case .absent: if previous != nil { throw .stands }
        case .revision(let expected): if previous?.revision != expected { throw .stale }
        }
        let cart = try draft.completed(key: key, replacing: previous?.facts, policy: policy, now: now, random: random)
        // A cart that is written again with the time of its last change, as by a second import, has not come back.
        let wasAbandoned =
            draft.wasAbandoned || (previous?.wasAbandoned ?? false)
            || previous?.facts.history.abandoned(by: min(now, cart.updated), after: policy.abandonedAfter) != nil
        let document = cart.document
        guard document.count <= policy.largestDocument else {
            throw CartError(.tooLarge, "With all that is filled in the cart is larger than \(policy.largestDocument) bytes.")
        }
        let state = cart.state(at: now, wasAbandoned: wasAbandoned, abandonedAfter: policy.abandonedAfter)
        return Write(cart: cart, document: document, state: state, wasAbandoned: wasAbandoned, replacing: previous?.revision)
    }
}

/// A cart that is ready to be written over the one that was read.
private struct Write: Sendable {
    let cart: Cart
    let document: [UInt8]
    let state: CartState
    let wasAbandoned: Bool
    let replacing: Int64?

    var change: CartChange { .save(cart, document: document, wasAbandoned: wasAbandoned, replacing: replacing) }

    /// nil if the cart changed meanwhile.
    func saved(_ result: CartChangeResult) -> CartService.Saved? {
        guard case .saved(let id, let revision) = result else { return nil }
        let record = CartRecord(id: id, revision: revision, facts: CartFacts(cart, wasAbandoned: wasAbandoned), document: document)
        return CartService.Saved(record: record, cart: cart, state: state, isNew: replacing == nil)
    }
}

extension CartError {
    static let noCart = CartError(.cartNotFound, "There is no such cart.")
    /// The same to whoever asks.
    static let otherStore = CartError(.cartNotFound, noCart.reason, hiddenReason: "cart of a store that the key may not see")
    static let contended = CartError(.unavailable, "The cart is written to by too many at once.", retryAfter: 1)
    static let stands = CartError(.conflict, "There is a cart under this key.")
    static let stale = CartError(.conflict, "The cart is not at the revision that was named.")
}
