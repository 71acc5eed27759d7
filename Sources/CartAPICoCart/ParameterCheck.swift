import CartCore
import CartHTTP

/// Reads parameters one after the other and gathers what is wrong, so that an answer can name all of it.
struct ParameterCheck {
    private let parameters: QueryParameters
    private var wrong: [CartError.Field] = []
    /// Bytes of a text to search for.
    private static let longestText = 1024

    init(_ parameters: QueryParameters) { self.parameters = parameters }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        read(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Decimal.scaled(text, by: 0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) -> Choice? where Choice.RawValue == String {
        read(name, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "), Choice.init(rawValue:))
    }

    mutating func timestamp(_ name: String) -> Timestamp? {
        read(name, "must be an ISO 8601 time such as 2024-10-15T18:30:00") { Timestamp(iso8601: $0) }
    }

    /// As WordPress reads a boolean.
    mutating func bool(_ name: String) -> Bool? {
        read(name, "must be true or false") { text in
            switch text.lowercased() {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        }
    }

    /// A text to look for; an empty one asks for nothing.
    mutating func text(_ name: String) -> String? {
        let text = read(name, "must be a text of at most \(Self.longestText) bytes") { $0.utf8.count <= Self.longestText ? $0 : nil }
        return text == "" ? nil : text
    }

    /// - Throws: ``CartError`` `.invalid` that names everything that was wrong.
    func finish() throws(CartError) {
        guard wrong.isEmpty else { throw .invalid(wrong) }
    }

    private mutating func read<Value>(_ name: String, _ rule: String, _ parse: (String) -> Value?) -> Value? {
        guard !parameters.isList(name) else {
            wrong.append(CartError.Field(name: name, reason: rule))
            return nil
        }
        guard let text = parameters[name] else { return nil }
        guard let value = parse(text) else {
            wrong.append(CartError.Field(name: name, reason: rule))
            return nil
        }
        return value
    }
}

extension QueryParameters {
    /// - Throws: ``CartError`` `.invalid` if the parameter is no boolean.
    func bool(_ name: String) throws(CartError) -> Bool? {
        var check = ParameterCheck(self)
        let value = check.bool(name)
        try check.finish()
        return value
    }

    /// - Throws: ``CartError`` `.invalid` if the format is unknown.
    func dateFormat() throws(CartError) -> CoCartAPI.DateFormat? {
        var check = ParameterCheck(self)
        let format: CoCartAPI.DateFormat? = check.choice("date_format")
        try check.finish()
        return format
    }
}
