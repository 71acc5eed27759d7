/// A name as its bearer writes it and as it stands in an e-mail address.
struct Name: Sendable {
    let text: String
    /// Small letters of ASCII, digits and hyphens.
    let ascii: String

    /// Reads `text` or `text=ascii`, which is needed unless small letters are all the difference.
    init(_ entry: Substring) {
        let parts = entry.split(separator: "=")
        text = String(parts.first ?? entry)
        ascii = parts.count > 1 ? String(parts[1]) : text.lowercased()
    }
}

/// First and last names that go together.
struct NameTable: Sendable {
    let first: [Name]
    let last: [Name]

    /// - Parameters:
    ///   - first: at least one, set apart as in `String.listed`.
    ///   - last: at least one.
    init(first: String, last: String) {
        self.first = first.listed.map(Name.init)
        self.last = last.listed.map(Name.init)
    }
}

extension String {
    /// The entries of a table that are set apart by a comma and a space, or by the end of a line.
    var listed: [Substring] {
        split(separator: "\n").flatMap { $0.split(separator: ", ") }
    }
}
