import CartCore
import CartHTTP

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
