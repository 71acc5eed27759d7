import CartCore
import CartHTTP
import CartTesting
import Foundation
import NIOHTTP1
import Synchronization
import Testing

@Suite("The native list of carts")
struct NativeListTests {
    private static let clock = ManualClock(CartGenerator.base)

    @Test("finds for every combination of filters the same carts as the meaning of the filter", arguments: [1, 2] as [UInt64])
    func filters(seed: UInt64) async throws {
        try await TestServer.run(clock: Self.clock) { server in
            var generator = CartGenerator(seed: seed)
            let oracle = InMemoryStore(countingFrom: try await server.lastRevision())
            for step in 0..<80 {
                let change = CartChange.save(generator.cart(), wasAbandoned: step % 5 == 0, replacing: nil)
                _ = try await server.store.apply([change])
                _ = try await oracle.apply([change])
            }
            let key = try await server.key(.read).authorization
            let clock = StateClock(now: Self.clock.now, abandonedAfter: CartPolicy().abandonedAfter)
            var found = 0
            for _ in 0..<100 {
                let filter = generator.filter().expressible
                let expected = try await oracle.page(CartQuery(filter: filter, clock: clock, limit: 1000))
                let query = filter.parameters.map { "\($0)=\(QueryParameters.encode($1))" }.joined(separator: "&")
                let answer = try await server.send(.GET, "/v1/carts?limit=1000&\(query)", key)
                #expect(answer.status == 200, "\(query): \(answer.text)")
                let ids = (answer.object["data"] as? [[String: Any]])?.compactMap { $0["id"] as? Int64 }
                #expect(ids == expected.records.map(\.id), "\(query)")
                #expect(answer.object["total"] as? Int == expected.total)
                if expected.total > 0, expected.total < 80 { found += 1 }
            }
            #expect(found > 20)
        }
    }

    @Test("gives whole carts as the single route does, page after page, with a total and a cursor until the end")
    func pages() async throws {
        try await TestServer.run { server in
            for number in 0..<7 { try await server.keep(#"{"key":"k\#(number)","items":[{"product_id":\#(number + 1)}]}"#) }
            let key = try await server.key(.read).authorization
            var cursor: String?
            var keys: [String] = []
            for expected in [3, 3, 1] {
                let answer = try await server.send(.GET, "/v1/carts?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""), key)
                let data = try #require(answer.object["data"] as? [[String: Any]])
                #expect(data.count == expected)
                #expect(answer.object["total"] as? Int == 7)
                for cart in data {
                    let name = try #require(cart["key"] as? String)
                    let single = try await server.send(.GET, "/v1/carts/\(name)", key)
                    #expect(answer.text.contains(single.text), "the cart \(name) is not in the list as it is alone")
                    keys.append(name)
                }
                cursor = answer.object["next_cursor"] as? String
            }
            #expect(keys == (0..<7).map { "k\($0)" })
            #expect(cursor == nil)
            let whole = try await server.send(.GET, "/v1/carts", key)
            #expect(whole.object["next_cursor"] is NSNull)
        }
    }

    @Test("names every parameter that is unknown or wrong, so that a condition that is spelt wrongly never means all carts")
    func wrongParameters() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let answer = try await server.send(
                .GET,
                "/v1/carts?stat=expired&limit=0&cursor=x&owner_id=4294967296&email=&name=+&empty=maybe&product_ids=1,,2&total_min=1e400",
                key)
            #expect(answer.status == 422)
            let fields = (answer.object["errors"] as? [[String: String]])?.compactMap { $0["field"] } ?? []
            #expect(Set(fields) == ["stat", "limit", "cursor", "owner_id", "email", "name", "empty", "product_ids", "total_min"])
            for query in [
                "limit=1001", "limit=-1", "limit[]=1", "state=Active", "created_after=yesterday", "cursor=aWQ6MQ==", "store_id=0",
                "state=active&state=expired",
            ] {
                let wrong = try await server.send(.GET, "/v1/carts?\(query)", key)
                #expect(wrong.status == 422, "\(query)")
            }
        }
    }

    @Test("shows a key that is bound to a store that store's carts alone")
    func storeBinding() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"one","store_id":1}"#, #"{"key":"two","store_id":2}"#)
            let bound = try await server.key(.read, storeID: 2).authorization
            for (query, keys) in [("", ["two"]), ("?store_id=2", ["two"]), ("?store_id=1", [])] {
                let answer = try await server.send(.GET, "/v1/carts\(query)", bound)
                #expect((answer.object["data"] as? [[String: Any]])?.compactMap { $0["key"] as? String } == keys, "\(query)")
                #expect(answer.object["total"] as? Int == keys.count)
            }
        }
    }

    @Test("a walk by cursor over 50,000 carts sees every cart that stood throughout exactly once, whatever else is written")
    func walk() async throws {
        try await TestServer.run { server in
            let count = 50_000
            let now = SystemWallClock().now
            let carts = SeededCarts(count: count, now: now)
            #expect(try await server.store.fill { carts.next() } == count)
            let key = try await server.key(.read).authorization
            let writers = Task { await disturb(server.store, count: count, now: now) }
            var seen: [String: Int] = [:]
            var cursor: String?
            var pages = 0
            repeat {
                let answer = try await server.send(.GET, "/v1/carts?limit=1000" + (cursor.map { "&cursor=\($0)" } ?? ""), key)
                #expect(answer.status == 200)
                for cart in answer.object["data"] as? [[String: Any]] ?? [] {
                    if let key = cart["key"] as? String { seen[key, default: 0] += 1 }
                }
                cursor = answer.object["next_cursor"] as? String
                pages += 1
            } while cursor != nil && pages < 200
            writers.cancel()
            let written = await writers.value
            #expect(written.changed > 20 && written.inserted > 20 && written.deleted.count > 10, "\(written)")
            for number in 0..<count where !written.deleted.contains(number) {
                if seen["k\(number)"] != 1 { Issue.record("cart \(number) was seen \(seen["k\(number)"] ?? 0) times") }
            }
            #expect(seen.values.allSatisfy { $0 == 1 })
        }
    }
}

