#if Postgres
import CLibPQ

/// What one statement answered. Columns that are asked for as another type than they have are 0 or empty, never a crash.
///
/// Integers of any width are read, and booleans as 0 and 1. `sum` of `bigint` and `avg` are `numeric`, which is not read: cast them.
final class Rows: @unchecked Sendable {
    private let result: OpaquePointer
    let count: Int

    /// - Parameter result: libpq's; it is cleared when nobody refers to the rows any more.
    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    /// Rows that the statement changed, or found.
    var changes: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// What was done, such as `COMMIT` or `UPDATE 3`.
    var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    func isNull(_ row: Int, _ column: Int) -> Bool { PQgetisnull(result, Int32(clamping: row), Int32(clamping: column)) != 0 }

    /// 0 for NULL.
    func integer(_ row: Int, _ column: Int) -> Int64 {
        withBytes(row, column) { bytes in
            switch bytes.count {
            case 8: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            case 4: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case 2: Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            case 1: Int64(bytes[0])
            default: 0
            }
        }
    }

    func optionalInteger(_ row: Int, _ column: Int) -> Int64? { isNull(row, column) ? nil : integer(row, column) }

    /// Empty for NULL.
    func text(_ row: Int, _ column: Int) -> String { withBytes(row, column) { String(decoding: $0, as: UTF8.self) } }

    func optionalText(_ row: Int, _ column: Int) -> String? { isNull(row, column) ? nil : text(row, column) }

    /// Empty for NULL.
    func bytes(_ row: Int, _ column: Int) -> [UInt8] { withBytes(row, column) { Array($0) } }

    func optionalBytes(_ row: Int, _ column: Int) -> [UInt8]? { isNull(row, column) ? nil : bytes(row, column) }

    /// The value as it was sent, without a copy; none for NULL. It must not be used after `body` has returned.
    func withBytes<Value>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let row = Int32(clamping: row)
        let column = Int32(clamping: column)
        guard let address = PQgetvalue(result, row, column) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return body(UnsafeRawBufferPointer(start: address, count: Int(PQgetlength(result, row, column))))
    }
}
#endif
