/// The filter as JSON: the names are those of the list's parameters.
extension CartFilter {
    /// Reads a filter; every condition that is named must hold, and none is left out in silence.
    ///
    /// - Throws: ``CartError`` `.malformedJSON`, or `.invalid` that names the field which is unknown, stands twice, or has a wrong value.
    public init(_ json: inout JSONReader) throws(CartError) {
        var filter = CartFilter()
        try json.object { (json, name) throws(CartError) in
            switch name {
            case "state": filter.state = try json.choice()
            case "owner_type": filter.ownerKind = try json.choice()
            case "owner_id": filter.ownerID = try json.integer(in: 1...4_294_967_295)
            case "email": filter.email = try json.condition()
            case "name":
                guard let part = NamePart(try json.condition()) else { throw .invalid("", "must hold a letter") }
                filter.name = part
            case "product_ids": filter.productIDs = try json.productIDs()
            case "total_min": filter.total.from = try json.integer(in: .min ... .max)
            case "total_max": filter.total.to = try json.integer(in: .min ... .max)
            case "created_after": filter.created.from = try json.timestamp().milliseconds
            case "created_before": filter.created.to = try json.timestamp().milliseconds
            case "updated_after": filter.updated.from = try json.timestamp().milliseconds
            case "updated_before": filter.updated.to = try json.timestamp().milliseconds
            case "expires_after": filter.expires.from = try json.timestamp().milliseconds
            case "expires_before": filter.expires.to = try json.timestamp().milliseconds
            case "source": filter.source = try json.condition()
            case "store_id": filter.storeID = try json.integer(in: 1...Int64(Int32.max))
            case "has_contact": filter.hasContact = try json.bool()
            case "empty": filter.isEmpty = try json.bool()
            default: throw .unknownField
            }
        }
        self = filter
    }
}

extension JSONReader {
    /// A text to look for; an empty one would ask for too much.
    fileprivate mutating func condition() throws(CartError) -> String {
        let value = try text()
        guard !value.isEmpty else { throw .invalid("", "must not be empty") }
        return value
    }

    fileprivate mutating func productIDs() throws(CartError) -> Set<Int64> {
        var ids: Set<Int64> = []
        try array { (json, place) throws(CartError) in
            guard place < DocumentLimits.items else { throw .invalid("", "is one more than the \(DocumentLimits.items) there can be") }
            ids.insert(try json.integer(in: 1 ... .max))
        }
        guard !ids.isEmpty else { throw .invalid("", "must not be empty") }
        return ids
    }
}
