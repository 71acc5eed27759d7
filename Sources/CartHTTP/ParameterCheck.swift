import CartCore

/// Reads parameters one after the other and gathers what is wrong, so that an answer can name all of it.
///
/// Each method gives nil for a parameter that was not sent, and for one whose value is wrong; ``finish()`` then throws.
public struct ParameterCheck {
    private let parameters: QueryParameters
    private var names: [String] = []
    private var wrong: [CartError.Field] = []
    /// Bytes of a text to search for.
    private static let longestText = 1024
    /// Wrong parameters that an answer names.
    private static let mostNamed = 20

    public init(_ parameters: QueryParameters) { self.parameters = parameters }

    /// A whole number in the range, as digits or as a decimal that is whole.
    public mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        read(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Decimal.scaled(text, by: 0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Whole numbers parted by commas, each in the range.
    public mutating func integers(_ name: String, in range: ClosedRange<Int64>) -> Set<Int64>? {
        read(name, "must be whole numbers from \(range.lowerBound) to \(range.upperBound), parted by commas") { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let values = parts.compactMap { Decimal.scaled($0.trimmingPrefix(" "), by: 0) }.filter(range.contains)
            return values.count == parts.count ? Set(values) : nil
        }
    }

    /// One of the raw values, to the letter.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) -> Choice? where Choice.RawValue == String {
        read(name, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "), Choice.init(rawValue:))
    }

    /// A time in ISO 8601.
    public mutating func timestamp(_ name: String) -> Timestamp? {
        read(name, "must be an ISO 8601 time such as 2024-10-15T18:30:00") { Timestamp(iso8601: $0) }
    }

    /// As WordPress reads a boolean.
    public mutating func bool(_ name: String) -> Bool? {
        read(name, "must be true or false") { text in
            switch text.lowercased() {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        }
    }

    /// A text to look for; an empty one asks for nothing.
    public mutating func text(_ name: String) -> String? {
        let text = read(name, "must be a text of at most \(Self.longestText) bytes") { $0.utf8.count <= Self.longestText ? $0 : nil }
        return text == "" ? nil : text
    }

    /// A text to look for that may not be empty: where a condition that was forgotten would ask for too much.
    public mutating func condition<Value>(_ name: String, _ parse: (String) -> Value?) -> Value? {
        read(name, "must be a text of 1 to \(Self.longestText) bytes") { text in
            (1...Self.longestText).contains(text.utf8.count) ? parse(text) : nil
        }
    }

    /// A value with a rule of its own; `rule` is the rest of a sentence that begins with the name.
    public mutating func read<Value>(_ name: String, _ rule: @autoclosure () -> String, _ parse: (String) -> Value?) -> Value? {
        names.append(name)
        // Most parameters are not sent.
        guard parameters.mayHold(name) else { return nil }
        if !parameters.isList(name) {
            guard let text = parameters[name] else { return nil }
            if let value = parse(text) { return value }
        }
        wrong.append(CartError.Field(name: name, reason: rule()))
        return nil
    }

    /// - Throws: ``CartError`` `.invalid` that names everything that was wrong.
    public func finish() throws(CartError) {
        guard wrong.isEmpty else { throw .invalid(wrong) }
    }

    /// The same where every parameter that was sent must be one that was asked for, and stand once: a condition that is spelt wrongly is
    /// none, and of two only one counts.
    public mutating func finishKnowingAll() throws(CartError) {
        var counts: [String: Int] = [:]
        // A parameter that was sent as a list has been found wrong under its own name.
        for (name, _) in parameters.pairs where !names.contains(String(name.prefix { $0 != "[" })) || !name.contains("[") {
            counts[name, default: 0] += 1
        }
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where wrong.count < Self.mostNamed {
            if !names.contains(name) {
                wrong.append(CartError.Field(name: name, reason: "is not a parameter of this route"))
            } else if count > 1 {
                wrong.append(CartError.Field(name: name, reason: "stands more than once"))
            }
        }
        try finish()
    }
}
