/// The forms in which carts are written to a file.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// One cart document a line, as the import takes it.
    case ndjson
    /// A table for spreadsheets, see ``CartCSV``.
    case csv

    /// What stands before the first cart.
    public var header: [UInt8] {
        switch self {
        case .ndjson: []
        case .csv: CartCSV.header
        }
    }

    /// The line of one cart, with its end.
    ///
    /// - Returns: nil if the document is damaged, as far as the form must read it.
    public func line(_ record: CartRecord, at clock: StateClock) -> [UInt8]? {
        switch self {
        case .ndjson: record.importLine(at: clock)
        case .csv: (try? record.cart()).map { CartCSV.line($0, state: record.state(at: clock)) }
        }
    }
}

extension CartRecord {
    /// The document. Of a cart that was abandoned once with its state, which an import goes by: the document alone would not tell.
    ///
    /// - Returns: nil if the document is damaged.
    fileprivate func importLine(at clock: StateClock) -> [UInt8]? {
        guard (try? withStoredCart { _ in }) != nil else { return nil }
        guard wasAbandoned else { return document + [0x0A] }
        return answer(state: state(at: clock)) + [0x0A]
    }
}

/// Carts as a file, piece by piece, so that a million take no more memory than a few.
public struct CartExport: AsyncSequence, Sendable {
    /// Some whole lines.
    public struct Piece: Sendable {
        public var bytes: [UInt8]
        /// Carts that were written.
        public var carts: Int
        /// The ids of carts that were left out, because their documents are damaged.
        public var damaged: [Int64]
    }

    /// Carts that are read at once.
    private static let page = 200

    private let format: ExportFormat
    private let filter: CartFilter
    private let store: any CartStore
    private let clock: StateClock

    /// All carts that meet a filter, in the order of their ids. One that is changed meanwhile is written as it was or as it is.
    public init(_ format: ExportFormat, of filter: CartFilter, in store: any CartStore, at clock: StateClock) {
        self.format = format
        self.filter = filter
        self.store = store
        self.clock = clock
    }

    public func makeAsyncIterator() -> Iterator { Iterator(export: self) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        fileprivate let export: CartExport
        private var last: Int64 = 0
        private var isBegun = false

        fileprivate init(export: CartExport) { self.export = export }

        /// - Throws: ``CartError`` `.unavailable`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(CartError) -> Piece? {
            var piece = Piece(bytes: isBegun ? [] : export.format.header, carts: 0, damaged: [])
            let records = try await export.store.carts(export.filter, at: export.clock, after: last, limit: CartExport.page)
            guard let newest = records.last else {
                defer { isBegun = true }
                return piece.bytes.isEmpty ? nil : piece
            }
            isBegun = true
            last = newest.id
            for record in records {
                if let line = export.format.line(record, at: export.clock) {
                    piece.bytes += line
                    piece.carts += 1
                } else {
                    piece.damaged.append(record.id)
                }
            }
            return piece
        }
    }
}
