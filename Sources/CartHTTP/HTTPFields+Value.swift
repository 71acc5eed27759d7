import HTTPTypes

extension HTTPFields {
    /// The same as the subscript, which puts the value together anew from all fields of the name, at little cost for the one that there
    /// mostly is.
    public func value(_ name: HTTPField.Name) -> String? {
        var value: String?
        for field in self where field.name == name {
            guard value == nil else { return self[name] }
            value = field.value
        }
        return value
    }
}
