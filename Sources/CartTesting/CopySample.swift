import CartCore
import Synchronization

/// A store with something of everything in it, and with everything odd that a store may be given.
package enum CopySample {
    /// Fills an empty store.
    package static func fill(_ store: some Store) async throws {
        try await fillCarts(store)
        try await fillCredentials(store)
        let odd = Author(.commandLine(user: "nul\0one\u{1}\u{202E}"), at: Trial.base + .minutes(3))
        _ = try await store.apply([.save(try Trial.cart("by-odd"), wasAbandoned: false, replacing: nil)], by: odd)
        for (name, answer) in [("answered", Array("the answer\0".utf8)), ("empty", []), ("long", Array(repeating: 7, count: 100_000))] {
            _ = try await store.apply([], once: request(name)) { _ in answer }
        }
        try await store.leave([0, 1, 255], as: "sweep")
        try await store.leave([], as: "nul\0")
        _ = try await store.take(Lease(name: "sweep", holder: "me", duration: .hours(1)), at: Trial.base)
    }

    private static func fillCarts(_ store: some Store) async throws {
        var generator = CartGenerator(seed: 11)
        let carts = (0..<40).map { _ in generator.cart() }
        for (place, cart) in carts.enumerated() {
            _ = try await store.apply(
                [.save(cart, wasAbandoned: place % 5 == 0, replacing: nil)], by: .tester(at: Trial.base + .minutes(Int64(place))))
        }
        let odd = try Trial.cart("odd") { cart in
            cart.source = "a\0b\u{1}c\u{1}0"
            cart.customer.lastName = String(repeating: "Ñandú\u{1F600}", count: 400)
            cart.customer.firstName = "\0\u{1}"
            cart.customer.email = "\0@\u{1}"
        }
        let twin = try Trial.cart("twin") { cart in
            cart.customer.lastName = odd.customer.lastName + "z"
            cart.customer.email = String(repeating: "e", count: 3000)
        }
        _ = try await store.apply([odd, twin].map { .save($0, wasAbandoned: false, replacing: nil) })
        // Numbers that are not in order, and gaps.
        for (place, cart) in carts.enumerated() where place % 3 == 0 {
            let revision = try await store.cart(cart.key)?.revision
            var changed = cart
            changed.items = []
            _ = try await store.apply(
                [place % 2 == 0 ? .delete(cart.key, revision: nil) : .save(changed, wasAbandoned: true, replacing: revision)],
                by: .tester(at: Trial.base + .days(2)))
        }
    }

    private static func fillCredentials(_ store: some Store) async throws {
        let gone = try await store.insert(Trial.user("gone"))
        _ = try await store.insert(Trial.key(of: gone, "ck_gone"))
        let ann = try await store.insert(Trial.user("ann"))
        var bob = Trial.user("Bob", role: .customer)
        bob.email = "B\u{F6}b\u{1}@EXAMPLE.com"
        bob = try await store.insert(bob)
        _ = try await store.deleteUser(name: "gone")
        for (place, user) in [ann, bob, ann, bob].enumerated() {
            var key = Trial.key(
                of: user, "ck_\(place)", permission: place == 1 ? .read : .readWrite, expires: place == 2 ? Trial.base : nil)
            key.description = "nul\0one\u{1}"
            if place == 3 { key.allowedRanges = [] }
            _ = try await store.insert(key)
        }
        let keys = try await store.keys().map(\.key)
        for (key, change) in zip(
            keys,
            [
                .rotate(.pair(ConsumerKeyPair(random: SeededRandom(seed: 5))), graceUntil: Trial.base + .days(3)), .disable, .revoke,
            ] as [KeyChange])
        {
            _ = try await store.changeKey(id: key.id, change, now: Trial.base + .hours(1))
        }
        _ = try await store.changeKey(id: keys[1].id, .enable, now: Trial.base + .hours(2))
        let addresses = ["192.0.2.1", "2001:db8::1", "198.51.100.7"].compactMap(NetworkAddress.init)
        for (place, key) in keys.enumerated() where place != 2 {
            try await store.add([
                KeyUsage(
                    keyID: key.id, requests: [KeyUsage.Count(day: 1, kind: .list): 3, KeyUsage.Count(day: -2, kind: .write): 4],
                    lastAccess: Trial.base, lastFromPage: place == 0 ? Trial.base : nil,
                    addresses: Dictionary(addresses.prefix(place).map { ($0, Trial.base) }) { first, _ in first })
            ])
        }
        for number in 1...5 {
            try await store.insert(Trial.session(UInt8(number), of: number % 2 == 0 ? ann : bob), by: .tester(at: Trial.base))
        }
    }

    package static func request(_ name: String) -> IdempotentRequest {
        let user = User(id: 1, name: "u", email: "u@example.com", role: .shopManager, password: .nobody, created: Trial.base)
        let caller = Caller(credential: .consumerKey(id: 1), user: user, permission: .readWrite)
        return IdempotentRequest(name: name, caller: caller, method: "PUT", path: "/a", body: [], now: Trial.base)
    }
}

/// Something that may be asked so many times.
final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    /// True from the time on that is one too many.
    var isOver: Bool {
        left.withLock { left in
            guard left > 0 else { return true }
            left -= 1
            return false
        }
    }
}
