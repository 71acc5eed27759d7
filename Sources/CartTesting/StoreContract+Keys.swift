import CartCore

extension StoreContract {
    static let keyChecks = [
        Check("A new key is kept with an id that the store chooses, and found by hash, by id and in the list.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let bob = try await trial.store.insert(Trial.user("bob", role: .customer))
            var all: [KeyAndUser] = []
            for (place, permission) in Permission.allCases.enumerated() {
                let owner = place % 2 == 0 ? bob : ann
                var given = Trial.key(of: owner, "ck_\(place)", permission: permission, expires: place == 0 ? Trial.base : nil)
                if place % 2 == 0 { given.kind = .cscart }
                let kept = try await trial.store.insert(given)
                var expected = given
                expected.id = kept.id
                try expect(kept, is: expected, "the new key \(place)")
                all.append(KeyAndUser(key: kept, user: owner))
            }
            for entry in all {
                try expect(try await trial.store.key(id: entry.key.id), is: entry, "the key by id")
                try expect(try await trial.store.key(lookupHash: entry.key.keyHash), is: entry, "the key by hash")
            }
            try expect(try await trial.store.keys(), is: all.sorted { $0.key.id < $1.key.id }, "all keys by id")
            try expect(Set(all.map(\.key.id)).count, is: all.count, "distinct ids")
        },
        Check("Unknown keys are not found.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            for hash in ["", "%", key.keyHash.uppercased(), String(key.keyHash.dropLast()), key.keyHash + "0"] where hash != key.keyHash {
                try expect(try await trial.store.key(lookupHash: hash), is: nil, "the key with hash '\(hash)'")
            }
            for id in [0, -1, key.id + 1, .max] { try expect(try await trial.store.key(id: id), is: nil, "the key with id \(id)") }
        },
        Check("A key of an unknown user is refused.") { trial in
            var nobody = Trial.user("nobody")
            for id in [0, -1, 4711, Int64.max] {
                nobody.id = id
                let key = Trial.key(of: nobody, "ck_1")
                try await expectInvalid("a key of user \(id)") { _ = try await trial.store.insert(key) }
            }
            try expect(try await trial.store.keys(), is: [], "all keys")
        },
        Check("A key is revoked once; revoking it again changes nothing.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            let other = try await trial.store.insert(Trial.key(of: ann, "ck_2"))
            var revoked = key
            revoked.revoked = Trial.base
            for now in [Trial.base, Trial.base + .days(1)] {
                try expect(try await trial.store.changeKey(id: key.id, .revoke, now: now)?.key, is: revoked, "revoking")
            }
            try expect(try await trial.store.changeKey(id: other.id + 1, .revoke, now: Trial.base), is: nil, "revoking an unknown key")
            try expect(try await trial.store.keys().map(\.key), is: [revoked, other].sorted { $0.id < $1.id }, "all keys")
            try expect(try await trial.store.key(lookupHash: key.keyHash)?.key, is: revoked, "the revoked key by hash")
        },
        Check("A key that is rotated is found by what it is and by what it was; a key that was disabled can be enabled.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let random = SeededRandom()
            let first = APIKey(random: random)
            let key = try await trial.store.insert(
                ConsumerKey(.apiKey(first), userID: ann.id, description: "d", permission: .read, created: Trial.base))
            let second = APIKey(random: random)
            let rotated = try require(
                try await trial.store.changeKey(
                    id: key.id, .rotate(.apiKey(second), graceUntil: Trial.base + .days(7)), now: Trial.base), "the rotated key")
            try expect(rotated.key, is: try key.changed(.rotate(.apiKey(second), graceUntil: Trial.base + .days(7)), at: Trial.base), "key")
            for text in [first.text, second.text] {
                try expect(try await trial.store.key(lookupHash: ConsumerKey.lookupHash(of: text)), is: rotated, "the key by hash")
            }
            let disabled = try await trial.store.changeKey(id: key.id, .disable, now: Trial.base)
            try expect(disabled?.key.disabled, is: Trial.base, "since when it is disabled")
            var enabled = rotated
            enabled.key.enabled = Trial.base + .days(1)
            for day in [1, 2] as [Int64] {
                let changed = try await trial.store.changeKey(id: key.id, .enable, now: Trial.base + .days(day))
                try expect(changed, is: enabled, "the enabled key")
            }
            try expect(try await trial.store.key(id: key.id), is: enabled, "the key by id")
            _ = try await trial.store.changeKey(id: key.id, .revoke, now: Trial.base)
            try await expectInvalid("rotating a revoked key") {
                _ = try await trial.store.changeKey(id: key.id, .rotate(.apiKey(first), graceUntil: Trial.base), now: Trial.base)
            }
        },
        Check("A key that has not been used since a moment is disabled, and no other.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            try await trial.store.add([KeyUsage(keyID: key.id, lastAccess: Trial.base + .days(10))])
            for (since, isDisabled) in [(Trial.base + .days(10), false), (Trial.base + .days(10) + .seconds(1), true)] {
                let changed = try await trial.store.changeKey(id: key.id, .disableUnused(since: since), now: Trial.base + .days(20))
                try expect(changed?.key.disabled, is: isDisabled ? Trial.base + .days(20) : nil, "disabled for idleness since \(since)")
            }
            _ = try await trial.store.changeKey(id: key.id, .enable, now: Trial.base + .days(30))
            let enabled = try await trial.store.changeKey(
                id: key.id, .disableUnused(since: Trial.base + .days(25)), now: Trial.base + .days(31))
            try expect(enabled?.key.disabled, is: nil, "disabled soon after it was enabled")
        },
        Check("A named request makes or changes a key once, and its answer is kept with that.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let caller = Caller(credential: .password, user: ann, permission: .admin)
            let author = Author.tester(at: Trial.base)
            func request(_ name: String) -> IdempotentRequest {
                IdempotentRequest(name: name, caller: caller, method: "POST", path: "/", body: [], now: Trial.base)
            }
            let key = Trial.key(of: ann, "ck_1")
            let made = try await trial.store.apply(.create(key), by: author, once: request("1")) { entry in Array("\(entry.key.id)".utf8) }
            guard case .done(let entry) = made else { throw ContractViolation("a first request was answered with \(made)") }
            let again = try await trial.store.apply(.create(Trial.key(of: ann, "ck_2")), by: author, once: request("1")) { _ in [] }
            try expect(again, is: .repeated(answer: Array("\(entry.key.id)".utf8)), "the same request again")
            try expect(try await trial.store.keys(), is: [entry], "all keys")
            let change = KeyEdit.change(id: entry.key.id, .disable)
            for _ in 1...2 { _ = try await trial.store.apply(change, by: author, once: request("2")) { _ in [2] } }
            _ = try await trial.store.changeKey(id: entry.key.id, .enable, by: author)
            try expect(try await trial.store.apply(change, by: author, once: request("2")) { _ in [] }, is: .repeated(answer: [2]), "again")
            try expect(try await trial.store.key(id: entry.key.id)?.key.disabled, is: nil, "whether the repetition disabled the key")
            let unknown = KeyEdit.change(id: entry.key.id + 1, .disable)
            for _ in 1...2 {
                let result = try await trial.store.apply(unknown, by: author, once: request("3")) { _ in [3] }
                try expect(result, is: .notFound, "an unknown key")
            }
        },
        Check("The revision of the credentials rises with every change of a user or a key, and not with usage.") { trial in
            var revision = try await trial.store.credentialsRevision()
            func expectRise(after what: String) async throws {
                let new = try await trial.store.credentialsRevision()
                try expect(new > revision, "the revision \(new) after \(what) is not above \(revision)")
                revision = new
            }
            let ann = try await trial.store.insert(Trial.user("ann"))
            try await expectRise(after: "a new user")
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            try await expectRise(after: "a new key")
            try await trial.store.add([KeyUsage(keyID: key.id, requests: [KeyUsage.Count(day: 0, kind: .list): 1], lastAccess: Trial.base)])
            _ = try await trial.store.keys()
            _ = try await trial.keep([try Trial.cart("a")])
            try expect(try await trial.store.credentialsRevision(), is: revision, "the revision after usage")
            _ = try await trial.store.changeKey(id: key.id, .revoke, now: Trial.base)
            try await expectRise(after: "a revoked key")
            _ = try await trial.store.changeUser(name: "ann", .role(.customer), by: .tester())
            try await expectRise(after: "a changed user")
            _ = try await trial.store.deleteUser(name: "ann")
            try await expectRise(after: "a deleted user")
            try expect(try await trial.store.credentialsRevision(), is: revision, "the revision asked twice")
        },
    ]
}
