import CartCore

extension StoreContract {
    static let coordinationChecks = [
        Check("A lease is taken by one at a time, until the very moment it runs out.") { trial in
            let (mine, other) = (lease("sweep", "me"), lease("sweep", "other"))
            try await expectTaken(mine, at: 0, true, trial)
            try await expectTaken(other, at: 0, false, trial)
            try await expectTaken(other, at: 29_999, false, trial)
            try await expectTaken(other, at: 30_000, true, trial)
            try await expectTaken(mine, at: 59_999, false, trial)
            try await expectTaken(mine, at: 60_000, true, trial)
        },
        Check("Who has a lease renews it from the moment of asking, and those who were refused took nothing.") { trial in
            let (mine, other) = (lease("sweep", "me"), lease("sweep", "other"))
            try await expectTaken(mine, at: 0, true, trial)
            try await expectTaken(mine, at: 20_000, true, trial)
            try await expectTaken(other, at: 49_999, false, trial)
            try await expectTaken(mine, at: 49_999, true, trial)
            try await expectTaken(other, at: 50_000, false, trial)
            let short = Lease(name: "sweep", holder: "me", duration: .seconds(1))
            try await expectTaken(short, at: 60_000, true, trial)
            try await expectTaken(other, at: 61_000, true, trial)
        },
        Check("Leases of different names have nothing to do with each other.") { trial in
            try await expectTaken(lease("sweep", "me"), at: 0, true, trial)
            try await expectTaken(lease("backup", "other"), at: 0, true, trial)
            try await expectTaken(lease("backup", "me"), at: 0, false, trial)
            try await trial.store.giveBack(lease("backup", "other"))
            try await expectTaken(lease("sweep", "other"), at: 0, false, trial)
        },
        Check("A lease is given back by its holder alone, and then free at once.") { trial in
            let (mine, other) = (lease("sweep", "me"), lease("sweep", "other"))
            try await trial.store.giveBack(mine)
            try await expectTaken(mine, at: 0, true, trial)
            try await trial.store.giveBack(other)
            try await expectTaken(other, at: 1, false, trial)
            try await trial.store.giveBack(mine)
            try await trial.store.giveBack(mine)
            try await expectTaken(other, at: 1, true, trial)
            try await trial.store.giveBack(mine)
            try await expectTaken(mine, at: 2, false, trial)
        },
        Check("Of many that take a lease at once, one has it.") { trial in
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    group.addTask { try await trial.store.take(lease("sweep", "holder \(number)"), at: Trial.base) }
                }
                return try await group.reduce(into: 0) { count, isTaken in count += isTaken ? 1 : 0 }
            }
            try expect(taken, is: 1, "holders")
        },
        Check("A note is what was left under its name last, byte for byte.") { trial in
            try expect(try await trial.store.note("sweep"), is: nil, "a note that nobody left")
            let notes: [[UInt8]] = [[1], Array(#"{"a":"é"}"#.utf8), [], Array(repeating: 0, count: 10_000), [0xFF, 0x00, 0xFE]]
            for note in notes {
                try await trial.store.leave(note, as: "sweep")
                try expect(try await trial.store.note("sweep"), is: note, "the note")
            }
            try await trial.store.leave([7], as: "Sweep")
            try expect(try await trial.store.note("sweep"), is: notes.last, "the note beside one of another name")
            try expect(try await trial.store.note("Sweep"), is: [7], "the note of the other name")
            try expect(try await trial.store.revision(), is: 0, "the revision of carts, which notes do not move")
        },
        Check("Answers and sessions that have run out are forgotten, at most so many of each, and no others.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            for number in 0..<3 { try await keepAnswer("old \(number)", at: 0, trial) }
            try await keepAnswer("new", at: 1, trial)
            let end = Trial.base + IdempotentRequest.lifetime
            let span = TimeSpan(milliseconds: end.milliseconds - Trial.base.milliseconds)
            for number in 1...2 as ClosedRange<UInt8> {
                try await trial.store.insert(Trial.session(number, of: ann, lasting: span), by: .tester())
            }
            let lasting = Trial.session(3, of: ann, lasting: TimeSpan(milliseconds: span.milliseconds + 1))
            try await trial.store.insert(lasting, by: .tester())
            try expect(
                try await trial.store.forgetExpired(at: end - TimeSpan(milliseconds: 1), limit: 100), is: 0,
                "forgotten before anything ran out")
            for expected in [4, 1, 0] {
                try expect(try await trial.store.forgetExpired(at: end, limit: 2), is: expected, "forgotten")
            }
            try await trial.expectSession(lasting, of: ann, at: end, "that has not run out")
            for number in 1...2 as ClosedRange<UInt8> {
                try await trial.expectSession(Trial.session(number, of: ann, lasting: span), of: nil, at: Trial.base, "that was forgotten")
            }
            try expect(try await trial.store.answer(to: request("new", at: 1)), is: [1], "the answer that has not run out")
            for number in 0..<3 {
                try expect(try await trial.store.answer(to: request("old \(number)", at: 0)), is: nil, "an answer that was forgotten")
            }
            try expect(
                try await trial.store.forgetExpired(at: end + TimeSpan(milliseconds: 1), limit: 1), is: 2, "forgotten a millisecond later")
        },
    ]

    private static func lease(_ name: String, _ holder: String) -> Lease { Lease(name: name, holder: holder, duration: .seconds(30)) }

    private static func expectTaken(
        _ lease: Lease, at milliseconds: Int64, _ expected: Bool, _ trial: Trial, file: String = #fileID, line: Int = #line
    ) async throws {
        let taken = try await trial.store.take(lease, at: Trial.base + TimeSpan(milliseconds: milliseconds))
        try expect(taken, is: expected, "taking after \(milliseconds) ms by \(lease.holder)", file: file, line: line)
    }

    /// - Parameter milliseconds: after the base.
    private static func request(_ name: String, at milliseconds: Int64) -> IdempotentRequest {
        let user = User(id: 1, name: "u", email: "u@example.com", role: .shopManager, password: .nobody, created: Trial.base)
        let caller = Caller(credential: .consumerKey(id: 1), user: user, permission: .readWrite)
        return IdempotentRequest(
            name: name, caller: caller, method: "PUT", path: "/a", body: [], now: Trial.base + TimeSpan(milliseconds: milliseconds))
    }

    private static func keepAnswer(_ name: String, at milliseconds: Int64, _ trial: Trial) async throws {
        _ = try await trial.store.apply([], once: request(name, at: milliseconds)) { _ in [1] }
    }
}
