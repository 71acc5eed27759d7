import CartCore
import Synchronization

extension StoreContract {
    static let auditChecks = [
        Check("Every write of a cart leaves one entry, with its revision for an id and what was before and after; a refused one none.") {
            trial in
            let author = Author(.key(id: 3), from: NetworkAddress("192.0.2.1"), at: Trial.base)
            let cart = try Trial.cart("a") { cart in
                cart.totals.total = 500
                cart.items = [Trial.item(1), Trial.item(1, .wishlist), Trial.item(2)]
                cart.customer.email = "John.Doe@Example.com"
            }
            func apply(_ change: CartChange) async throws -> CartChangeResult { try await trial.store.apply([change], by: author)[0] }
            guard case .saved(_, let first) = try await apply(.save(cart, wasAbandoned: false, replacing: nil)),
                case .saved(_, let second) = try await apply(.save(try Trial.cart("a"), wasAbandoned: false, replacing: first)),
                case .deleted(let third) = try await apply(.delete(cart.key, revision: nil))
            else { throw ContractViolation("a write was refused") }
            _ = try await apply(.save(cart, wasAbandoned: false, replacing: first))
            _ = try await apply(.delete(cart.key, revision: nil))
            let page = try await trial.store.audit(AuditQuery())
            try expect(page.total, is: 3, "total")
            try expect(page.entries.map(\.id), is: [third, second, first], "ids, newest first")
            try expect(page.entries.map(\.action), is: [.cartDelete, .cartReplace, .cartCreate], "actions")
            let full = #"{"revision":\#(first),"owner_id":1,"total":500,"products":2,"email":"j***@e***.com"}"#
            let empty = #"{"revision":\#(second),"owner_id":1,"total":0,"products":0}"#
            try expect(
                page.entries.map(\.detailsText),
                is: [#"{"before":\#(empty)}"#, #"{"before":\#(full),"after":\#(empty)}"#, #"{"after":\#(full)}"#], "details")
            for entry in page.entries {
                try expect(entry.at, is: Trial.base, "at")
                try expect(entry.actor, is: "key:3", "actor")
                try expect(entry.address, is: "192.0.2.1", "address")
                try expect(entry.subject, is: "cart:a", "subject")
            }
        },
        Check("A store that is filled has one entry for all its carts.") { trial in
            let all = [try Trial.cart("a"), try Trial.cart("b")]
            let batches = Mutex([all])
            _ = try await trial.store.fill({ batches.withLock { $0.popLast() ?? [] } }, by: .tester(at: Trial.base))
            let page = try await trial.store.audit(AuditQuery())
            try expect(page.entries.map(\.action), is: [.cartsFill], "actions")
            try expect(page.entries.map(\.detailsText), is: [#"{"count":2}"#], "details")
        },
        Check("Every event of a key and of a user has an entry, without secrets and whole e-mail addresses; what changes nothing has none.")
        {
            trial in
            let author = Author.tester(at: Trial.base)
            let ann = try await trial.store.insert(Trial.user("ann"), by: author)
            let pair = ConsumerKeyPair(random: SeededRandom())
            let key = try await trial.store.insert(
                ConsumerKey(.pair(pair), userID: ann.id, description: "d", permission: .read, created: Trial.base), by: author)
            let new = ConsumerKeyPair(random: SeededRandom(seed: 2))
            for change in [
                .disable, .disable, .disableUnused(since: Trial.base + .days(1)), .enable, .enable,
                .rotate(.pair(new), graceUntil: Trial.base), .revoke, .revoke,
            ] as [KeyChange] {
                _ = try await trial.store.changeKey(id: key.id, change, by: author)
            }
            for change in [.role(.customer), .role(.customer), .password(PasswordHash(stored: "another"))] as [UserChange] {
                _ = try await trial.store.changeUser(name: "ann", change, by: author)
            }
            _ = try await trial.store.deleteUser(name: "ann", by: author)
            _ = try await trial.store.deleteUser(name: "ann", by: author)
            let entries = try await trial.store.audit(AuditQuery()).entries
            try expect(
                entries.map(\.action).reversed(),
                is: [
                    .userCreate, .keyCreate, .keyDisable, .keyEnable, .keyRotate, .keyRevoke, .userRole, .userPassword, .userDelete,
                ], "actions")
            for entry in entries {
                try expect(entry.subject, is: entry.action.rawValue.hasPrefix("key") ? "key:\(key.id)" : "user:\(ann.id)", "subject")
                for secret in [pair.consumerKey, pair.consumerSecret, new.consumerSecret, key.keyHash, ann.email, "another"] {
                    try expect(!entry.detailsText.contains(secret), "the entry \(entry.detailsText) holds \(secret)")
                }
            }
            let revoked = try require(entries.first { $0.action == .keyRevoke }, "the entry of the revocation")
            try expect(
                revoked.detailsText.contains(#""before":{"description":"d","user_id":\#(ann.id),"permissions":"read","state":"active""#),
                "before: \(revoked.detailsText)")
            try expect(revoked.detailsText.contains(#""state":"revoked""#), "after: \(revoked.detailsText)")
        },
        Check("The trail is found by each condition and by all together, and walked in pages by time, then id.") { trial in
            func entry(_ second: Int64, _ actor: String, _ action: AuditAction, _ subject: String) -> AuditEntry {
                AuditEntry(
                    at: Trial.base + .seconds(second), actor: actor, address: nil, action: action, subject: subject,
                    details: Array("{}".utf8))
            }
            // Later entries may tell of earlier moments.
            try await trial.store.add([
                entry(5, "key:1", .cartDelete, "cart:a"), entry(3, "key:1", .cartDelete, "cart:b"), entry(3, "key:2", .keyRevoke, "key:1"),
                entry(9, "key:1", .requestRefused, ""), entry(1, "key:2", .cartDelete, "cart:a"),
            ])
            let all = try await trial.store.audit(AuditQuery())
            try expect(all.entries.map(\.actor), is: ["key:1", "key:1", "key:2", "key:1", "key:2"], "all, newest first")
            try expect(all.entries.map(\.at), is: [9, 5, 3, 3, 1].map { Trial.base + .seconds($0) }, "moments")
            func expectFound(_ moments: [Int64], _ what: String, _ set: (inout AuditFilter) -> Void) async throws {
                var filter = AuditFilter()
                set(&filter)
                let found = try await trial.store.audit(AuditQuery(filter: filter))
                try expect(found.entries.map(\.at), is: moments.map { Trial.base + .seconds($0) }, "entries by \(what)")
                try expect(found.total, is: moments.count, "total by \(what)")
            }
            try await expectFound([9, 5, 3], "actor") { $0.actor = "key:1" }
            try await expectFound([5, 3, 1], "action") { $0.action = .cartDelete }
            try await expectFound([5, 1], "subject") { $0.subject = "cart:a" }
            try await expectFound([], "an unknown subject") { $0.subject = "cart" }
            try await expectFound([9, 5, 3, 3], "from") { $0.from = Trial.base + .seconds(3) }
            try await expectFound([3, 3, 1], "to") { $0.to = Trial.base + .seconds(3) }
            try await expectFound([3], "all") { filter in
                filter.actor = "key:1"
                filter.action = .cartDelete
                filter.subject = "cart:b"
                filter.from = Trial.base
                filter.to = Trial.base + .seconds(4)
            }
            var walked: [AuditEntry] = []
            var query = AuditQuery(limit: 2)
            repeat {
                let page = try await trial.store.audit(query)
                try expect(page.total, is: 5, "total of a page")
                walked += page.entries
                query.after = page.next
            } while query.after != nil
            try expect(walked, is: all.entries, "pages together")
        },
        Check("Old entries are forgotten, oldest first and never more than asked for.") { trial in
            try await trial.store.add(
                (1...5).map { number in
                    AuditEntry(
                        at: Trial.base + .seconds(number), actor: "anonymous", address: nil, action: .requestRefused, subject: "",
                        details: Array("{}".utf8))
                })
            let moment = Trial.base + .seconds(5)
            for expected in [3, 1, 0] {
                try expect(try await trial.store.forgetAudit(before: moment, limit: 3), is: expected, "removed")
            }
            try expect(try await trial.store.audit(AuditQuery()).entries.map(\.at), is: [moment], "what is left")
        },
    ]
}

extension AuditEntry {
    fileprivate var detailsText: String { String(decoding: details, as: UTF8.self) }
}
