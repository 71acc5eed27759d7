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
        throw ContractViolation("\(what): expected \(expected), found \(found) [\(file):\(line)]")
    }
}

/// - Throws: ``ContractViolation`` if there is no value.
func require<Value>(_ value: Value?, _ what: String, file: String = #fileID, line: Int = #line) throws -> Value {
    guard let value else { throw ContractViolation("\(what): there is none [\(file):\(line)]") }
    return value
}
