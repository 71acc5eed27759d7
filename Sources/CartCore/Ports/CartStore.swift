/// A cart as a store holds it: its document and what the store knows besides.
public struct CartRecord: Hashable, Sendable {
    /// Rises with every cart that is created; never used twice.
    public var id: Int64
    /// Rises store-wide with every write; never used twice.
    public var revision: Int64
    public var facts: CartFacts
    /// What ``Cart/document`` wrote.
    public var document: [UInt8]

    public init(id: Int64, revision: Int64, facts: CartFacts, document: [UInt8]) {
        self.id = id
        self.revision = revision
        self.facts = facts
        self.document = document
    }

    /// See ``Cart/wasAbandoned(by:after:)``.
    public var wasAbandoned: Bool { facts.wasAbandoned }

    /// The state of the cart at a moment.
    public func state(at clock: StateClock) -> CartState {
        CartState(isConverted: facts.isConverted, holdsItems: facts.holdsItems, facts.history, at: clock)
    }

    /// The cart, taken from its document.
    ///
    /// - Throws: ``CartError`` `.unavailable` if the document is damaged.
    public func cart() throws(CartError) -> Cart {
        do {
            return try Cart(storedDocument: document)
        } catch {
            throw Self.damaged(id)
        }
    }

    static func damaged(_ id: Int64) -> CartError {
        CartError(.unavailable, "The document of the cart with the number \(id) is damaged; replace or delete the cart.")
    }

    /// The document as answers show it: with the number, the revision and the state in front, the rest as it is stored.
    public func answer(state: CartState) -> [UInt8] {
        var json = JSONWriter(capacity: document.count + 128)
        write(state: state, to: &json)
        return json.bytes
    }

    /// Writes what ``answer(state:)`` gives.
    public func write(state: CartState, to json: inout JSONWriter) {
        json.beginObject()
        json.name("id")
        json.integer(id)
        json.name("revision")
        json.integer(revision)
        json.name("state")
        json.string(state.rawValue)
        json.endObject(withMembersOf: document)
    }
}

/// One write, done whole or not at all.
public enum CartChange: Sendable {
    /// Keeps a cart under its key. `document` is ``Cart/document``, `replacing` the revision of the cart it replaces; nil: there must be
    /// none.
    case save(Cart, document: [UInt8], wasAbandoned: Bool, replacing: Int64?)
    /// Removes a cart. `revision` is the one that it must have; nil: any.
    case delete(CartKey, revision: Int64?)
}

extension CartChange {
    public static func save(_ cart: Cart, wasAbandoned: Bool, replacing revision: Int64?) -> CartChange {
        .save(cart, document: cart.document, wasAbandoned: wasAbandoned, replacing: revision)
    }
}

/// What became of a ``CartChange``.
public enum CartChangeResult: Hashable, Sendable {
    case saved(id: Int64, revision: Int64)
    case deleted(revision: Int64)
    /// The cart stands at another revision, or stands although it must not.
    case conflict
    /// There is no such cart.
    case notFound
}

/// Where carts are kept: loads, saves, lists, counts and deletes. All rules live above this port.
///
/// Every method throws ``CartError`` `.unavailable` if the store cannot be reached or cannot write, and nothing else; an empty answer
/// always means that there is nothing.
public protocol CartStore: Sendable {
    /// The cart under a key; nil if there is none.
    func cart(_ key: CartKey) async throws(CartError) -> CartRecord?

    /// The newest of an owner's carts that hold something to buy, of those created at one moment the one with the highest id; nil if there
    /// is none.
    ///
    /// - Parameter storeID: the one store that is looked at; nil: all.
    func newestCart(of ownerID: Int64, in storeID: Int64?) async throws(CartError) -> CartRecord?

    /// One page of carts and the exact total, both seen at one moment.
    func page(_ query: CartQuery) async throws(CartError) -> CartPage

    /// The next carts that meet a filter, in the order of their ids: for going through all of them, with the id of the last one seen,
    /// at the cost of one walk. Whoever does so sees every cart that stands throughout exactly once.
    ///
    /// - Parameters:
    ///   - id: the carts begin behind this one, whether or not it still stands; 0 for the first.
    ///   - limit: 1…1000 carts at most; there may be fewer although more follow, if they are large.
    /// - Returns: none only if none follow.
    func carts(_ filter: CartFilter, at clock: StateClock, after id: Int64, limit: Int) async throws(CartError) -> [CartRecord]

