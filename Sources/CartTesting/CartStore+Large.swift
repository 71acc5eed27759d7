import CartCore
import Synchronization

extension CartStore {
    /// Writes about 20,000 carts into an empty store.
    ///
    /// A part is filled in, the rest written as a server writes: both make the runs by which places in an order are found, and the second
    /// cuts them. Some carts are changed and some deleted after all were written, so that runs have shrunk.
    ///
    /// - Parameter cart: makes the cart with a number, each with a key of its own.
    package func fillLarge(with cart: @escaping @Sendable (Int) -> Cart) async throws {
        let filled = Mutex(0)
        _ = try await fill {
            let numbers = filled.withLock { filled in
                defer { filled = min(filled + 2500, 7500) }
                return filled..<min(filled + 2500, 7500)
            }
            return numbers.map(cart)
        }
        for start in stride(from: 7500, to: 20_000, by: 2500) {
            _ = try await apply(
                (start..<(start + 2500)).map { .save(cart($0), wasAbandoned: $0 % 11 == 0, replacing: nil) })
        }
        var changes: [CartChange] = []
        for number in stride(from: 0, to: 20_000, by: 17) {
            var changed = cart(number)
            guard let revision = try await self.cart(changed.key)?.revision else { continue }
            if number % 2 == 0 {
                changes.append(.delete(changed.key, revision: revision))
            } else {
                changed.items = []
                changed.updated = changed.updated + .minutes(1)
                changed.totals.total = 0
                changes.append(.save(changed, wasAbandoned: false, replacing: revision))
            }
        }
        _ = try await apply(changes)
    }
}
