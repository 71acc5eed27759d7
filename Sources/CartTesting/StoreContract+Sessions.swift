import CartCore

extension StoreContract {
    static let sessionChecks = [
        Check("A session is found with its user until the very moment it expires.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let bob = try await trial.store.insert(Trial.user("bob", role: .customer))
            let (first, second) = (Trial.session(1, of: ann), Trial.session(2, of: bob, lasting: .hours(1)))
            for session in [first, second] { try await trial.store.insert(session, by: .tester(at: Trial.base)) }
            for moment in [Trial.base, second.expires - TimeSpan(milliseconds: 1)] {
                try await trial.expectSession(first, of: ann, at: moment, "at \(moment.iso8601)")
                try await trial.expectSession(second, of: bob, at: moment, "at \(moment.iso8601)")
            }
            try await trial.expectSession(second, of: nil, at: second.expires, "when it expires")
            try await trial.expectSession(second, of: nil, at: .latest, "long after")
            try await trial.expectSession(first, of: ann, at: second.expires, "when another expires")
            for id in [[], Array(first.id.dropLast()), first.id + [0], Array(repeating: 0, count: 32)] as [[UInt8]] {
                try expect(try await trial.store.session(id, at: Trial.base) == nil, "there is a session of an unknown id")
            }
        },
        Check("A session that is ended is gone, and no other.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let sessions = [Trial.session(1, of: ann), Trial.session(2, of: ann)]
            for session in sessions { try await trial.store.insert(session, by: .tester(at: Trial.base)) }
            try await trial.store.deleteSession(sessions[0].id, by: .tester(at: Trial.base))
            try await trial.store.deleteSession(sessions[0].id, by: .tester(at: Trial.base))
            try await trial.expectSession(sessions[0], of: nil, at: Trial.base, "that was ended")
            try await trial.expectSession(sessions[1], of: ann, at: Trial.base, "of the same user")
        },
        Check("A new role shows in the sessions at once; a new password ends them, and the same password does not.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let bob = try await trial.store.insert(Trial.user("bob"))
            let (hers, his) = (Trial.session(1, of: ann), Trial.session(2, of: bob))
            for session in [hers, his] { try await trial.store.insert(session, by: .tester(at: Trial.base)) }
            func change(_ change: UserChange) async throws -> User? {
                try await trial.store.changeUser(name: "ANN", change, by: .tester(at: Trial.base))
            }
            let demoted = try require(try await change(.role(.customer)), "the user")
            try expect(demoted.role, is: .customer, "the role")
            try await trial.expectSession(hers, of: demoted, at: Trial.base, "after the role was changed")
            _ = try await change(.password(ann.password))
            try await trial.expectSession(hers, of: demoted, at: Trial.base, "after the password was set to what it was")
            _ = try await change(.password(PasswordHash(stored: "another")))
            try await trial.expectSession(hers, of: nil, at: Trial.base, "after the password was changed")
            try await trial.expectSession(his, of: bob, at: Trial.base, "of another user")
        },
        Check("A user who is deleted has no sessions, also when the name is taken again.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let bob = try await trial.store.insert(Trial.user("bob"))
            let (hers, his) = (Trial.session(1, of: ann), Trial.session(2, of: bob))
            for session in [hers, his] { try await trial.store.insert(session, by: .tester(at: Trial.base)) }
            _ = try await trial.store.deleteUser(name: "ann", by: .tester(at: Trial.base))
            try await trial.expectSession(hers, of: nil, at: Trial.base, "of a deleted user")
            _ = try await trial.store.insert(Trial.user("ann"))
            try await trial.expectSession(hers, of: nil, at: Trial.base, "of another user with the name")
            try await trial.expectSession(his, of: bob, at: Trial.base, "of another user")
        },
        Check("The audit trail tells of each sign-in and sign-out, without the id of the session, and of no end that ends nothing.") {
            trial in
            let ann = try await trial.store.insert(Trial.user("ann"), by: .tester(at: Trial.base))
            let credentials = try await trial.store.credentialsRevision()
            let session = Trial.session(7, of: ann)
            let author = Author(.user(id: ann.id), from: NetworkAddress("192.0.2.1"), at: Trial.base + .seconds(1))
            try await trial.store.insert(session, by: author)
            try await trial.store.deleteSession(Array(repeating: 0, count: 32), by: author)
            for _ in 0..<2 { try await trial.store.deleteSession(session.id, by: author) }
            let entries = try await trial.store.audit(AuditQuery()).entries
            try expect(entries.map(\.action), is: [.userSignOut, .userSignIn, .userCreate], "actions, newest first")
            for entry in entries.prefix(2) {
                try expect(entry.subject, is: "user:\(ann.id)", "subject")
                try expect(entry.actor, is: "user:\(ann.id)", "actor")
                try expect(entry.address, is: "192.0.2.1", "address")
                try expect(entry.at, is: author.now, "at")
                try expect(String(decoding: entry.details, as: UTF8.self), is: "{}", "details")
            }
            try expect(try await trial.store.credentialsRevision(), is: credentials, "the revision of users and keys")
        },
    ]
}

extension Trial {
    static func session(_ number: UInt8, of user: User, lasting span: TimeSpan = Session.lifetime) -> Session {
        Session(id: Array(repeating: number, count: 32), userID: user.id, created: base, expires: base + span)
    }

    /// Finds it wrong unless the session is found with this user; nil: unless it is not found.
    func expectSession(
        _ session: Session, of user: User?, at now: Timestamp, _ what: String, file: String = #fileID, line: Int = #line
    ) async throws {
        let found = try await store.session(session.id, at: now)
        try expect(found?.user, is: user, "the user of the session \(what)", file: file, line: line)
        try expect(found?.session, is: user == nil ? nil : session, "the session \(what)", file: file, line: line)
    }
}