    /// The ids of all carts that meet a filter, ascending, seen at one moment.
    func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64]

    /// Removes those of some carts that still meet a filter, in one transaction, each with its entry in the audit trail.
    ///
    /// - Parameters:
    ///   - ids: 500 at most.
    ///   - lease: is renewed in the same transaction; nil: none is needed.
    /// - Returns: how many were removed; nil if another has the lease, then nothing was done.
    func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int?

    /// Writes, each whole or not at all, in order; the answers stand in the same order.
    ///
    /// When it returns, the changes that were done are durable, each with its entry in the audit trail, whose id is the revision of
    /// the change.
    func apply(_ changes: [CartChange], by author: Author) async throws(CartError) -> [CartChangeResult]

    /// Writes as ``apply(_:by:)`` does, unless the request was answered before, and keeps its answer in the same transaction.
    ///
    /// Of requests with the same id that come at once, one is done and the others are repeated. After
    /// ``IdempotentRequest/expires`` the answer is as if it had never been kept.
    ///
    /// - Parameters:
    ///   - changes: none to keep an answer alone.
    ///   - answer: makes the answer to keep from the results; nil keeps none. It may be called more than once, and must do nothing
    ///     else.
    func apply(
        _ changes: [CartChange], by author: Author, once request: IdempotentRequest,
        answer: @escaping @Sendable ([CartChangeResult]) -> [UInt8]?
    ) async throws(CartError) -> OnceResult

    /// Fills an empty store with new carts, in one transaction and as fast as the store can; in the audit trail it is one entry.
    ///
    /// - Parameter next: gives the next carts each time it is called, and none at the end. All keys must differ.
    /// - Returns: how many were written; nil if there are carts already, then nothing was done.
    func fill(_ next: @escaping @Sendable () -> [Cart], by author: Author) async throws(CartError) -> Int?

    /// The number of the last write; see ``CartRecord/revision``.
    func revision() async throws(CartError) -> Int64

    /// Counts all carts, at one moment. It costs as much as there are carts, so no request should wait for it.
    ///
    /// - Parameter days: when each of the days begins that events are counted for, ascending; the last ends with `clock.now`. Zones of
    ///   time differ by whole quarters of an hour; so must these moments.
    /// - Returns: the figures of each store that has carts, or of whose carts there are events on those days.
    func statistics(at clock: StateClock, days: [Timestamp]) async throws(CartError) -> [Int64: CartStatistics]

    /// Forgets the events that were counted for the statistics before a moment.
    func forgetEvents(before moment: Timestamp) async throws(CartError)

    /// What this process has written so far.
    var writeCounts: WriteCounts { get }

    /// Returns if the store can be read.
    func check() async throws(CartError)

    /// Looks whether what is kept is whole; it reads everything.
    ///
    /// - Returns: a sentence for each thing that is wrong, at most some; none if all is well.
    func verify() async throws(CartError) -> [String]

    /// Gives back the memory that is kept to be faster only; called every few seconds.
    func releaseMemory()

    /// Stops accepting writes, and returns when those that waited are done.
    func close() async
}

/// How many requests to write shared how many transactions, since the store was opened.
public struct WriteCounts: Hashable, Sendable {
    /// Transactions that are on disk.
    public var commits = 0
    /// Requests to write that they were made of.
    public var writes = 0
    /// How many transactions were made of at most as many requests as the bound of the same place, and of more than the one before it.
    public var sizes = [Int](repeating: 0, count: bounds.count + 1)

    /// Upper bounds of ``sizes``; behind the last stands what is larger.
    public static let bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500]

    public init() {}

    /// Counts a transaction of so many requests.
    public mutating func add(_ requests: Int) {
        commits += 1
        writes += requests
        sizes[Self.bounds.firstIndex { requests <= $0 } ?? Self.bounds.count] += 1
    }
}

/// Everything that is kept: carts, who may use them, who has signed in, who did what, and what processes agree on.
public typealias Store = CartStore & CredentialStore & SessionStore & AuditStore & CoordinationStore
