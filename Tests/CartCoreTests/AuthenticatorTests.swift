import CartCore
import CartTesting
import Testing

@Suite("Finding out who calls")
struct AuthenticatorTests {
    private let store = InMemoryStore()
    private let authenticator: Authenticator
    private let now = CartGenerator.base

    init() {
        authenticator = Authenticator(store: store)
    }

    /// A user whose password is `correct horse`, hashed elsewhere: scrypt with N = 2^15, r = 8, p = 3, and the salt 00 01 … 0f.
    private func insertUser(_ name: String = "ann") async throws -> User {
        let password = PasswordHash(stored: PasswordHashTests.correctHorse)
        return try await store.insert(
            User(id: 0, name: name, email: "\(name)@example.com", role: .shopManager, password: password, created: now))
    }

    private func insertKey(
        of user: User, _ pair: ConsumerKeyPair, permission: Permission = .read, expires: Timestamp? = nil
    ) async throws -> ConsumerKey {
        try await store.insert(
            ConsumerKey(.pair(pair), userID: user.id, description: "", permission: permission, created: now, expires: expires))
    }

    private func expectRefusal(_ login: String, _ secret: String, at time: Timestamp? = nil, _ comment: Comment? = nil) async {
        let credentials = Credentials(login: login, secret: secret)
        let error = await #expect(throws: CartError.self, comment) {
            try await authenticator.caller(showing: credentials, now: time ?? now)
        }
        #expect(error?.code == .unauthenticated, comment)
    }

    @Test("A key with its secret is let in as its user, with what the key allows")
    func rightKey() async throws {
        let user = try await insertUser()
        let pair = ConsumerKeyPair(random: SeededRandom())
        let key = try await insertKey(of: user, pair, permission: .readWrite)
        for _ in 0..<2 {
            let caller = try await authenticator.caller(
                showing: Credentials(login: pair.consumerKey, secret: pair.consumerSecret), now: now)
            #expect(caller == Caller(credential: .consumerKey(id: key.id), user: user, permission: .readWrite))
        }
    }

    @Test("Unknown keys and wrong secrets are refused")
    func wrongKeys() async throws {
        let user = try await insertUser()
        let random = SeededRandom()
        let pair = ConsumerKeyPair(random: random)
        let other = ConsumerKeyPair(random: random)
        _ = try await insertKey(of: user, pair)
        _ = try await insertKey(of: user, other)
        await expectRefusal(ConsumerKeyPair(random: random).consumerKey, pair.consumerSecret, "an unknown key")
        for secret in [other.consumerSecret, "", pair.consumerKey, String(pair.consumerSecret.dropLast()), pair.consumerSecret + " "] {
            await expectRefusal(pair.consumerKey, secret, "a wrong secret")
        }
        await expectRefusal(pair.consumerKey.uppercased().replacing("CK_", with: "ck_"), pair.consumerSecret, "a key in capitals")
        await expectRefusal("ck_", "", "no key at all")
        // What was refused is not remembered as right, nor what is right as refused.
        let caller = try await authenticator.caller(showing: Credentials(login: pair.consumerKey, secret: pair.consumerSecret), now: now)
        #expect(caller.user == user)
    }

    @Test("A key is refused from the moment of its expiry on, also if it was let in before")
    func expiredKey() async throws {
        let user = try await insertUser()
        let pair = ConsumerKeyPair(random: SeededRandom())
        _ = try await insertKey(of: user, pair, expires: now + .days(1))
        let credentials = Credentials(login: pair.consumerKey, secret: pair.consumerSecret)
        let lastMoment = now + .days(1) - TimeSpan(milliseconds: 1)
        #expect(try await authenticator.caller(showing: credentials, now: lastMoment).user == user)
        await expectRefusal(pair.consumerKey, pair.consumerSecret, at: now + .days(1))
        await expectRefusal(pair.consumerKey, pair.consumerSecret, at: .latest)
    }

    @Test("After a rotation the new secret works, and the old one until the time of grace is over")
    func rotatedKey() async throws {
        let user = try await insertUser()
        let random = SeededRandom()
        let (old, new) = (ConsumerKeyPair(random: random), ConsumerKeyPair(random: random))
        let key = try await insertKey(of: user, old)
        _ = try await store.changeKey(id: key.id, .rotate(.pair(new), graceUntil: now + .days(7)), now: now)
        func isLetIn(_ secret: String, _ time: Timestamp) async -> Bool {
            let credentials = Credentials(login: old.consumerKey, secret: secret)
            return (try? await authenticator.caller(showing: credentials, now: time)) != nil
        }
        let lastMoment = now + .days(7) - TimeSpan(milliseconds: 1)
        for time in [now, lastMoment, now + .days(7)] { #expect(await isLetIn(new.consumerSecret, time)) }
        for time in [now, lastMoment] { #expect(await isLetIn(old.consumerSecret, time)) }
        #expect(await isLetIn(old.consumerSecret, now + .days(7)) == false)
        #expect(await isLetIn("", now) == false)
    }

    @Test("What was sent once is remembered as it was sent and for its kind, and nothing that was refused is")
    func remembered() async throws {
        let user = try await insertUser()
        let key = APIKey(random: SeededRandom())
        _ = try await store.insert(ConsumerKey(.apiKey(key), userID: user.id, description: "", permission: .read, created: now))
        func callerAfterShowing(_ login: String, as sent: String) async -> Caller? {
            _ = try? await authenticator.caller(
                showing: Credentials(login: login, secret: key.text, sent: sent), as: .cscart, now: now)
            return authenticator.remembered(CredentialsDigest(sent), as: .cscart, now: now)
        }
        #expect(authenticator.remembered(CredentialsDigest("Basic right"), as: .cscart, now: now) == nil)
        #expect(await callerAfterShowing("bob@example.com", as: "Basic wrong") == nil)
        #expect(await callerAfterShowing(user.email, as: "Basic right")?.user == user)
        #expect(authenticator.remembered(CredentialsDigest("Basic right"), as: .cocart, now: now) == nil)
        #expect(authenticator.remembered(CredentialsDigest("basic right"), as: .cscart, now: now) == nil)
        try await Task.sleep(for: Authenticator.freshness)
        #expect(authenticator.remembered(CredentialsDigest("Basic right"), as: .cscart, now: now) == nil, "the store must be asked again")
    }

    @Test("An API key is let in with its user's e-mail address in any case, by its kind alone, and before and after a rotation")
    func apiKey() async throws {
        let user = try await insertUser()
        let other = try await insertUser("bob")
        let random = SeededRandom()
        let (old, new) = (APIKey(random: random), APIKey(random: random))
        #expect(old.text.wholeMatch(of: /[A-Za-z0-9]{32}/) != nil)
        let key = try await store.insert(ConsumerKey(.apiKey(old), userID: user.id, description: "", permission: .read, created: now))
        func isLetIn(_ login: String, _ secret: String, as kind: ConsumerKey.Kind = .cscart, at time: Timestamp? = nil) async -> Bool {
            let credentials = Credentials(login: login, secret: secret)
            return (try? await authenticator.caller(showing: credentials, as: kind, now: time ?? now))?.user == user
        }
        for login in [user.email, user.email.uppercased()] { #expect(await isLetIn(login, old.text)) }
        for login in ["", "ann", other.email, old.text] { #expect(await isLetIn(login, old.text) == false, "\(login)") }
        #expect(await isLetIn(user.email, old.text.lowercased()) == false)
        #expect(await isLetIn(user.email, "correct horse") == false)
        #expect(await isLetIn(user.email, old.text, as: .cocart) == false)
        let pair = ConsumerKeyPair(random: random)
        _ = try await insertKey(of: user, pair)
        for secret in [pair.consumerKey, pair.consumerSecret] { #expect(await isLetIn(user.email, secret) == false) }
        _ = try await store.changeKey(id: key.id, .rotate(.apiKey(new), graceUntil: now + .days(1)), now: now)
        try await Task.sleep(for: Authenticator.freshness + .milliseconds(100))
        for text in [old.text, new.text] { #expect(await isLetIn(user.email, text)) }
        #expect(await isLetIn(user.email, old.text, at: now + .days(1)) == false)
        #expect(await isLetIn(user.email, new.text, at: now + .days(1)))
    }

    @Test("A disabled key is refused until it is enabled again; a revoked one for good")
    func disabledKey() async throws {
        let user = try await insertUser()
        let pair = ConsumerKeyPair(random: SeededRandom())
        let key = try await insertKey(of: user, pair)
        let credentials = Credentials(login: pair.consumerKey, secret: pair.consumerSecret)
        let states: [(KeyChange, Bool)] = [(.disable, false), (.enable, true), (.revoke, false), (.enable, false)]
        for (change, isLetIn) in states {
            _ = try await store.changeKey(id: key.id, change, now: now)
            let fresh = Authenticator(store: store)
            let caller = try? await fresh.caller(showing: credentials, now: now)
            #expect((caller != nil) == isLetIn, "\(change)")
        }
    }

    @Test("A key that was revoked before is refused, and so, in time, are a revoked key and a deleted user who were let in before")
    func changesAreNoticed() async throws {
        let ann = try await insertUser()
        let bob = try await insertUser("bob")
        let random = SeededRandom()
        let pairs = (0..<4).map { _ in ConsumerKeyPair(random: random) }
        let before = try await insertKey(of: ann, pairs[0])
        let after = try await insertKey(of: ann, pairs[1])
        _ = try await insertKey(of: bob, pairs[2])
        _ = try await store.changeKey(id: before.id, .revoke, now: now)
        await expectRefusal(pairs[0].consumerKey, pairs[0].consumerSecret)
        let allowed = [pairs[1], pairs[2]].map { Credentials(login: $0.consumerKey, secret: $0.consumerSecret) }
        for credentials in allowed { _ = try await authenticator.caller(showing: credentials, now: now) }
        let password = Credentials(login: "bob", secret: "correct horse")
        #expect(try await authenticator.caller(showing: password, now: now).user == bob)

        _ = try await store.changeKey(id: after.id, .revoke, now: now)
        _ = try await store.deleteUser(name: "bob")
        let new = try await insertKey(of: ann, pairs[3])
        try await Task.sleep(for: Authenticator.freshness + .milliseconds(100))
        for credentials in allowed + [password] { await expectRefusal(credentials.login, credentials.secret, "\(credentials.login)") }
        let caller = try await authenticator.caller(
            showing: Credentials(login: pairs[3].consumerKey, secret: pairs[3].consumerSecret), now: now)
        #expect(caller.credential == .consumerKey(id: new.id))
    }

    @Test("A person is let in by name or e-mail address in any case, and not by another password or none")
    func passwords() async throws {
        let user = try await insertUser()
        for login in ["ann", "ANN@Example.com"] {
            let caller = try await authenticator.caller(showing: Credentials(login: login, secret: "correct horse"), now: now)
            #expect(caller == Caller(credential: .password, user: user, permission: .admin))
        }
        await expectRefusal("ann", "correct horsf")
        await expectRefusal("nobody", "correct horse")
        await expectRefusal("ann", "")
    }

    @Test("A verified password is remembered for its user alone, a wrong one is not")
    func rememberedPassword() async throws {
        let user = try await insertUser()
        let watched = WatchedStore(store: store)
        let authenticator = Authenticator(store: watched)
        let right = Credentials(login: "ann", secret: "correct horse")
        for _ in 0..<20 { #expect(try await authenticator.caller(showing: right, now: now).user == user) }
        #expect(watched.lookups == 1)
        for wrong in [Credentials(login: "bob", secret: "correct horse"), Credentials(login: "ann", secret: "wrong horse")] {
            let error = await #expect(throws: CartError.self) { try await authenticator.caller(showing: wrong, now: now) }
            #expect(error?.code == .unauthenticated)
        }
        #expect(watched.lookups == 3)
    }

    @Test("A key is looked up once, however often it is shown")
    func rememberedKey() async throws {
        let user = try await insertUser()
        let pair = ConsumerKeyPair(random: SeededRandom())
        _ = try await insertKey(of: user, pair)
        let watched = WatchedStore(store: store)
        let authenticator = Authenticator(store: watched)
        let credentials = Credentials(login: pair.consumerKey, secret: pair.consumerSecret)
        for _ in 0..<20 { _ = try await authenticator.caller(showing: credentials, now: now) }
        #expect(watched.lookups == 1)
    }

    @Test("An unknown key and a wrong secret are refused after the same time, whether or not the key is remembered")
    func refusalTime() async throws {
        let user = try await insertUser()
        let pair = ConsumerKeyPair(random: SeededRandom())
        _ = try await insertKey(of: user, pair)
        let fresh = Authenticator(store: store)
        _ = try await authenticator.caller(showing: Credentials(login: pair.consumerKey, secret: pair.consumerSecret), now: now)
        for login in ["ck_unknown", pair.consumerKey] {
            for authenticator in [authenticator, fresh] {
                let start = ContinuousClock.now
                let error = await #expect(throws: CartError.self) {
                    try await authenticator.caller(showing: Credentials(login: login, secret: "cs_wrong"), now: now)
                }
                #expect(error?.code == .unauthenticated)
                #expect(ContinuousClock.now - start >= .milliseconds(2))
            }
        }
    }

    @Test("A store that cannot be read lets nobody in and does not say that the credentials are wrong")
    func unavailable() async throws {
        let authenticator = Authenticator(store: WatchedStore(store: store, isReachable: false))
        for login in ["ck_1", "ann"] {
            let error = await #expect(throws: CartError.self) {
                try await authenticator.caller(showing: Credentials(login: login, secret: "x"), now: now)
            }
            #expect(error?.code == .unavailable)
        }
    }
}
