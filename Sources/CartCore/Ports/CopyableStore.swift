/// A store whose rows can be read as they are kept, and written as they were read: for taking everything over from one store to another.
///
/// How far a copy into a store has come stands in that store, as a note of the name ``StoreCopy/noteName``, which is no row of any part.
/// Every method throws ``CartError``, `.conflict` where it says so, else `.unavailable`.
package protocol CopyableStore: CartStore, CoordinationStore {
    /// The numbers that ids and revisions are taken from.
    func numbers() async throws(CartError) -> StoreNumbers

    /// How many rows there are of each part, all counted at one moment.
    func rowCounts() async throws(CartError) -> [StorePart: Int]

    /// The next rows of a part in the order of their positions.
    ///
    /// - Parameters:
    ///   - position: the rows begin behind this one, see ``StoreRow/position(in:)``; nil: with the first.
    ///   - limit: of rows; there may be fewer although more follow, if they are large.
    /// - Returns: none only if none follow.
    func rows(of part: StorePart, after position: [StoreValue]?, limit: Int) async throws(CartError) -> [StoreRow]

    /// Writes rows that are new and the note, in one transaction. What is derived from carts to count them is not written.
    ///
    /// - Throws: `.conflict` unless the note that stands is `standing`; then nothing was written.
    func put(_ rows: [StoreRow], of part: StorePart, noting note: [UInt8], over standing: [UInt8]?) async throws(CartError)

    /// Removes all rows of some parts, and writes the note, or removes it, in one transaction.
    ///
    /// - Throws: `.conflict` unless the note that stands is `standing`; then nothing was removed.
    func empty(_ parts: [StorePart], noting note: [UInt8]?, over standing: [UInt8]) async throws(CartError)

    /// Writes what is derived from carts to count them, anew from all of them.
    ///
    /// - Throws: `.conflict` unless the note that stands is `standing`.
    func countCarts(noting standing: [UInt8]) async throws(CartError)

    /// Sets the numbers, and removes the note, in one transaction: from here on the store is one like any other.
    ///
    /// - Throws: `.conflict` unless the note that stands is `standing` and the store's own revision is still 0, see ``numbers()``.
    func finishCopy(_ numbers: StoreNumbers, over standing: [UInt8]) async throws(CartError)
}

/// The numbers that a store takes ids and revisions from: the last of each that was used.
package struct StoreNumbers: Hashable, Sendable {
    /// ``CartStore/revision()``
    package var revision: Int64
    /// ``CredentialStore/credentialsRevision()``
    package var credentials: Int64
    package var users: Int64
    package var keys: Int64

    package init(revision: Int64, credentials: Int64, users: Int64, keys: Int64) {
        self.revision = revision
        self.credentials = credentials
        self.users = users
        self.keys = keys
    }
}

extension CartError {
    /// Somebody else writes the same copy, or has emptied the store.
    package static let copyHasMoved = CartError(.conflict, "Another process is copying into the target.")

    /// A server writes to the target of a copy, or has done so.
    package static let copyIsDisturbed = CartError(
        .conflict, "The target holds more or less than the copy that was begun: somebody else has written to it.")

    /// The store must not be used.
    package static let copyIsUnfinished = CartError(.unavailable, "A copy into this store was not finished; run corral copy again.")
}