/// Carts with the keys k0, k1, …, a thousand at a time.
private final class SeededCarts: Sendable {
    private let count: Int
    private let now: Timestamp
    private let done = Mutex(0)

    init(count: Int, now: Timestamp) {
        self.count = count
        self.now = now
    }

    func next() -> [Cart] {
        done.withLock { done in
            let range = done..<min(count, done + 1000)
            done = range.upperBound
            return range.compactMap { Self.cart("k\($0)", at: now) }
        }
    }

    static func cart(_ key: String, at now: Timestamp) -> Cart? {
        guard let key = CartKey(key) else { return nil }
        return Cart(
            key: key, owner: Owner(randomGuest: SystemRandomSource()), items: [CartItem(key: "i", productID: 1)], created: now,
            updated: now,
            expires: now + .days(2))
    }
}

/// Inserts, changes and deletes carts, all over the list, until it is cancelled.
private func disturb(_ store: any Store, count: Int, now: Timestamp) async -> (inserted: Int, changed: Int, deleted: Set<Int>) {
    var (inserted, changed, deleted) = (0, 0, Set<Int>())
    var random = SplitMix64(seed: 9)
    while !Task.isCancelled {
        let number = Int.random(in: 0..<count, using: &random)
        guard let key = CartKey("k\(number)"), let new = SeededCarts.cart("new\(inserted)", at: now) else { break }
        if number % 2 == 0 {
            // Written anew with other values in every column that an order could go by.
            let record = try? await store.cart(key)
            guard let record, var cart = try? record.cart() else { continue }
            cart.updated = cart.updated + .seconds(Int64(changed + 1))
            cart.totals.total = Int64(changed)
            if case .saved = try? await store.apply([.save(cart, wasAbandoned: false, replacing: record.revision)])[0] { changed += 1 }
        } else if number % 3 == 0 {
            deleted.insert(number)
            _ = try? await store.apply([.delete(key, revision: nil)])
        }
        if case .saved = try? await store.apply([.save(new, wasAbandoned: false, replacing: nil)])[0] { inserted += 1 }
    }
    return (inserted, changed, deleted)
}

extension CartFilter {
    /// The same without what the parameters of `/v1` cannot say.
    fileprivate var expressible: CartFilter {
        var filter = self
        filter.emailPart = nil
        filter.search = nil
        filter.holdsAny = []
        filter.productsTotal = Bounds()
        filter.productKinds = .cart
        if email?.isEmpty == true { filter.email = nil }
        if source?.isEmpty == true { filter.source = nil }
        let texts: [String] =
            switch name {
            case .either(let part): [part]
            case .both(let first, let last): [first, last]
            case nil: []
            }
        if !texts.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) { filter.name = nil }
        return filter
    }

    /// The filter as parameters.
    fileprivate var parameters: [(String, String)] {
        var pairs: [(String, String?)] = [
            ("state", state?.rawValue), ("owner_type", ownerKind?.rawValue), ("owner_id", ownerID.map(String.init)), ("email", email),
            ("product_ids", productIDs.isEmpty ? nil : productIDs.map(String.init).joined(separator: ",")),
            ("total_min", total.from.map(String.init)), ("total_max", total.to.map(String.init)), ("source", source),
            ("store_id", storeID.map(String.init)), ("has_contact", hasContact.map { "\($0)" }), ("empty", isEmpty.map { "\($0)" }),
        ]
        switch name {
        case .either(let part): pairs.append(("name", part))
        case .both(let first, let last): pairs.append(("name", "\(first) \(last)"))
        case nil: break
        }
        for (name, bounds) in [("created", created), ("updated", updated), ("expires", expires)] {
            pairs.append(("\(name)_after", bounds.from.map { Timestamp(milliseconds: $0).iso8601 }))
            pairs.append(("\(name)_before", bounds.to.map { Timestamp(milliseconds: $0).iso8601 }))
        }
        return pairs.compactMap { name, value in value.map { (name, $0) } }
    }
}
