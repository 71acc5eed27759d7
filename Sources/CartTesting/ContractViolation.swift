import CartCore

/// What a store did otherwise than its port promises. The description is one or more lines for a person to read.
public struct ContractViolation: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was expected and what happened.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// - Throws: ``ContractViolation`` with the place of the call unless the condition holds.
func expect(_ condition: Bool, _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line) throws {
    guard condition else { throw ContractViolation("\(message()) [\(file):\(line)]") }
}

/// - Throws: ``ContractViolation`` with both values and the place of the call unless they are equal.
func expect<Value: Equatable>(_ found: Value, is expected: Value, _ what: String, file: String = #fileID, line: Int = #line) throws {
    guard found == expected else {
        throw ContractViolation("\(what): expected \(text(of: expected)), found \(text(of: found)) [\(file):\(line)]")
    }
}

/// - Throws: ``ContractViolation`` if there is no value.
func require<Value>(_ value: Value?, _ what: String, file: String = #fileID, line: Int = #line) throws -> Value {
    guard let value else { throw ContractViolation("\(what): there is none [\(file):\(line)]") }
    return value
}

/// A value for a person to read: a record with its document as text, many records without their documents.
private func text(of value: Any) -> String {
    switch value {
    case let record as CartRecord: record.text
    case let records as [CartRecord]: "\(records.map { "\($0.keyText) (id \($0.id), revision \($0.revision))" })"
    default: "\(value)"
    }
}

extension CartRecord {
    /// What the record says, in one line.
    var text: String {
        "id \(id), revision \(revision), \(wasAbandoned ? "abandoned before, " : "")" + String(decoding: document, as: UTF8.self)
    }
}
