import CartCore
import CartTesting
import Testing

@Suite("Password hashes")
struct PasswordHashTests {
    /// `correct horse` with the salt 00 01 … 0f, computed by another implementation of scrypt (RFC 7914).
    static let correctHorse = "scrypt$15$8$3$AAECAwQFBgcICQoLDA0ODw==$ANYWwrwG9exM4wRn3uDhnkTuLMG27uj4k9dz5KrBPkg="

    @Test("A hash matches its password and no other")
    func matches() throws {
        let hash = try PasswordHash("pässword 123", random: SeededRandom())
        #expect(hash.text.hasPrefix("scrypt$15$8$3$"))
        #expect(!hash.text.contains("ssword"))
        #expect(PasswordHash(stored: hash.text).matches("pässword 123"))
        #expect(!hash.matches("pässword 124"))
    }

    @Test("A hash of another implementation matches")
    func matchesElsewhere() {
        #expect(PasswordHash(stored: Self.correctHorse).matches("correct horse"))
    }

    @Test("Equal passwords have different hashes")
    func salted() throws {
        let random = SeededRandom()
        #expect(try PasswordHash("password", random: random) != PasswordHash("password", random: random))
    }

    @Test(
        "A stored text that is no hash matches nothing",
        arguments: [
            "", "correct horse", "$$$$$", correctHorse.replacing("$15$", with: "$14$"), String(correctHorse.dropLast(4)),
            correctHorse.replacing("ANYW", with: "!!!!"),
        ])
    func garbage(text: String) {
        #expect(!PasswordHash(stored: text).matches("correct horse"))
    }

    @Test("A password has 8 to 1024 bytes", arguments: ["", "1234567", "ääx", String(repeating: "x", count: 1025)])
    func lengths(password: String) throws {
        let error = try #require(throws: CartError.self) { try PasswordHash(password, random: SeededRandom()) }
        #expect(error.fields.map(\.name) == ["password"])
    }
}

@Suite("Consumer keys, permissions and users")
struct CredentialTests {
    @Test("A consumer key is found by the hash that WooCommerce keeps")
    func lookupHash() {
        #expect(
            ConsumerKey.lookupHash(of: "ck_0123456789abcdef0123456789abcdef01234567")
                == "4ffbd479cad9f24fb43a1516cb436a9dad0e2e23ef491464e29c2d81dae32edd")
        let secretHash = ConsumerKey.secretHash(of: "cs_0123456789abcdef0123456789abcdef01234567")
        #expect(Hex.encode(secretHash) == "0764037064eab9b0970126bb1d36d43c7188a1ebe26894f6e6d923a23bb34496")
    }

    @Test("A new key and its secret have 160 bits each, in the form that WooCommerce gives them")
    func pairs() {
        let pair = ConsumerKeyPair(random: SeededRandom())
        for (text, prefix) in [(pair.consumerKey, "ck_"), (pair.consumerSecret, "cs_")] {
            #expect(text.hasPrefix(prefix))
            #expect(text.utf8.count == 43)
            #expect(text.dropFirst(3).allSatisfy { "0123456789abcdef".contains($0) })
        }
        #expect(pair.consumerKey.dropFirst(3) != pair.consumerSecret.dropFirst(3))
    }

    @Test(
        "Only keys and roles that allow it read and write",
        arguments: [
            (Role.administrator, Permission.read, true, false), (.administrator, .write, false, true),
            (.shopManager, .readWrite, true, true),
            (.shopManager, .admin, true, true), (.customer, .readWrite, false, false), (.customer, .admin, false, false),
        ])
    func permissions(role: Role, permission: Permission, reads: Bool, writes: Bool) {
        let user = User(id: 1, name: "a", email: "a@b", role: role, password: .nobody, created: CartGenerator.base)
        let caller = Caller(credential: .password, user: user, permission: permission)
        #expect(((try? caller.requireReading()) != nil) == reads)
        #expect(((try? caller.requireWriting()) != nil) == writes)
    }

    @Test(
        "A user's name and e-mail address are such that a login is never ambiguous",
        arguments: [
            ("ann", "ann@example.com", nil), ("Ann.Lee-1", "ольга@пример.рф", nil), ("", "a@b", "name"), ("a b", "a@b", "name"),
            ("a:b", "a@b", "name"),
            ("a@b", "a@b", "name"), ("ck_ann", "a@b", "name"), ("ann\n", "a@b", "name"), ("änn", "a@b", "name"),
            (String(repeating: "a", count: 61), "a@b", "name"), ("ann", "", "email"), ("ann", "ann", "email"), ("ann", "@b", "email"),
            ("ann", "a@", "email"), ("ann", "a@b@c", "email"), ("ann", "a b@c", "email"), ("ann", "a:b@c", "email"),
        ] as [(String, String, String?)])
    func users(name: String, email: String, refused: String?) {
        do {
            try User.validate(name: name, email: email)
            #expect(refused == nil)
        } catch {
            #expect(error.fields.map(\.name) == [refused])
        }
    }
}
