import CartCore

/// What is asked of `POST /v1/carts/delete`.
struct BulkDeleteRequest {
    var filter: CartFilter
    var isDryRun = false
    var confirmation: String?

    /// - Throws: ``CartError`` `.malformedJSON`, or `.invalid` that names the field.
    init(document: [UInt8], maximumDepth: Int) throws(CartError) {
        var json = JSONReader(document, maximumDepth: maximumDepth)
        var filter: CartFilter?
        var isDryRun = false
        var confirmation: String?
        try json.object { (json, name) throws(CartError) in
            switch name {
            case "filter": filter = try CartFilter(&json)
            case "dry_run": isDryRun = try json.bool()
            case "confirmation": confirmation = try json.string()
            default: throw .invalid("", "is not a known field")
            }
        }
        try json.end()
        guard let filter else { throw .invalid("filter", "is missing") }
        guard isDryRun || confirmation != nil else {
            throw .invalid("confirmation", "is missing; a dry run tells it: {\"filter\": …, \"dry_run\": true}")
        }
        self.filter = filter
        self.isDryRun = isDryRun
        self.confirmation = confirmation
    }
}
