import CartCore
import Synchronization

extension StoreContract {
    static let fillingChecks = [
        Check("An empty store that is filled is equal to one that was written to cart by cart.") { trial in
            var generator = CartGenerator(seed: 11)
            let carts = (0..<60).map { _ in generator.cart() }
            let filled = try await trial.store.fill(carts.batches(of: 25))
            try expect(filled, is: carts.count, "carts written")
            let oracle = InMemoryStore()
            for cart in carts { _ = try await oracle.apply([.save(cart, wasAbandoned: false, replacing: nil)]) }
            let known = try await trial.page().records
            for _ in 0..<300 {
                let query = generator.query(over: known)
                let (found, expected) = (try await trial.store.page(query), try await oracle.page(query))
                try expect(found.records, is: expected.records, "carts of \(query)")
                try expect(found.total, is: expected.total, "total of \(query)")
                try expect(found.next, is: expected.next, "next of \(query)")
            }
            let next = try Trial.cart("next")
            try expect(
                try await trial.apply(.save(next, wasAbandoned: false, replacing: nil)), is: .saved(id: 62, revision: 62),
                "the answer to the next write, behind the entry of the audit trail")
        },
        Check("A store that was emptied again is filled like a new one.") { trial in
            for record in try await trial.keep([try Trial.cart("a"), try Trial.cart("b", first: "Ann")]) {
                _ = try await trial.apply(.delete(try record.cart().key, revision: nil))
            }
            let carts = [try Trial.cart("c"), try Trial.cart("d", first: "Bob")]
            try expect(try await trial.store.fill(carts.batches(of: 2)), is: 2, "carts written")
            try await trial.expectFound(["c", "d"], by: "no filter") { _ in }
            try await trial.expectFound(["d"], by: "contact") { $0.hasContact = true }
        },
        Check("A store that holds a cart is not filled.") { trial in
            try await trial.keep([try Trial.cart("stands")])
            let carts = [try Trial.cart("new")]
            try expect(try await trial.store.fill(carts.batches(of: 1)), is: nil, "carts written")
            try await trial.expectFound(["stands"], by: "no filter") { _ in }
        },
        Check("Filling with nothing leaves a store that is empty and works.") { trial in
            try expect(try await trial.store.fill { [] }, is: 0, "carts written")
            try await trial.keep([try Trial.cart("first")])
            try await trial.expectFound(["first"], by: "no filter") { _ in }
        },
    ]
}

extension [Cart] {
    /// Gives so many carts at each call.
    fileprivate func batches(of size: Int) -> @Sendable () -> [Cart] {
        let carts = self
        let given = Position()
        return {
            let start = given.advance(by: size)
            return Array(carts.dropFirst(start).prefix(size))
        }
    }
}

private final class Position: Sendable {
    private let value = Mutex(0)

    func advance(by step: Int) -> Int {
        value.withLock { value in
            defer { value += step }
            return value
        }
    }
}
