import CartCore

extension CartGenerator {
    static let sources = ["", "cocart", "woocommerce", "WooCommerce", "caf\u{E9}", "cafe\u{301}", "a'b\"c%"]

    /// Names in many scripts; among them are pairs that differ in case, in normalisation, or in a letter that has no single
    /// counterpart in the other case, and everything that a query language might take for its own.
    static let names = [
        "Anna", "ANNA", "anna", "Ann", "Annabelle", "John", "Doe", "O'Brien", "Smith-Jones", "de la Cruz",
        "Jos\u{E9}", "Jose\u{301}", "JOS\u{C9}", "Stra\u{DF}e", "STRASSE", "STRA\u{1E9E}E", "Strasse", "\u{130}pek", "ipek",
        "I\u{11F}d\u{131}r",
        "\u{3A3}\u{3AF}\u{3C3}\u{3C5}\u{3C6}\u{3BF}\u{3C2}", "\u{3A3}\u{38A}\u{3A3}\u{3A5}\u{3A6}\u{39F}\u{3A3}", "\u{3A3}\u{391}\u{3A3}",
        "\u{1FB3}", "\u{390}", "\u{149}ame", "\u{FB01}ona", "\u{587}an",
        "Ольга", "ОЛЬГА", "Łukasz", "Đặng", "Zoë", "Çelik", "Þór", "Ærø", "Å", "A\u{30A}", "\u{212B}",
        "美玲", "さくら", "サクラ", "김민준", "\u{1112}\u{1161}\u{11AB}", "محمد", "مُحَمَّد", "שרה", "שָׂרָה", "अनिल", "สมชาย", "გიორგი", "Նարեկ", "አበበ",
        "👩‍👩‍👧", "🇩🇪", "e\u{301}\u{327}\u{302}", "𝒜", "\u{10FFFF}", "\u{202E}evil", "\u{FEFF}bom", "\u{A0}", " ", "a  b", "tab\tbed",
        "line\nbreak", "\r\n", "\u{1}", "\u{1F}", "\u{7F}", "\u{85}", "\u{2028}", "\"", "Mc\"Quote", "\"\u{301}abc", "a \u{301}b", "\\",
        "back\\slash", "'", "''; --",
        "%", "100%",
        "_", "a_b", "a%b", "*", "an*", "^an", "(an", "an AND", "NEAR(an)", "col:an", "<b>&amp;", "null", "0", "-1",
    ]

    static let emails = [
        "anna@example.com", "ANNA@Example.COM", "john.doe@example.com", "john_doe@example.com", "john%doe@example.com",
        "o'brien@example.org",
        "stra\u{DF}e@example.de", "STRASSE@example.de", "jos\u{E9}@example.es", "ольга@пример.рф", "a@b", "\"quoted\"@example.com",
    ]

    /// Objects whose spelling a decoder would lose.
    static let objects = [
        "{}", #"{"a":1}"#, #"{"n":1e2,"m":0.10,"k":-0,"l":1E+2}"#, #"{"a":1,"a":2}"#, #"{"z":1,"a":2,"m":3}"#,
        #"{"e":"\u00e9\u00E9é","s":"\/","p":"\ud83d\ude00"}"#, #"{"deep":[[[{"x":[null,true,false,[]]}]]],"o":{}}"#,
        #"{"":"","long":12345678901234567890.123456789}"#, #"{"q":"\"\\ '%_*","c":"\t\n\u0001"}"#,
    ]

    /// A name: one of the list, seldom two of them joined.
    mutating func name() -> String {
        if chance(15) { return "" }
        let name = pick(Self.names)
        return chance(15) ? name + pick(["", " ", "-"]) + pick(Self.names) : name
    }

    mutating func object() -> JSONObject {
        guard chance(40), let object = try? JSONObject(pick(Self.objects)) else { return .empty }
        return object
    }

    mutating func customer() -> Customer {
        var customer = Customer()
        if chance(20) { return customer }
        customer.firstName = name()
        customer.lastName = name()
        if chance(60) { customer.email = pick(Self.emails) }
        if chance(30) { customer.phone = pick(["+1 555 0100", "0", " "]) }
        if chance(50) { customer.billing = address() }
        if chance(30) { customer.shipping = address() }
        customer.profile = object()
        return customer
    }

    private mutating func address() -> Address {
        var address = Address()
        for field in Address.fields where chance(50) { address[keyPath: field.path] = name() }
        return address
    }

    /// A part of a text, 1 to 5 letters or code points long, sometimes in another case; now and then one that stands nowhere.
    mutating func part(of text: String) -> String {
        if text.isEmpty || chance(10) { return pick(["a", "e", "qq", "an", "xyz", "%", "_", "\"", "*", "x1"]) }
        let length = number(1...5)
        let part: String
        if chance(50) {
            let letters = Array(text)
            let start = number(0...(letters.count - 1))
            part = String(letters[start..<min(start + length, letters.count)])
        } else {
            let scalars = Array(text.unicodeScalars)
            let start = number(0...(scalars.count - 1))
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start..<min(start + length, scalars.count)])
            part = String(view)
        }
        return inSomeCase(part)
    }

    /// The text as it is, or in capitals, or in small letters.
    mutating func inSomeCase(_ text: String) -> String {
        switch number(1...4) {
        case 1: text.uppercased()
        case 2: text.lowercased()
        default: text
        }
    }
}
