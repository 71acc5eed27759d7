import CartCore

extension StoreContract {
    static let textChecks = [
        Check("An e-mail address is compared as a whole, without regard to case.") { trial in
            try await trial.keep([
                try Trial.cart("a", email: "John.Doe@Example.com"), try Trial.cart("b", email: "john.doe@example.com.au"),
                try Trial.cart("c", email: "stra\u{DF}e@example.de"), try Trial.cart("d"),
                try Trial.cart("e", email: "john_doe@example.com"),
            ])
            try await trial.expectFound(["a"], by: "the same address in other case") { $0.email = "jOHN.dOE@eXAMPLE.cOM" }
            try await trial.expectFound(["c"], by: "an address with ß in capitals") { $0.email = "STRASSE@EXAMPLE.DE" }
            try await trial.expectFound(["e"], by: "an address with _") { $0.email = "john_doe@example.com" }
            try await trial.expectFound(["d"], by: "no address") { $0.email = "" }
            for part in ["john", "%", "john.doe@example.co", "*"] {
                try await trial.expectFound([], by: "address \(part)") { $0.email = part }
            }
        },
        Check("A part of an e-mail address is found wherever it stands, of any length.") { trial in
            try await trial.keep([
                try Trial.cart("a", email: "John.Doe@Example.com"), try Trial.cart("b", email: "ann@example.org"),
                try Trial.cart("c", first: "john", last: "doe"),
            ])
            let parts: [(String, [String])] = [
                ("j", ["a"]), ("JO", ["a"]), ("ohn", ["a"]), ("doe@ex", ["a"]), ("EXAMPLE", ["a", "b"]), (".com", ["a"]),
                ("@", ["a", "b"]),
                ("g", ["b"]), ("xyz", []), ("john doe", []), ("", ["a", "b", "c"]), ("john.doe@example.com.", []),
            ]
            for (part, keys) in parts { try await trial.expectFound(keys, by: "address with '\(part)'") { $0.emailPart = part } }
        },
        Check("A part of a name is found in the first or the last name, of any length and in any case.") { trial in
            try await trial.keep([
                try Trial.cart("john", first: "John", last: "Doe", email: "zzz@example.com"),
                try Trial.cart("joan", first: "Joan", last: "Darc"),
                try Trial.cart("zoe", first: "Zoë", last: "Straße"), try Trial.cart("mei", first: "美玲", last: "王"), try Trial.cart("none"),
                try Trial.cart("sigma", first: "ΣΑΣΑ", last: "ОЛЬГА"),
            ])
            let parts: [(String, [String])] = [
                ("J", ["john", "joan"]), ("jo", ["john", "joan"]), ("OHN", ["john"]), ("john", ["john"]), ("johnny", []),
                ("d", ["john", "joan"]),
                ("oe", ["john"]), ("doe", ["john"]), ("nd", []), ("zzz", []), ("STRASSE", ["zoe"]), ("ss", ["zoe"]), ("ß", ["zoe"]),
                ("ZOË", ["zoe"]),
                ("zoe", []), ("ë", ["zoe"]), ("e\u{308}", ["zoe"]), ("美", ["mei"]), ("美玲", ["mei"]), ("王", ["mei"]), ("σας", ["sigma"]),
                ("ольга", ["sigma"]), ("Л", ["sigma"]),
            ]
            for (part, keys) in parts { try await trial.expectFound(keys, by: "name with '\(part)'") { $0.name = .either(part) } }
        },
        Check("Two parts of a name are looked for one in the first and one in the last name.") { trial in
            try await trial.keep([
                try Trial.cart("jd", first: "John", last: "Doe"), try Trial.cart("dj", first: "Doe", last: "John"),
                try Trial.cart("jx", first: "John", last: "Xavier"), try Trial.cart("two", first: "Mary Ann", last: "de la Cruz"),
            ])
            let parts: [(String, String, [String])] = [
                ("john", "doe", ["jd"]), ("DOE", "JOHN", ["dj"]), ("j", "d", ["jd"]), ("o", "o", ["jd", "dj"]), ("john", "xyz", []),
                ("xyz", "doe", []), ("ann", "LA CR", ["two"]), ("ohn", "avie", ["jx"]),
            ]
            for (first, last, keys) in parts {
                try await trial.expectFound(keys, by: "name with '\(first)' and '\(last)'") { $0.name = .both(first: first, last: last) }
            }
        },
        Check("A search looks into the full name, the e-mail address and, byte by byte, the key.") { trial in
            try await trial.keep([
                try Trial.cart("KeyOne", first: "John", last: "Doe", email: "jd@example.com"),
                try Trial.cart("keytwo-_", first: "Straße", email: "two@example.com"), try Trial.cart("three", last: "Only"),
            ])
            let parts: [(String, [String])] = [
                ("ohn do", ["KeyOne"]), ("n d", ["KeyOne"]), ("john", ["KeyOne"]), ("johndoe", []), ("doe john", []), ("doejd", []),
                ("JD@", ["KeyOne"]), ("example", ["KeyOne", "keytwo-_"]), ("Key", ["KeyOne"]), ("KEY", []), ("key", ["keytwo-_"]),
                ("K", ["KeyOne"]), ("yO", ["KeyOne"]), ("ey", ["KeyOne", "keytwo-_"]), ("three", ["three"]), ("thr", ["three"]),
                ("strasse", ["keytwo-_"]), ("-_", ["keytwo-_"]), (" only", []), ("ONLY", ["three"]), ("x", ["KeyOne", "keytwo-_"]),
                ("", ["KeyOne", "keytwo-_", "three"]),
            ]
            for (part, keys) in parts { try await trial.expectFound(keys, by: "search of '\(part)'") { $0.search = part } }
        },
        Check("Of a long text every word is looked for, in its order.") { trial in
            let words = (1...12).map { "w\($0)" }
            try await trial.keep([
                try Trial.cart("whole", first: words.prefix(6).joined(separator: " "), last: words.dropFirst(6).joined(separator: " ")),
                try Trial.cart("turned", first: words.reversed().joined(separator: " "), last: "w0"),
            ])
            for (text, keys) in [(words, ["whole"]), (words.dropLast() + ["w0"], []), (words + words, []), (words.reversed(), ["turned"])] {
                try await trial.expectFound(keys, by: "search of \(text)") { $0.search = text.joined(separator: " ") }
            }
        },
        Check("Control characters in names and in questions count as spaces.") { trial in
            try await trial.keep([
                try Trial.cart("tab", first: "a\tb"), try Trial.cart("line", last: "a\nb"), try Trial.cart("none", first: "ab"),
            ])
            for text in ["a b", "A\tB", "a\u{1}b", "\u{1F}"] {
                try await trial.expectFound(["tab", "line"], by: "name with '\(text)'") { $0.name = .either(text) }
                try await trial.expectFound(["tab", "line"], by: "search of '\(text)'") { $0.search = text }
            }
        },
        Check("What a query language might take for its own is ordinary text.") { trial in
            let texts = [
                "%", "_", "\"", "*", "'", "\\", "--", "a%b", "a_b", "a*b", "a\"b", "(a", "^a", "a AND b", "NOT", "a:b", "{a}",
            ]
            try await trial.keep(try texts.enumerated().map { place, text in try Trial.cart("k\(place)", first: "<" + text + ">") })
            for text in texts {
                let holding = texts.indices.filter { texts[$0].lowercased().contains(text.lowercased()) }.map { "k\($0)" }
                try await trial.expectFound(holding, by: "name with '\(text)'") { $0.name = .either(text) }
                try await trial.expectFound(holding, by: "search of '\(text)'") { $0.search = text }
                try await trial.expectFound([], by: "name with 'q\(text)'") { $0.name = .either("q" + text) }
            }
        },
    ]
}
