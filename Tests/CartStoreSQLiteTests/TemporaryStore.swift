import Foundation

@testable import CartStoreSQLite

/// Runs a test on a store in a folder of its own, which is removed afterwards.
///
/// - Parameter cheapToSort: see ``PageReader``; 0 walks along indexes wherever it can.
func withTemporaryStore<Value>(
    cheapToSort: Int = PageReader.standardCheapToSort, _ body: (SQLiteStore, _ path: String) async throws -> Value
) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "corral-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "carts.db").path
    let store = try SQLiteStore(path: path, cheapToSort: cheapToSort)
    do {
        let value = try await body(store, path)
        await store.close()
        return value
    } catch {
        await store.close()
        throw error
    }
}
