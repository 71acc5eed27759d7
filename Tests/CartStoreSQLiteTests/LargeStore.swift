import CartCore
import CartSamples
import CartTesting
import Foundation
import Synchronization

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

    /// Some carts are changed and some deleted after all were written, so that the runs of each order have been cut and have shrunk.
    private static func make() async throws -> SQLiteStore {
        let folder = FileManager.default.temporaryDirectory.appending(path: "corral-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore(path: folder.appending(path: "carts.db").path)
        let shop = SampleShop(seed: 7, now: clock.now, policy: CartPolicy())
        // A part is filled in, the rest written as a server writes: both make runs, and the second cuts them.
        let filled = Mutex(0)
        _ = try await store.fill {
            let numbers = filled.withLock { filled in
                defer { filled = min(filled + 2500, 7500) }
                return filled..<min(filled + 2500, 7500)
            }
            return numbers.map(shop.cart)
        }
        for start in stride(from: 7500, to: 20_000, by: 2500) {
            _ = try await store.apply(
                (start..<(start + 2500)).map { .save(shop.cart($0), wasAbandoned: $0 % 11 == 0, replacing: nil) })
        }
        var changes: [CartChange] = []
        for number in stride(from: 0, to: 20_000, by: 17) {
            var cart = shop.cart(number)
            guard let revision = try await store.cart(cart.key)?.revision else { continue }
            if number % 2 == 0 {
                changes.append(.delete(cart.key, revision: revision))
            } else {
                cart.items = []
                cart.updated = cart.updated + .minutes(1)
                cart.totals.total = 0
                changes.append(.save(cart, wasAbandoned: false, replacing: revision))
            }
        }
        _ = try await store.apply(changes)
        return store
    }
}
