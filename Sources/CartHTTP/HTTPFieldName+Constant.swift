import HTTPTypes

extension HTTPField.Name {
    /// The name of a header that the library has no constant for.
    ///
    /// - Parameter name: written out in the source; one that is no token of RFC 9110 is a mistake of the programmer.
    public static func constant(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(name.description) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
