import CartCore
import Synchronization

extension StoreContract {
    static let feedChecks = [
        Check("The feed of entries is the whole trail in the order of writing, whatever the size of its steps.") { trial in
            let expected = try await writeOfEverything(trial)
            let trail = try await trial.store.audit(AuditQuery(limit: 100)).entries
            for limit in [1, 2, 5, 100] {
                let feed = try await walk(trial, limit: limit)
                try expect(feed.map { "\($0.action.rawValue) \($0.subject)" }, is: expected, "entries in steps of \(limit)")
                try expect(feed.map(\.id), is: trail.map(\.id).sorted(), "ids in steps of \(limit)")
                try expect(Set(feed), is: Set(trail), "entries of the feed and of the trail")
            }
        },
        Check("A cart that is removed stands in the feed behind all its writes, each entry with the revision of its write.") { trial in
            let cart = try Trial.cart("a")
            var revisions: [Int64] = []
            for change in [
                .save(cart, wasAbandoned: false, replacing: nil), .save(cart, wasAbandoned: false, replacing: 1),
                .delete(cart.key, revision: nil), .save(cart, wasAbandoned: false, replacing: nil),
            ] as [CartChange] {
                switch try await trial.apply(change) {
                case .saved(_, let revision), .deleted(let revision): revisions.append(revision)
                case .conflict, .notFound: throw ContractViolation("\(change) was refused")
                }
            }
            let again = try require(try await trial.load("a"), "the cart")
            let removed = try await trial.store.delete([again.id], meeting: CartFilter(), at: Trial.clock, by: .tester(), under: nil)
            try expect(removed, is: 1, "carts removed")
            revisions.append(try await trial.store.revision())
            let feed = try await walk(trial, limit: 2)
            try expect(feed.map(\.id), is: revisions, "ids")
            try expect(feed.map(\.action), is: [.cartCreate, .cartReplace, .cartDelete, .cartCreate, .cartDelete], "actions")
            try expect(Set(feed.map(\.subject)), is: ["cart:a"], "subjects")
        },
        Check("Entries that tell of earlier moments stand where they were written.") { trial in
            let moments = [5, 1, 3, 1].map { Trial.base + .seconds($0) }
            try await trial.store.add(moments.map(entry))
            try expect(try await walk(trial, limit: 3).map(\.at), is: moments, "moments")
        },
        Check("Behind the last entry there is nothing, until something is written; then that, and nothing twice.") { trial in
            try expect(try await trial.store.entries(after: 0, limit: 10), is: [], "entries of an empty store")
            try await trial.store.add([entry(Trial.base)])
            var last = try require(try await trial.store.entries(after: 0, limit: 10).last, "an entry").id
            for number in 0..<5 {
                try expect(try await trial.store.entries(after: last, limit: 10), is: [], "entries behind the last")
                let kept = try await trial.keep([try Trial.cart("k\(number)")])
                let new = try await trial.store.entries(after: last, limit: 10)
                try expect(new.map(\.subject), is: ["cart:k\(number)"], "entries behind the last after a write")
                try expect(new.map(\.id), is: kept.map(\.revision), "the id of the entry")
                last = try require(new.last, "the new entry").id
            }
            try expect(try await trial.store.entries(after: .max, limit: 10), is: [], "entries behind all ids")
            try expect(try await trial.store.entries(after: -1, limit: 10).count, is: 6, "entries behind no id")
        },
        Check("The feed goes on behind an entry that was forgotten.") { trial in
            try await trial.store.add((1...6).map { entry(Trial.base + .seconds($0)) })
            let all = try await trial.store.entries(after: 0, limit: 10)
            _ = try await trial.store.forgetAudit(before: Trial.base + .seconds(4), limit: 10)
            try expect(try await trial.store.entries(after: all[1].id, limit: 10), is: Array(all[3...]), "entries behind a forgotten one")
        },
        Check("While many write, whoever follows the feed misses nothing.") { trial in
            let carts = 60
            let seen = try await withThrowingTaskGroup(of: [AuditEntry].self) { group in
                for number in 0..<carts {
                    group.addTask {
                        try await trial.keep([try Trial.cart("k\(number)")])
                        return []
                    }
                }
                group.addTask {
                    var seen: [AuditEntry] = []
                    let end = ContinuousClock.now + .seconds(60)
                    while seen.count < carts, ContinuousClock.now < end {
                        seen += try await trial.store.entries(after: seen.last?.id ?? 0, limit: 7)
                        await Task.yield()
                    }
                    return seen
                }
                return try await group.reduce(into: [] as [AuditEntry]) { $0 += $1 }
            }
            try expect(Set(seen.map(\.subject)).count, is: carts, "carts that were seen")
            try expect(seen.map(\.id), is: seen.map(\.id).sorted(), "ids")
        },
    ]

    /// Lets every kind of writer write.
    ///
    /// - Returns: what the entries are about, in order.
    private static func writeOfEverything(_ trial: Trial) async throws -> [String] {
        let author = Author.tester(at: Trial.base)
        let batches = Mutex([[try Trial.cart("a"), try Trial.cart("b")]])
        _ = try await trial.store.fill({ batches.withLock { $0.popLast() ?? [] } }, by: author)
        let ann = try await trial.store.insert(Trial.user("ann"), by: author)
        let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"), by: author)
        try await trial.store.insert(Trial.session(1, of: ann), by: author)
        try await trial.keep([try Trial.cart("c"), try Trial.cart("d")])
        try await trial.store.add([entry(Trial.base)])
        let ids = try await trial.store.ids(CartFilter(), at: Trial.clock)
        _ = try await trial.store.delete([ids[0]], meeting: CartFilter(), at: Trial.clock, by: author, under: nil)
        _ = try await trial.store.changeKey(id: key.id, .revoke, by: author)
        try await trial.store.deleteSession(Trial.session(1, of: ann).id, by: author)
        return [
            "carts.fill carts", "user.create user:\(ann.id)", "key.create key:\(key.id)", "user.sign_in user:\(ann.id)",
            "cart.create cart:c",
            "cart.create cart:d", "request.refused ", "cart.delete cart:a", "key.revoke key:\(key.id)", "user.sign_out user:\(ann.id)",
        ]
    }

    private static func entry(_ at: Timestamp) -> AuditEntry {
        AuditEntry(at: at, actor: "anonymous", address: nil, action: .requestRefused, subject: "", details: Array("{}".utf8))
    }

    private static func walk(_ trial: Trial, limit: Int) async throws -> [AuditEntry] {
        var seen: [AuditEntry] = []
        while true {
            let next = try await trial.store.entries(after: seen.last?.id ?? 0, limit: limit)
            if next.isEmpty { return seen }
            try expect(next.count <= limit, "\(next.count) entries in a step of \(limit)")
            seen += next
        }
    }
}
