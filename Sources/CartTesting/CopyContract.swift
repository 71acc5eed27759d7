import CartCore

/// What a copy from one store to another promises, as checks that run on any two.
package enum CopyContract {
    /// Two stores that hold nothing, in the beginning.
    package struct Stores: Sendable {
        package let source: any Store & CopyableStore
        package let target: any Store & CopyableStore
        /// Runs a statement behind the target's back, as damage or another program would.
        let damage: @Sendable (_ sql: String) async throws -> Void

        package init(
            _ source: any Store & CopyableStore, _ target: any Store & CopyableStore,
            damage: @escaping @Sendable (_ sql: String) async throws -> Void = { _ in throw ContractViolation("nothing can be damaged") }
        ) {
            self.source = source
            self.target = target
            self.damage = damage
        }
    }

    package struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        package let description: String
        package let run: @Sendable (Stores) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (Stores) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    package static let checks = [
        Check("A copy of nothing is nothing.") { stores in
            try expect(try await copy(stores).isDone, "the copy is not done")
            try await expectSame(stores)
        },
        Check("Everything is there, byte for byte, and works as before.") { stores in
            try await CopySample.fill(stores.source)
            let report = try await copy(stores)
            try expect(report.isDone, "the copy is not done")
            try expect(report.rows, is: try await stores.source.rowCounts(), "rows")
            try expect(report.revision, is: try await stores.source.revision(), "revision")
            try await expectSame(stores)
        },
        Check("Ids and revisions go on from where the source was.") { stores in
            try await CopySample.fill(stores.source)
            _ = try await copy(stores)
            for store in [stores.source, stores.target] {
                _ = try await store.insert(Trial.user("later"))
                let user = try require(try await store.user(login: "later"), "the user")
                _ = try await store.insert(Trial.key(of: user, "ck_later"))
                _ = try await store.apply([.save(try Trial.cart("later"), wasAbandoned: false, replacing: nil)])
            }
            try await expectSame(stores)
        },
        Check("A request that was answered before the copy is repeated after it.") { stores in
            try await CopySample.fill(stores.source)
            _ = try await copy(stores)
            let change = CartChange.delete(try require(CartKey("odd"), "key"), revision: nil)
            let again = try await stores.target.apply([change], once: CopySample.request("answered")) { _ in [9] }
            try expect(again, is: .repeated(answer: Array("the answer\0".utf8)), "the request")
            try await expectSame(stores)
        },
        Check("A copy that ends anywhere goes on there, and until then the store is known not to be whole.") { stores in
            try await CopySample.fill(stores.source)
            var runs = 0
            var written = 0
            while true {
                let limit = Countdown(3)
                let report = try await copy(stores, shouldStop: { limit.isOver })
                runs += 1
                written += report.written
                try expect(try await StoreCopy.unfinished(stores.target), is: !report.isDone, "whether it is unfinished")
                try expect(runs < 1000, "it comes to no end")
                // What compares must come to its end at once.
                if report.rows == (try await stores.source.rowCounts()) { break }
            }
            let last = try await copy(stores)
            try expect(last.isDone, "the last run is not done")
            try expect(runs > 10, "it was ended \(runs) times")
            try expect(written + last.written, is: last.rows.values.reduce(0, +), "rows that were written")
            try await expectSame(stores)
        },
        Check("A source that has changed since is noticed, and a copy begun anew takes the change.") { stores in
            try await CopySample.fill(stores.source)
            let limit = Countdown(5)
            _ = try await copy(stores, shouldStop: { limit.isOver })
            _ = try await stores.source.apply([.save(try Trial.cart("new"), wasAbandoned: false, replacing: nil)])
            try await expectRefusal("changed") { _ = try await copy(stores) }
            try expect(try await StoreCopy.unfinished(stores.target), "it passes for whole")
            try expect(try await copy(stores, restarting: true).isDone, "the copy is not done")
            try await expectSame(stores)
        },
        Check("A source that changes while it is copied or compared is noticed.") { stores in
            try await CopySample.fill(stores.source)
            for step in [StoreCopy.Step.copying, .counting, .comparing] {
                let once = Countdown(1)
                let change = CartChange.save(try Trial.cart("\(step)"), wasAbandoned: false, replacing: nil)
                try await expectRefusal("changed") {
                    _ = try await copy(
                        stores, restarting: true,
                        progress: { reached, _, _ in
                            guard reached == step, !once.isOver else { return }
                            _ = try? await stores.source.apply([change])
                        })
                }
            }
            try expect(try await copy(stores, restarting: true).isDone, "the copy is not done")
            try await expectSame(stores)
        },
        Check("Keys may be used meanwhile, and answers kept.") { stores in
            try await CopySample.fill(stores.source)
            let once = Countdown(2)
            let address = try require(NetworkAddress("192.0.2.200"), "address")
            let use = KeyUsage(
                keyID: 1, requests: [KeyUsage.Count(day: 9, kind: .read): 5], lastAccess: Trial.base + .hours(5),
                addresses: [address: Trial.base])
            let report = try await copy(
                stores,
                progress: { step, _, _ in
                    guard step == .comparing, !once.isOver else { return }
                    try? await stores.source.add([use])
                    _ = try? await stores.source.apply([], once: CopySample.request("meanwhile")) { _ in [1, 2, 3] }
                    try? await stores.source.leave([7], as: "meanwhile")
                })
            try expect(report.isDone, "the copy is not done")
            try expect(report.rows, is: try await stores.source.rowCounts(), "rows")
            try await expectSame(stores)
        },
        Check("A target that holds anything is refused and left as it is.") { stores in
            try await CopySample.fill(stores.source)
            _ = try await stores.target.apply([.save(try Trial.cart("mine"), wasAbandoned: false, replacing: nil)])
            for restarting in [false, true] {
                try await expectRefusal("holds carts (1)") { _ = try await copy(stores, restarting: restarting) }
            }
            try expect(try await stores.target.rowCounts()[.carts], is: 1, "carts of the target")
            try expect(try await !StoreCopy.unfinished(stores.target), "it passes for a copy")
        },
        Check("A target that was written to is refused, though it is empty again.") { stores in
            try await CopySample.fill(stores.source)
            let cart = try Trial.cart("mine")
            _ = try await stores.target.apply([.save(cart, wasAbandoned: false, replacing: nil), .delete(cart.key, revision: nil)])
            for table in ["audit", "cart_events"] { try await stores.damage("DELETE FROM \(table)") }
            try expect(try await stores.target.rowCounts().values.reduce(0, +), is: 0, "rows of the target")
            try await expectRefusal("was written to before") { _ = try await copy(stores) }
            try expect(try await !StoreCopy.unfinished(stores.target), "it passes for a copy")
        },
        Check("A server that writes to the target when all was compared is noticed.") { stores in
            try await CopySample.fill(stores.source)
            // Else its numbers would meet those of the copied entries.
            _ = try await stores.source.forgetAudit(before: Trial.base + .days(1000), limit: 10_000)
            let once = Countdown(1)
            let change = CartChange.save(try Trial.cart("late"), wasAbandoned: false, replacing: nil)
            try await expectRefusal("somebody else") {
                _ = try await copy(
                    stores,
                    progress: { step, done, total in
                        guard step == .comparing, done == total, !once.isOver else { return }
                        _ = try? await stores.target.apply([change])
                    })
            }
            try expect(once.isOver, "nothing was written")
            try expect(try await StoreCopy.unfinished(stores.target), "it passes for whole")
            try await expectRefusal("somebody else") { _ = try await copy(stores, restarting: true) }
        },
        Check("A target that does not keep what was written is no copy.") { stores in
            try await CopySample.fill(stores.source)
            // The last takes a row, so that the copy cannot be begun anew.
            for (part, damage) in [
                ("carts", "UPDATE cart_documents SET document = (SELECT document FROM cart_documents WHERE id = 2) WHERE id = 3"),
                ("carts", "UPDATE carts SET total = total + 1 WHERE id = (SELECT max(id) FROM carts)"),
                ("users", "UPDATE users SET email = 'x' WHERE name = 'ann'"),
                ("carts", "DELETE FROM carts WHERE id = (SELECT min(id) FROM carts)"),
            ] {
                try await expectRefusal("The target does not hold the same \(part)", .unavailable) {
                    _ = try await copy(
                        stores, restarting: true,
                        progress: { step, _, _ in if step == .counting { try? await stores.damage(damage) } })
                }
                try expect(try await StoreCopy.unfinished(stores.target), "it passes for whole")
            }
        },
        Check("A target of which two tables tell different things of a cart is not whole.") { stores in
            try await CopySample.fill(stores.source)
            let once = Countdown(1)
            try await expectRefusal("other values beside their documents", .unavailable) {
                _ = try await copy(
                    stores,
                    progress: { step, _, _ in
                        guard step == .counting, !once.isOver else { return }
                        try? await stores.damage(
                            "UPDATE cart_documents SET owner_id = owner_id + 1 WHERE id IN (SELECT min(id) FROM carts)")
                    })
            }
            try expect(try await copy(stores, restarting: true).isDone, "the copy is not done")
            try await expectSame(stores)
            for sort in [0, 6] {
                try await stores.damage("UPDATE cart_ranks SET carts = carts + 1 WHERE sort = \(sort)")
                try expect(try await stores.target.verify().count, is: sort == 0 ? 1 : 2, "what is found wrong")
            }
        },
        Check("A copy that is done is no target any more.") { stores in
            try await CopySample.fill(stores.source)
            _ = try await copy(stores)
            for restarting in [false, true] {
                try await expectRefusal("already") { _ = try await copy(stores, restarting: restarting) }
            }
            try await expectSame(stores)
        },
        Check("An unfinished copy into which somebody else has written is not emptied.") { stores in
            try await CopySample.fill(stores.source)
            let limit = Countdown(5)
            _ = try await copy(stores, shouldStop: { limit.isOver })
            _ = try await stores.target.insert(Trial.user("other"))
            for restarting in [false, true] {
                try await expectRefusal("somebody else") { _ = try await copy(stores, restarting: restarting) }
            }
            try expect(try await stores.target.user(login: "other") != nil, "the user is gone")
        },
        Check("An unfinished copy of another store is emptied only when that is asked for.") { stores in
            try await CopySample.fill(stores.source)
            let limit = Countdown(5)
            var other = StoreCopy(from: stores.source, named: "other", to: stores.target)
            other.batch = 3
            _ = try await other.run(shouldStop: { limit.isOver })
            try await expectRefusal("another store") { _ = try await copy(stores) }
            try expect(try await copy(stores, restarting: true).isDone, "the copy is not done")
            try await expectSame(stores)
        },
        Check("What is itself an unfinished copy is not copied.") { stores in
            try await CopySample.fill(stores.source)
            let limit = Countdown(5)
            _ = try await copy(stores, shouldStop: { limit.isOver })
            try await expectRefusal("not finished") { _ = try await copy(Stores(stores.target, stores.source)) }
        },
        Check("Of two copies at once into one target one ends, and the target is whole all the same.") { stores in
            try await CopySample.fill(stores.source)
            async let first = isDone(stores)
            async let second = isDone(stores)
            let results = await [first, second]
            try expect(results.contains(false), "both are done")
            if !results.contains(true) { try expect(try await copy(stores).isDone, "the copy is not done") }
            try await expectSame(stores)
        },
    ]

    /// Copies with small batches.
    package static func copy(
        _ stores: Stores, restarting: Bool = false, shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (_ step: StoreCopy.Step, _ done: Int, _ total: Int) async -> Void = { _, _, _ in }
    ) async throws -> StoreCopy.Report {
        var copy = StoreCopy(from: stores.source, named: "source", to: stores.target)
        copy.batch = 3
        return try await copy.run(restarting: restarting, shouldStop: shouldStop, progress: progress)
    }

    /// Finds it wrong unless both stores hold the same and answer in the same way.
    package static func expectSame(_ stores: Stores) async throws {
        for part in StorePart.allCases {
            let given = try await StoreDigest(of: part, in: stores.source, limit: 7) { _ in true }
            let held = try await StoreDigest(of: part, in: stores.target, limit: 1000) { _ in true }
            try expect(held, is: given, "the \(part.name)")
        }
        try expect(try await stores.target.numbers(), is: try await stores.source.numbers(), "the counters")
        let (given, held) = (try await StoreImage(stores.source), try await StoreImage(stores.target))
        try held.expectSame(as: given)
        try expect(try await stores.target.verify(), is: [], "what is wrong with the target")
        try expect(try await !StoreCopy.unfinished(stores.target), "the target passes for unfinished")
    }

    private static func isDone(_ stores: Stores) async -> Bool { (try? await copy(stores).isDone) == true }

    private static func expectRefusal(
        _ word: String, _ code: CartError.Code = .conflict, _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as CartError where error.code == code {
            try expect(error.reason.contains(word), "the reason is '\(error.reason)', without '\(word)'")
            return
        }
        throw ContractViolation("nothing was refused where '\(word)' should be told")
    }
}
