import CartCore

extension StoreContract {
    static let userChecks = [
        Check("A new user is kept with an id that the store chooses, and found by it.") { trial in
            let given = Trial.user("ann", role: .shopManager)
            let user = try await trial.store.insert(given)
            var expected = given
            expected.id = user.id
            try expect(user, is: expected, "the new user")
            try expect(user.id > 0, "the id \(user.id) is not above 0")
            try expect(try await trial.store.user(login: "ann"), is: user, "the user by name")
            let second = try await trial.store.insert(Trial.user("bob", role: .customer))
            try expect(second.id != user.id, "two users have the id \(user.id)")
            try expect(try await trial.store.users(), is: [user, second].sorted { $0.id < $1.id }, "all users by id")
        },
        Check("A user is found by name or e-mail address in any case.") { trial in
            var given = Trial.user("Ann.Lee")
            given.email = "Stra\u{DF}e@Example.com"
            let user = try await trial.store.insert(given)
            for login in ["Ann.Lee", "ann.lee", "ANN.LEE", "Stra\u{DF}e@Example.com", "STRASSE@EXAMPLE.COM", "strasse@example.com"] {
                try expect(try await trial.store.user(login: login), is: user, "the user by \(login)")
            }
            for login in ["", "ann", "Ann.Lee ", "ann_lee", "%", "strasse@example.co", "Ann.Lee:x"] {
                try expect(try await trial.store.user(login: login), is: nil, "the user by '\(login)'")
            }
        },
        Check("A name or e-mail address of another user is refused, also in other case, and nothing changes.") { trial in
            let user = try await trial.store.insert(Trial.user("ann"))
            let revision = try await trial.store.credentialsRevision()
            for (name, email) in [("ann", "x@example.com"), ("ANN", "x@example.com"), ("x", "ann@example.com"), ("x", "ANN@Example.com")] {
                var other = Trial.user(name)
                other.email = email
                try await expectInvalid("the user \(name) with \(email)") { _ = try await trial.store.insert(other) }
            }
            try expect(try await trial.store.users(), is: [user], "all users")
            try expect(try await trial.store.credentialsRevision(), is: revision, "the revision after refusals")
        },
        Check("A deleted user is gone together with the user's keys, and the name is free again.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let bob = try await trial.store.insert(Trial.user("bob"))
            let keys = [
                try await trial.store.insert(Trial.key(of: ann, "ck_a1")), try await trial.store.insert(Trial.key(of: bob, "ck_b")),
                try await trial.store.insert(Trial.key(of: ann, "ck_a2")),
            ]
            try expect(try await trial.store.deleteUser(name: "nobody"), is: false, "deleting nobody")
            try expect(try await trial.store.deleteUser(name: "ann"), is: true, "deleting ann")
            try expect(try await trial.store.deleteUser(name: "ann"), is: false, "deleting ann again")
            try expect(try await trial.store.user(login: "ann"), is: nil, "the deleted user")
            try expect(try await trial.store.users(), is: [bob], "all users")
            try expect(try await trial.store.keys().map(\.key), is: [keys[1]], "all keys")
            try expect(try await trial.store.key(id: keys[0].id), is: nil, "a deleted user's key by id")
            try expect(try await trial.store.key(lookupHash: keys[2].keyHash), is: nil, "a deleted user's key by hash")
            let again = try await trial.store.insert(Trial.user("ann"))
            try expect(again.id != ann.id && again.id != bob.id, "the id \(again.id) was used before")
            try expect(try await trial.store.keys().count, is: 1, "keys after the name was taken again")
        },
    ]
}

extension Trial {
    static func user(_ name: String, role: Role = .administrator) -> User {
        User(
            id: 0, name: name, email: "\(name)@example.com", role: role, password: PasswordHash(stored: "scrypt$\(name)"),
            created: base + TimeSpan(milliseconds: 7))
    }

    static func key(of user: User, _ consumerKey: String, permission: Permission = .readWrite, expires: Timestamp? = nil) -> ConsumerKey {
        ConsumerKey(
            id: 0, userID: user.id, description: "Key '\(consumerKey)'", permission: permission, storeID: permission == .read ? 7 : nil,
            allowedRanges: ["192.0.2.0/24", "2001:db8::/32"].compactMap(NetworkRange.init),
            keyHash: ConsumerKey.lookupHash(of: consumerKey), secretHash: ConsumerKey.secretHash(of: "cs_" + consumerKey),
            truncatedKey: String(consumerKey.suffix(7)), created: base + TimeSpan(milliseconds: 3), expires: expires)
    }
}

extension StoreContract {
    /// - Throws: ``ContractViolation`` unless the body throws ``CartError`` `.invalid`.
    static func expectInvalid(_ what: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as CartError {
            try expect(error.code, is: .invalid, "the refusal of \(what)")
            return
        }
        throw ContractViolation("\(what) was not refused")
    }
}
