import CartCore
import CartTesting
import Testing

@Suite("Keys, owners and names")
struct CartValueTests {
    @Test(
        "A key has 1 to 42 letters of its alphabet",
        arguments: [
            ("a", true), ("_", true), ("-", true), ("AZaz09_-", true), (String(repeating: "x", count: 42), true),
            (String(repeating: "x", count: 43), false), ("", false), ("a b", false), ("a.b", false), ("a/b", false), ("a%", false),
            ("é", false),
            ("a\u{301}", false), ("a\n", false), ("a\u{0}", false), ("@", false), ("[", false), ("`", false), ("{", false), (":", false),
        ])
    func keys(text: String, isKey: Bool) {
        #expect((CartKey(text) != nil) == isKey)
        #expect(CartKey(text)?.text == (isKey ? text : nil))
    }

    @Test("A random key is a key, and no two are equal")
    func randomKeys() {
        let random = SeededRandom(seed: 1)
        let keys = (0..<100).map { _ in CartKey(random: random) }
        #expect(Set(keys).count == 100)
        #expect(keys.allSatisfy { CartKey($0.text) == $0 && $0.text.utf8.count == 32 })
    }

    @Test(
        "An owner's number tells the kind",
        arguments: [
            (0, nil), (-1, nil), (.min, nil), (1, .customer), (2_147_483_647, .customer), (2_147_483_648, .guest), (4_294_967_295, .guest),
            (4_294_967_296, nil), (.max, nil),
        ] as [(Int64, Owner.Kind?)])
    func owners(id: Int64, kind: Owner.Kind?) {
        #expect(Owner(id: id)?.kind == kind)
    }

    @Test("A random owner is a guest, whatever the bits")
    func randomGuests() {
        struct Fixed: RandomSource {
            let byte: UInt8
            func bytes(_ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }
        }
        #expect(Owner(randomGuest: Fixed(byte: 0)).id == 2_147_483_648)
        #expect(Owner(randomGuest: Fixed(byte: 255)).id == 4_294_967_295)
        let random = SeededRandom(seed: 2)
        let guests = (0..<100).map { _ in Owner(randomGuest: random) }
        #expect(guests.allSatisfy { $0.kind == .guest })
        #expect(Set(guests).count == 100)
    }

    @Test(
        "A name filter is one part, or two that are parted at the first white space",
        arguments: [
            ("john", .either("john")), (" john ", .either("john")), ("john doe", .both(first: "john", last: "doe")),
            ("  mary \t ann  smith", .both(first: "mary", last: "ann  smith")), ("", nil), (" \t\n", nil), ("%", .either("%")),
            ("e \u{301}n", .both(first: "e", last: "\u{301}n")),
        ] as [(String, CartFilter.NamePart?)])
    func nameParts(text: String, part: CartFilter.NamePart?) {
        #expect(CartFilter.NamePart(text) == part)
    }

    @Test("The full name is joined by a space, and the sorting name begins with the last name")
    func names() {
        var customer = Customer()
        #expect(customer.fullName.isEmpty && customer.sortName.isEmpty && !customer.hasContact)
        customer.firstName = "John"
        #expect(customer.fullName == "John")
        #expect(customer.hasContact)
        let firstOnly = customer.sortName
        customer.lastName = "DOE"
        #expect(customer.fullName == "John DOE")
        #expect(firstOnly.utf8.lexicographicallyPrecedes(customer.sortName.utf8))
        customer.firstName = ""
        #expect(customer.fullName == "DOE")
        #expect(customer.sortName.hasPrefix("doe"))
    }

    @Test("A phone number alone is contact enough, an address alone is not")
    func contact() {
        var customer = Customer()
        customer.billing.email = "a@b"
        #expect(!customer.hasContact)
        customer.phone = "1"
        #expect(customer.hasContact)
    }
}

@Suite("Folding")
struct FoldingTests {
    @Test(
        "Texts that differ in case or in normalisation fold to the same bytes",
        arguments: [
            ("STRASSE", "straße"), ("STRASSE", "STRAẞE"), ("ΣΑΣ", "σας"), ("ΣΑΣ", "σασ"), ("É", "é"), ("\u{E9}", "e\u{301}"),
            ("E\u{301}", "é"),
            ("\u{212B}", "å"), ("ОЛЬГА", "ольга"), ("ﬁ", "FI"), ("\u{1F88}", "\u{1F00}\u{3B9}"), ("և", "ԵՒ"), ("Ǆ", "ǆ"), ("ǅ", "Ǆ"),
            ("ANNA@Example.COM", "anna@example.com"), ("\u{1112}\u{1161}\u{11AB}", "한"), ("a\tb", "A b"),
            ("\u{3B1}\u{345}\u{301}", "\u{3B1}\u{301}\u{345}"),
        ])
    func equal(a: String, b: String) {
        #expect(Array(Folding.fold(a).utf8) == Array(Folding.fold(b).utf8))
    }

    @Test(
        "Texts that differ in more stay different",
        arguments: [("é", "e"), ("ä", "ae"), ("ø", "o"), ("a b", "ab"), ("かな", "カナ"), ("1", "１")])
    func different(a: String, b: String) {
        #expect(Array(Folding.fold(a).utf8) != Array(Folding.fold(b).utf8))
    }

    @Test("Folding twice is folding once, and leaves no control characters")
    func idempotent() {
        for value in UInt32(1)..<0x3_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let folded = Folding.fold(String(scalar))
            let isStable = Array(Folding.fold(folded).utf8) == Array(folded.utf8) && folded.unicodeScalars.allSatisfy { $0.value >= 0x20 }
            if !isStable { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test("A part of a folded word is found in it, wherever it was cut")
    func parts() {
        #expect(Folding.fold("ΣΑΣΑ").utf8.starts(with: Folding.fold("σας").utf8))
        #expect(Folding.fold("Straße").utf8.starts(with: Folding.fold("STRAS").utf8))
    }
}
