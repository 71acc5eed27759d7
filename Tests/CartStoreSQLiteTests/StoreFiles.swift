import CartCore
import CartTesting
import Foundation

@testable import CartStoreSQLite

/// Writes carts in one transaction.
@discardableResult
func fillStore(_ store: SQLiteStore, _ count: Int, seed: UInt64 = 1) async throws -> [Cart] {
    var generator = CartGenerator(seed: seed)
    // Carts of other seeds must not have the same keys.
    let carts = (0..<count).compactMap { place in CartKey("seed\(seed)cart\(place)").map { generator.cart(key: $0) } }
    _ = try await store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
    return carts
}

/// Opens a store for as long as `body` runs; nothing of this process has it open afterwards.
@discardableResult
func opening<Value>(_ path: String, _ body: (SQLiteStore) async throws -> Value) async throws -> Value {
    let value = try await using(path, body)
    // The thread that writes holds its connection until it has ended; the last connection takes the log away.
    for _ in 0..<500 where ["-wal", "-shm"].contains(where: { FileManager.default.fileExists(atPath: path + $0) }) {
        try await Task.sleep(for: .milliseconds(10))
    }
    return value
}

private func using<Value>(_ path: String, _ body: (SQLiteStore) async throws -> Value) async throws -> Value {
    let store = try SQLiteStore(path: path)
    let value = try await body(store)
    await store.close()
    return value
}

func restoreBackup(_ backup: String, to path: String, mayReplace: Bool = true) async throws(CartError) -> StoreContent {
    try await SQLiteBackup.restore(backup, to: path, by: .tester(at: CartGenerator.base), replacing: { _ in mayReplace })
}

/// The names in the folder of a file.
func neighbours(of path: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: URL(filePath: path).deletingLastPathComponent().path))
}

func fileMode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}
