/// Takes everything that a store keeps over into an empty one, and makes sure that it is there: ids, revisions, hashes and documents stay as
/// they are, so that keys, cursors, ETags and requests that are sent again work as before. Leases are left behind.
///
/// - Rows and how far the copy has come are written in the same transactions; whatever ends it, the next run goes on behind them.
/// - The target holds nothing but the copy, or nothing is written to it. A server that writes to it all the same is noticed.
/// - The source may be read meanwhile. If carts, users or keys change, that is noticed and the copy is no good.
/// - Until all was compared, the target holds a note by which everybody knows that it is not whole, see ``unfinished(_:)``.
package struct StoreCopy: Sendable {
    /// The note in the target.
    package static let noteName = "copy"
    /// Rows in one transaction.
    package static let standardBatch = 1000
    /// How often parts are compared that change by being used.
    private static let mostComparisons = 4

    package let source: any CopyableStore
    package let target: any CopyableStore
    /// What tells the source from other stores, such as where it is. It is kept in the target until the copy is done.
    package let sourceName: String
    /// Rows in one transaction.
    package var batch = standardBatch

    package init(from source: any CopyableStore, named sourceName: String, to target: any CopyableStore) {
        self.source = source
        self.target = target
        self.sourceName = sourceName
    }

    package enum Step: Hashable, Sendable {
        case copying, counting, comparing
    }

    package struct Report: Hashable, Sendable {
        /// Whether everything is there and was compared; else the same copy can go on.
        package var isDone: Bool
        /// Rows that the target holds.
        package var rows: [StorePart: Int]
        /// Of `rows`, those that this run has written.
        package var written: Int
        /// The source's last revision.
        package var revision: Int64
    }

    /// Whether a copy into a store has begun and was not finished, so that the store must not be used.
    package static func unfinished(_ store: any CoordinationStore) async throws(CartError) -> Bool {
        try await store.note(noteName) != nil
    }

    /// Copies, compares and finishes.
    ///
    /// - Parameters:
    ///   - restarting: whether a copy that has begun is removed from the target and begun anew.
    ///   - shouldStop: asked between batches.
    ///   - progress: told how many rows are done and how many there are.
    /// - Throws: `.conflict` if the target holds something else or the source has changed, `.unavailable` if a store fails or the target
    ///   does not hold what was copied. What was copied stays.
    package func run(
        restarting: Bool = false, shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (_ step: Step, _ done: Int, _ total: Int) async -> Void = { _, _, _ in }
    ) async throws(CartError) -> Report {
        guard try await !Self.unfinished(source) else {
            throw CartError(.conflict, "A copy into the source was not finished, so it is not whole.")
        }
        let numbers = try await source.numbers()
        let total = try await source.rowCounts().values.reduce(0, +)
        var note = try await begin(numbers, restarting: restarting)
        var report = Report(isDone: false, rows: note.rowCounts, written: 0, revision: numbers.revision)
        for part in StorePart.allCases {
            let isDone = try await copy(part, &note, shouldStop: shouldStop) { rows in
                report.written += rows
                report.rows[part, default: 0] += rows
                await progress(.copying, report.rows.values.reduce(0, +), total)
            }
            if !isDone { return report }
        }
        await progress(.counting, 0, total)
        try await target.countCarts(noting: note.bytes)
        if shouldStop() { return report }
        let isEqual = try await compare(&note, shouldStop: shouldStop) { await progress(.comparing, $0, total) }
        report.rows = note.rowCounts
        if !isEqual { return report }
        guard try await source.rowCounts()[.carts] == note[.carts].rows else {
            throw CartError(.unavailable, "The source has carts without documents; 'corral doctor' says what is wrong with it.")
        }
        if let wrong = try await target.verify().first { throw CartError(.unavailable, "The target is not whole. \(wrong)") }
        let last = try await source.numbers()
        guard note.isOf(last) else { throw Self.hasChanged }
        try await target.finishCopy(last, over: note.bytes)
        report.isDone = true
        return report
    }

    /// Makes sure that the target holds nothing but this copy.
    ///
    /// - Returns: how far it has come.
    private func begin(_ numbers: StoreNumbers, restarting: Bool) async throws(CartError) -> CopyNote {
        let new = CopyNote(source: sourceName, numbers: numbers)
        let held = try await target.rowCounts()
        // Rows may have gone again, but what was written has taken a revision.
        let isUntouched = try await target.numbers().revision == 0
        guard let standing = try await target.note(Self.noteName) else {
            guard held.values.allSatisfy({ $0 == 0 }) else {
                throw CartError(.conflict, "The target holds \(Self.list(held)) already; a copy needs an empty one.")
            }
            guard isUntouched else {
                throw CartError(.conflict, "The target was written to before, though it is empty now; a copy needs a new one.")
            }
            try await target.put([], of: .notes, noting: new.bytes, over: nil)
            return new
        }
        guard let note = CopyNote(bytes: standing) else {
            throw CartError(.conflict, "The target holds a copy that another version of this program has begun.")
        }
        guard held == note.rowCounts, isUntouched else { throw .copyIsDisturbed }
        if note.source == sourceName, note.isOf(numbers), !restarting { return note }
        guard restarting else {
            throw CartError(
                .conflict,
                note.source == sourceName
                    ? Self.hasChanged.reason
                    : "The target holds an unfinished copy of another store. Empty it and begin anew: --restart")
        }
        try await target.empty(StorePart.allCases, noting: new.bytes, over: standing)
        return new
    }

    /// Such as `carts (12) and users (1)`.
    private static func list(_ counts: [StorePart: Int]) -> String {
        StorePart.allCases.compactMap { part in counts[part].flatMap { $0 > 0 ? "\(part.name) (\($0))" : nil } }.formatted
    }

    /// Copies what is left of a part.
    ///
    /// - Parameter progress: told how many rows were written.
    /// - Returns: false if it was ended before.
    private func copy(
        _ part: StorePart, _ note: inout CopyNote, shouldStop: () -> Bool, progress: (_ rows: Int) async -> Void
    ) async throws(CartError) -> Bool {
        if note[part].isDone { return true }
        var rows = try await source.rows(of: part, after: note[part].position, limit: batch)
        while true {
            if shouldStop() { return false }
            var next = note
            if let last = rows.last {
                next[part].rows += rows.count
                next[part].position = last.position(in: part)
            } else {
                next[part].isDone = true
            }
            let taken = rows
            // The next ones are read while these are written.
            async let following = following(taken, of: part)
            try await target.put(taken, of: part, noting: next.bytes, over: note.bytes)
            note = next
            if taken.isEmpty { return true }
            await progress(taken.count)
            rows = try await following.get()
        }
    }

    private func following(_ rows: [StoreRow], of part: StorePart) async -> Result<[StoreRow], CartError> {
        guard let last = rows.last else { return .success([]) }
        do throws(CartError) {
            return .success(try await source.rows(of: part, after: last.position(in: part), limit: batch))
        } catch {
            return .failure(error)
        }
    }

    /// Compares all rows of source and target.
    ///
    /// What changes by the source being read, such as the use of its keys, is copied and compared again.
    ///
    /// - Returns: false if it was ended before.
    private func compare(
        _ note: inout CopyNote, shouldStop: @escaping @Sendable () -> Bool, progress: (_ rows: Int) async -> Void
    ) async throws(CartError) -> Bool {
        var compared = 0
        var suspects = StorePart.allCases
        var comparison = 0
        while true {
            comparison += 1
            var different: [StorePart] = []
            for part in suspects {
                async let held = digest(of: part, in: target, shouldStop: shouldStop)
                let given = try await StoreDigest(of: part, in: source, limit: batch) { rows in
                    compared += rows
                    await progress(compared)
                    return !shouldStop()
                }
                guard let held = try await held.get(), let given else { return false }
                if held != given { different.append(part) }
            }
            guard note.isOf(try await source.numbers()) else { throw Self.hasChanged }
            if different.isEmpty { return true }
            // These change with the counters alone, and the counters stand.
            if let damaged = different.first(where: { $0 == .carts || $0 == .users }) {
                throw CartError(
                    .unavailable, "The target does not hold the same \(damaged.name) as the source. Empty it and begin anew: --restart")
            }
            guard comparison < Self.mostComparisons else {
                throw CartError(
                    .conflict, "The source is in use: \(different.map(\.name).formatted) changed while they were compared. Stop its server."
                )
            }
            var emptied = note
            for part in different { emptied[part] = CopyNote.Progress() }
            try await target.empty(different, noting: emptied.bytes, over: note.bytes)
            note = emptied
            for part in different {
                guard try await copy(part, &note, shouldStop: shouldStop, progress: { _ in }) else { return false }
            }
            suspects = different
        }
    }

    private static let hasChanged = CartError(
        .conflict, "The source has changed since the copy began. Stop its server, then empty the target and begin anew: --restart")

    private func digest(
        of part: StorePart, in store: any CopyableStore, shouldStop: @Sendable () -> Bool
    ) async -> Result<StoreDigest?, CartError> {
        do throws(CartError) {
            return .success(try await StoreDigest(of: part, in: store, limit: batch) { _ in !shouldStop() })
        } catch {
            return .failure(error)
        }
    }
}

extension [String] {
    /// Such as `a, b and c`.
    fileprivate var formatted: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
