import Crypto
import Foundation

/// Removing all carts that a filter finds, in two steps: first somebody looks how many they are, then confirms that number.
public struct BulkDelete: Sendable {
    /// Carts that are removed in one transaction.
    static let batch = 500

    public let filter: CartFilter
    private let store: any CartStore
    private let clock: StateClock

    /// - Parameter clock: the moment of the request and the rule for states.
    public init(_ filter: CartFilter, in store: any CartStore, at clock: StateClock) {
        self.filter = filter
        self.store = store
        self.clock = clock
    }

    /// How many carts the filter finds now.
    public func count() async throws(CartError) -> Int { try await store.page(CartQuery(filter: filter, clock: clock, limit: 1)).total }

    /// What has to be sent to remove so many carts of this filter: the number, and a hash of the conditions. It is no secret, it only
    /// cannot be mistaken for another.
    public func confirmation(count: Int) -> String { "\(count)-\(fingerprint)" }

    /// The number of carts that a confirmation allows.
    ///
    /// - Returns: nil if it is none for this filter.
    public func count(confirmedBy text: String) -> Int? {
        guard let count = Int(text.prefix { $0 != "-" }), text == confirmation(count: count) else { return nil }
        return count
    }

    /// Removes the carts in batches.
    ///
    /// Which they are is seen at one moment; one that no longer meets the filter when its turn comes stays.
    ///
    /// - Parameters:
    ///   - confirmed: how many may be found at most.
    ///   - shouldStop: asked between batches.
    ///   - progress: told after each batch how many are gone.
    /// - Returns: how many were removed.
    /// - Throws: ``CartError`` `.unconfirmed` if more are found than were confirmed, then nothing was removed; `.unavailable`, what was
    ///   removed until then stays removed.
    public func run(
        confirmed: Int, by author: Author, shouldStop: @Sendable () -> Bool = { false }, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(CartError) -> Int {
        let ids = try await store.ids(filter, at: clock)
        guard ids.count <= confirmed else {
            throw CartError(.unconfirmed, "\(ids.count) carts meet the filter now, more than the \(confirmed) that were confirmed.")
        }
        var removed = 0
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            if shouldStop() {
                throw CartError(.unavailable, "\(removed) of \(ids.count) carts are deleted; ask again for the others.", retryAfter: 5)
            }
            let batch = Array(ids[start..<min(start + Self.batch, ids.count)])
            removed += try await store.delete(batch, meeting: filter, at: clock, by: author, under: nil) ?? 0
            progress(removed)
        }
        return removed
    }

    private var fingerprint: String {
        Hex.encode(SHA256.hash(data: Data(filter.canonicalText.utf8)).prefix(8))
    }
}

extension CartFilter {
    /// Every condition in a fixed order: equal filters have equal texts, and different ones different texts.
    fileprivate var canonicalText: String {
        var json = JSONWriter()
        json.beginArray()
        func text(_ value: String?) { if let value { json.string(value) } else { json.null() } }
        func number(_ value: Int64?) { if let value { json.integer(value) } else { json.null() } }
        func flag(_ value: Bool?) { if let value { json.bool(value) } else { json.null() } }
        text(state?.rawValue)
        text(ownerKind?.rawValue)
        number(ownerID)
        text(email)
        text(emailPart)
        switch name {
        case .either(let part):
            text(part)
            text(nil)
        case .both(let first, let last):
            text(first)
            text(last)
        case nil:
            text(nil)
            text(nil)
        }
        text(search)
        text(productIDs.sorted().map(String.init).joined(separator: ","))
        number(Int64(productKinds.rawValue))
        number(Int64(holdsAny.rawValue))
        flag(isEmpty)
        flag(holdsNothing)
        for bounds in [total, productsTotal, created, updated, expires] {
            number(bounds.from)
            number(bounds.to)
        }
        text(source)
        number(storeID)
        flag(hasContact)
        json.endArray()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
