import CartCore

extension StoreContract {
    static let applyingChecks = [
        Check("Of several changes each is done or not by itself, and the answers stand in their order.") { trial in
            let old = try await trial.keep([try Trial.cart("old"), try Trial.cart("gone"), try Trial.cart("stays")])
            let gone = try require(CartKey("gone"), "key")
            let stays = try require(CartKey("stays"), "key")
            let results = try await trial.store.apply([
                .save(try Trial.cart("one"), wasAbandoned: false, replacing: nil),
                .save(try Trial.cart("old", first: "Refused"), wasAbandoned: false, replacing: nil),
                .delete(gone, revision: old[1].revision),
                .delete(gone, revision: nil),
                .delete(stays, revision: old[0].revision),
                .save(try Trial.cart("lost"), wasAbandoned: false, replacing: 1),
                .save(try Trial.cart("old", first: "Taken"), wasAbandoned: false, replacing: old[0].revision),
                .save(try Trial.cart("two"), wasAbandoned: false, replacing: nil),
            ])
            let kinds = results.map { result in
                switch result {
                case .saved: "saved"
                case .deleted: "deleted"
                case .conflict: "conflict"
                case .notFound: "notFound"
                }
            }
            try expect(
                kinds, is: ["saved", "conflict", "deleted", "notFound", "conflict", "conflict", "saved", "saved"],
                "answers to eight changes")
            try await trial.expectFound(["one", "old", "stays", "two"], by: "no filter") { _ in }
            try expect(try await trial.load("old")?.cart().customer.firstName, is: "Taken", "the replaced cart's name")
            try expect(try await trial.load("stays"), is: old[2], "the cart that stays")
        },
        Check("Changes of one key in one go see each other.") { trial in
            let key = try require(CartKey("a"), "key")
            let first = try await trial.store.apply([
                .save(try Trial.cart("a", first: "One"), wasAbandoned: false, replacing: nil),
                .save(try Trial.cart("a", first: "Two"), wasAbandoned: false, replacing: nil),
            ])
            guard first.count == 2, case .saved(let id, let revision) = first[0] else {
                throw ContractViolation("two new carts under one key were answered with \(first)")
            }
            try expect(first[1], is: .conflict, "the second cart under the key")
            let second = try await trial.store.apply([
                .save(try Trial.cart("a", first: "Three"), wasAbandoned: false, replacing: revision),
                .save(try Trial.cart("a", first: "Four"), wasAbandoned: false, replacing: revision),
                .delete(key, revision: nil),
                .delete(key, revision: nil),
                .save(try Trial.cart("a", first: "Five"), wasAbandoned: false, replacing: nil),
            ])
            guard second.count == 5, case .saved(let sameID, _) = second[0], case .deleted = second[2],
                case .saved(let newID, _) = second[4]
            else { throw ContractViolation("five changes under one key were answered with \(second)") }
            try expect(sameID, is: id, "the id of the replaced cart")
            try expect(second[1], is: .conflict, "replacing what was replaced just before")
            try expect(second[3], is: .notFound, "deleting what was deleted just before")
            try expect(newID > id, "the id \(newID) of a cart made anew is not above \(id)")
            try expect(try await trial.load("a")?.cart().customer.firstName, is: "Five", "the name in the last cart")
            try expect(try await trial.page().total, is: 1, "total")
        },
        Check("Ids and revisions rise with every write and are never used again, also after the newest cart was deleted.") { trial in
            var last: Int64 = 0
            for round in 0..<5 {
                let saved = try await trial.keep([try Trial.cart("a\(round)"), try Trial.cart("newest")])
                try expect(saved[0].id > last, "round \(round): the id \(saved[0].id) is not above \(last)")
                try expect(saved[0].revision > last, "round \(round): the revision \(saved[0].revision) is not above \(last)")
                try expect(saved[1].id > saved[0].id, "round \(round): the id \(saved[1].id) is not above \(saved[0].id)")
                try expect(saved[1].revision > saved[0].revision, "round \(round): the revision does not rise within one go")
                let result = try await trial.apply(.delete(try require(CartKey("newest"), "key"), revision: saved[1].revision))
                guard case .deleted(let revision) = result else { throw ContractViolation("deleting was answered with \(result)") }
                try expect(revision > saved[1].revision, "round \(round): a deletion's revision \(revision) does not rise")
                last = revision
            }
        },
        Check("Ids and revisions come from one counter that begins at 1 and that only writes move which were done.") { trial in
            let a = try require(CartKey("a"), "key")
            let changes: [CartChange] = [
                .delete(a, revision: nil),
                .save(try Trial.cart("a"), wasAbandoned: false, replacing: nil),
                .save(try Trial.cart("a"), wasAbandoned: false, replacing: nil),
                .save(try Trial.cart("b"), wasAbandoned: false, replacing: nil),
                .save(try Trial.cart("a"), wasAbandoned: false, replacing: 1),
                .delete(a, revision: 1),
                .delete(a, revision: 3),
                .save(try Trial.cart("a"), wasAbandoned: false, replacing: nil),
            ]
            let expected: [CartChangeResult] = [
                .notFound, .saved(id: 1, revision: 1), .conflict, .saved(id: 2, revision: 2), .saved(id: 1, revision: 3), .conflict,
                .deleted(revision: 4), .saved(id: 5, revision: 5),
            ]
            for (change, answer) in zip(changes, expected) {
                try expect(try await trial.apply(change), is: answer, "the answer to \(change)")
            }
        },
        Check("Of many that replace one cart at one revision at once, one is done.") { trial in
            let old = try await trial.keep([try Trial.cart("a")])[0]
            let results = try await withThrowingTaskGroup(of: CartChangeResult.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let cart = try Trial.cart("a", first: "\(number)")
                        return try await trial.apply(.save(cart, wasAbandoned: false, replacing: old.revision))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try expect(results.count { $0 == .conflict }, is: 15, "conflicts among 16 changes")
            try expect(try await trial.page().total, is: 1, "total")
        },
        Check("Many new carts at once are all kept, each with an id and a revision of its own.") { trial in
            let results = try await withThrowingTaskGroup(of: CartRecord.self) { group in
                for number in 0..<64 { group.addTask { try await trial.keep([try Trial.cart("k\(number)")])[0] } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try expect(Set(results.map(\.id)).count, is: 64, "distinct ids")
            try expect(Set(results.map(\.revision)).count, is: 64, "distinct revisions")
            let page = try await trial.page()
            try expect(page.records, is: results.sorted { $0.id < $1.id }, "the list by id")
        },
    ]
}
