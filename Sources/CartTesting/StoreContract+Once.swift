import CartCore

extension StoreContract {
    static let onceChecks = [
        Check("A request that is repeated gets the answer that was kept with its changes, and changes nothing.") { trial in
            let request = try request("r")
            let change = CartChange.save(try Trial.cart("a"), wasAbandoned: false, replacing: nil)
            let first = try await trial.store.apply([change], once: request) { results in Array("answer to \(results)".utf8) }
            let expected = [CartChangeResult.saved(id: 1, revision: 1)]
            try expect(first, is: .done(expected), "the first request")
            for _ in 1...2 {
                let again = try await trial.store.apply([change, .delete(try require(CartKey("a"), "key"), revision: nil)], once: request) {
                    _ in Array("another".utf8)
                }
                try expect(again, is: .repeated(answer: Array("answer to \(expected)".utf8)), "the repeated request")
            }
            try expect(try await trial.load("a")?.revision, is: 1, "the revision of the cart")
        },
        Check("Requests of other ids are done, with or without changes.") { trial in
            let change = CartChange.save(try Trial.cart("a"), wasAbandoned: false, replacing: nil)
            _ = try await trial.store.apply([change], once: try request("one")) { _ in [1] }
            try expect(try await trial.store.apply([change], once: try request("two")) { _ in [2] }, is: .done([.conflict]), "the second")
            try expect(try await trial.store.apply([], once: try request("three")) { _ in [] }, is: .done([]), "the third")
            for (name, answer) in [("one", [1]), ("two", [2]), ("three", [])] as [(String, [UInt8])] {
                let repeated = try await trial.store.apply([], once: try request(name)) { _ in [9] }
                try expect(repeated, is: .repeated(answer: answer), "\(name) repeated")
            }
        },
        Check("Where no answer is kept the request is done again.") { trial in
            let key = try require(CartKey("a"), "key")
            for _ in 1...2 {
                try await trial.keep([try Trial.cart("a")])
                let result = try await trial.store.apply([.delete(key, revision: nil)], once: try request("r")) { _ in nil }
                guard case .done(let results) = result, case .deleted = results.first else {
                    throw ContractViolation("a request without a kept answer was answered with \(result)")
                }
            }
        },
        Check("An answer counts until it expires, and not from then on.") { trial in
            let later = try request("r", at: Trial.base + IdempotentRequest.lifetime)
            let before = try request("r", at: Trial.base + IdempotentRequest.lifetime - TimeSpan(milliseconds: 1))
            _ = try await trial.store.apply([], once: try request("r")) { _ in [1] }
            try expect(try await trial.store.apply([], once: before) { _ in [2] }, is: .repeated(answer: [1]), "just before")
            try expect(try await trial.store.apply([], once: later) { _ in [3] }, is: .done([]), "at the moment of expiry")
            try expect(try await trial.store.apply([], once: later) { _ in [4] }, is: .repeated(answer: [3]), "after it was done again")
        },
        Check("Of equal requests that come at once, one is done and the others get its answer.") { trial in
            let request = try request("r")
            let results = try await withThrowingTaskGroup(of: OnceResult.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let change = CartChange.save(try Trial.cart("k\(number)"), wasAbandoned: false, replacing: nil)
                        return try await trial.store.apply([change], once: request) { _ in [UInt8(number)] }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try expect(results.count { $0 == .done([.saved(id: 1, revision: 1)]) }, is: 1, "requests that were done")
            let repeated = Set(results.filter { $0 != .done([.saved(id: 1, revision: 1)]) })
            try expect(repeated.count, is: 1, "different answers to the others")
            try expect(try await trial.page().total, is: 1, "carts")
        },
    ]

    private static func request(_ name: String, at now: Timestamp = Trial.base) throws -> IdempotentRequest {
        let user = User(id: 1, name: "u", email: "u@example.com", role: .shopManager, password: .nobody, created: Trial.base)
        let caller = Caller(credential: .consumerKey(id: 1), user: user, permission: .readWrite)
        return IdempotentRequest(name: name, caller: caller, method: "PUT", path: "/a", body: [], now: now)
    }
}
