import Crypto
import Foundation

/// What all rows of a part come to: equal for equal rows, whichever store keeps them.
package struct StoreDigest: Hashable, Sendable {
    package private(set) var rows = 0
    /// SHA-256 over every value of every row, in order.
    package let hash: [UInt8]

    /// - Parameters:
    ///   - limit: rows that are read at once.
    ///   - progress: told after each batch how many rows it has read; false ends the work.
    /// - Returns: nil if the work was ended.
    package init?(
        of part: StorePart, in store: any CopyableStore, limit: Int, progress: (_ rows: Int) async -> Bool
    ) async throws(CartError) {
        var hash = SHA256()
        var position: [StoreValue]?
        var buffer: [UInt8] = []
        while true {
            let rows = try await store.rows(of: part, after: position, limit: limit)
            guard let last = rows.last else { break }
            for row in rows {
                buffer.removeAll(keepingCapacity: true)
                row.append(to: &buffer)
                hash.update(data: buffer)
            }
            self.rows += rows.count
            position = last.position(in: part)
            guard await progress(rows.count) else { return nil }
        }
        self.hash = Array(hash.finalize())
    }
}

extension StoreRow {
    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .values(let values):
            for value in values { value.append(to: &bytes) }
        case .cart(let columns, let document, let id, let revision):
            for number in [
                id, revision, columns.storeID, columns.ownerID, columns.flags, columns.created, columns.updated, columns.expires,
                columns.total, columns.productsTotal, columns.items,
            ] {
                StoreValue.integer(number).append(to: &bytes)
            }
            for text in [columns.key, columns.customer, columns.email, columns.source, columns.products, columns.currency] {
                StoreValue.text(text).append(to: &bytes)
            }
            StoreValue.bytes(document).append(to: &bytes)
        }
    }
}

extension StoreValue {
    /// Its kind, its length where that is not fixed, and its bytes: different values are different bytes, also one behind the other.
    fileprivate func append(to bytes: inout [UInt8]) {
        func append(_ number: Int64) {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        switch self {
        case .integer(let number):
            bytes.append(1)
            append(number)
        case .text(let text):
            bytes.append(2)
            append(Int64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .bytes(let value):
            bytes.append(3)
            append(Int64(value.count))
            bytes.append(contentsOf: value)
        case .null: bytes.append(0)
        }
    }
}
