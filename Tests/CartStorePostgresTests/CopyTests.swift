#if Postgres
import CartCore
import CartTesting
import Foundation
import PostgresTesting
import Testing

@testable import CartStorePostgres
@testable import CartStoreSQLite

@Suite(
    "A copy of a store holds everything, from one kind of store to the other", .enabled(if: TestDatabase.isExpected, TestDatabase.absence))
struct CopyTests {
    @Test("holds each promise of the contract from SQLite to PostgreSQL", arguments: CopyContract.checks)
    func toPostgres(check: CopyContract.Check) async throws {
        try await withTemporaryStore { store, location in
            try await withFile { file, _ in
                try await check.run(CopyContract.Stores(file, store) { _ = try await location.run($0) })
            }
        }
    }

    @Test("holds each promise of the contract from PostgreSQL to SQLite", arguments: CopyContract.checks)
    func fromPostgres(check: CopyContract.Check) async throws {
        try await withTemporaryStore { store, _ in
            try await withFile { file, path in
                try await check.run(CopyContract.Stores(store, file) { try PlainConnection(path: path, .shared).execute($0) })
            }
        }
    }

    @Test("comes back from PostgreSQL as it was")
    func thereAndBack() async throws {
        try await withTemporaryStore { store, _ in
            try await withFile { first, _ in
                try await CopySample.fill(first)
                _ = try await CopyContract.copy(CopyContract.Stores(first, store))
                try await withFile { second, _ in
                    _ = try await CopyContract.copy(CopyContract.Stores(store, second))
                    try await CopyContract.expectSame(CopyContract.Stores(first, second))
                }
            }
        }
    }

    @Test("takes carts in batches that are not too large")
    func largeDocuments() async throws {
        try await withTemporaryStore { store, _ in
            try await withFile { file, _ in
                var generator = CartGenerator(seed: 3)
                let large = Array(repeating: UInt8(ascii: " "), count: 3 << 20)
                let changes = (0..<8).map { _ in
                    let cart = generator.cart()
                    return CartChange.save(cart, document: cart.document + large, wasAbandoned: false, replacing: nil)
                }
                for change in changes { _ = try await store.apply([change]) }
                #expect(try await store.rows(of: .carts, after: nil, limit: 1000).count == 2)
                let report = try await StoreCopy(from: store, named: "a", to: file).run()
                #expect(report.rows[.carts] == 8)
                try await CopyContract.expectSame(CopyContract.Stores(store, file))
            }
        }
    }
}

/// Runs a test on an empty SQLite store in a folder of its own.
private func withFile(_ body: (SQLiteStore, _ path: String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "corral-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "carts.db").path
    let store = try SQLiteStore(path: path)
    do {
        try await body(store, path)
        await store.close()
    } catch {
        await store.close()
        throw error
    }
}
#endif
