import CartCore
import CartSamples
import CartTesting
import Foundation

@testable import CartStoreSQLite

/// A store of about 20,000 sample carts, made once for all tests that only read.
actor LargeStore {
    static let shared = LargeStore()
    static let clock = StateClock(now: CartGenerator.base, abandonedAfter: .hours(1))
    private var made: Task<SQLiteStore, any Error>?

    func store() async throws -> SQLiteStore {
        if let made { return try await made.value }
        let task = Task { try await Self.make() }
        made = task
        return try await task.value
    }

    private static func make() async throws -> SQLiteStore {
        let folder = FileManager.default.temporaryDirectory.appending(path: "corral-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore(path: folder.appending(path: "carts.db").path)
        let shop = SampleShop(seed: 7, now: clock.now, policy: CartPolicy())
        try await store.fillLarge(with: shop.cart)
        return store
    }
}
