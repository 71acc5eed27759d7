import CartCore
import CartTesting
import Synchronization
import Testing

extension TestServer {
    /// Fills the empty store with carts under the keys k0, k1, …, of the customers 1, 2, ….
    func fill(_ count: Int, expires: Timestamp? = nil) async throws {
        let now = SystemWallClock().now
        var carts: [Cart] = []
        for number in 0..<count {
            let key = try #require(CartKey("k\(number)"))
            let owner = try #require(Owner(id: Int64(number + 1)))
            carts.append(
                Cart(
                    key: key, owner: owner, items: [CartItem(key: "i", productID: 1, name: "Tea")], created: now, updated: now,
                    expires: expires ?? now + .days(7)))
        }
        let batch = Batch(carts)
        let filled = try await store.fill { batch.take() }
        try #require(filled == count)
    }

    /// The keys of all carts, sorted.
    func cartKeys() async throws -> [String] {
        let clock = StateClock(now: SystemWallClock().now, abandonedAfter: CartPolicy().abandonedAfter)
        var keys: [String] = []
        var last: Int64 = 0
        while true {
            let records = try await store.carts(CartFilter(), at: clock, after: last, limit: 1000)
            guard let newest = records.last else { return keys.sorted() }
            last = newest.id
            for record in records { keys.append(try record.cart().key.text) }
        }
    }
}

extension TestServer.Answer {
    /// The fields that a refusal of `/v1` names.
    var wrongFields: [String] { (object["errors"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String } }
}

/// Carts that are given once.
private final class Batch: Sendable {
    private let carts: Mutex<[Cart]>

    init(_ carts: [Cart]) { self.carts = Mutex(carts) }

    func take() -> [Cart] {
        carts.withLock { carts in
            defer { carts = [] }
            return carts
        }
    }
}
