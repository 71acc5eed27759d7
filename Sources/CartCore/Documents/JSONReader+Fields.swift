/// The typed values of the cart document, each with its bounds.
extension JSONReader {
    /// A string of at most `limit` bytes of UTF-8.
    mutating func text(limit: Int = DocumentLimits.text) throws(CartError) -> String {
        let value = try string()
        guard value.utf8.count <= limit else { throw .invalid("", "is longer than \(limit) bytes") }
        return value
    }

    mutating func integer(in range: ClosedRange<Int64>) throws(CartError) -> Int64 {
        let text = try number()
        guard let value = Decimal.scaled(text, by: 0), range.contains(value) else {
            throw .invalid("", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func amount() throws(CartError) -> Int64 {
        let text = try number()
        guard let value = Decimal.scaled(text, by: 0), Amount.range.contains(value) else {
            throw .invalid("", "must be a whole number of minor units within ±(2^53 − 1)")
        }
        return value
    }

    mutating func quantity() throws(CartError) -> Quantity {
        guard let value = Quantity(json: try number()) else {
            throw .invalid("", "must be above 0, at most 1000000000, and have at most six digits after the point")
        }
        return value
    }

    mutating func timestamp() throws(CartError) -> Timestamp {
        guard let value = Timestamp(iso8601: try string()) else {
            throw .invalid("", "must be an ISO 8601 time such as 2024-10-15T18:30:00Z")
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>() throws(CartError) -> Choice where Choice.RawValue == String {
        guard let value = Choice(rawValue: try string()) else {
            throw .invalid("", "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }

    mutating func boundedObject() throws(CartError) -> JSONObject {
        let object = try verbatimObject()
        guard object.text.utf8.count <= DocumentLimits.object else { throw .invalid("", "is larger than \(DocumentLimits.object) bytes") }
        return object
    }
}

/// How large the parts of a cart document may be.
enum DocumentLimits {
    /// Bytes of a name, an address line, a code.
    static let text = 1024
    /// Bytes of a URL.
    static let url = 4096
    /// Bytes of an object that is kept verbatim.
    static let object = 262_144
    static let items = 1000
    static let adjustments = 100
}

extension CartError {
    static let unknownField = CartError.invalid("", "is not a known field")

    static func tooMany(_ things: String, limit: Int) -> CartError {
        .invalid("", "is one more than the \(limit) \(things) a cart can hold")
    }
}
