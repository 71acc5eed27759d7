import ArgumentParser
import CartCore

/// The filter of a list of carts; every condition that is given must hold.
struct CartFilterOptions: ParsableArguments {
    @Option(help: "The state.")
    var state: CartState?
    @Option(help: "Whose carts.")
    var ownerType: Owner.Kind?
    @Option(help: "The number of the guest or customer.")
    var ownerID: Int64?
    @Option(help: "The whole e-mail address.")
    var email: String?
    @Option(help: "A part of the first or last name; two words: of both.")
    var name: String?
    @Option(name: .customLong("product-ids"), help: "Products that must all be in the cart, parted by commas.")
    var productIDs: String?
    @Option(help: "The least total, in minor units.")
    var totalMin: Int64?
    @Option(help: "The largest total, in minor units.")
    var totalMax: Int64?
    @Option(help: "Created at this time or later.")
    var createdAfter: Timestamp?
    @Option(help: "Created at this time or before.")
    var createdBefore: Timestamp?
    @Option(help: "Changed at this time or later.")
    var updatedAfter: Timestamp?
    @Option(help: "Changed at this time or before.")
    var updatedBefore: Timestamp?
    @Option(help: "Expires at this time or later.")
    var expiresAfter: Timestamp?
    @Option(help: "Expires at this time or before.")
    var expiresBefore: Timestamp?
    @Option(help: "The program that wrote the cart.")
    var source: String?
    @Option(help: "The shop, of several.")
    var storeID: Int64?
    @Option(help: "true: with a name, e-mail address or phone number; false: without.")
    var hasContact: Bool?
    @Option(help: "true: without items to buy; false: with.")
    var empty: Bool?

    /// - Throws: `ValidationError` for a value that no cart can have: an empty one, as from a variable that was not set, must not mean all.
    func filter() throws -> CartFilter {
        for (option, text) in [("--email", email), ("--source", source)] where text == "" {
            throw ValidationError("\(option) must not be empty.")
        }
        if let name, CartFilter.NamePart(name) == nil { throw ValidationError("--name must not be empty.") }
        if let ownerID, Owner(id: ownerID) == nil { throw ValidationError("--owner-id must be from 1 to 4294967295.") }
        if let storeID, !(1...Int64(Int32.max)).contains(storeID) { throw ValidationError("--store-id must be from 1 to \(Int32.max).") }
        var filter = CartFilter()
        filter.state = state
        filter.ownerKind = ownerType
        filter.ownerID = ownerID
        filter.email = email
        filter.name = name.flatMap(CartFilter.NamePart.init)
        filter.total = CartFilter.Bounds(from: totalMin, to: totalMax)
        filter.created = CartFilter.Bounds(from: createdAfter?.milliseconds, to: createdBefore?.milliseconds)
        filter.updated = CartFilter.Bounds(from: updatedAfter?.milliseconds, to: updatedBefore?.milliseconds)
        filter.expires = CartFilter.Bounds(from: expiresAfter?.milliseconds, to: expiresBefore?.milliseconds)
        filter.source = source
        filter.storeID = storeID
        filter.hasContact = hasContact
        filter.isEmpty = empty
        if let productIDs {
            let ids = productIDs.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0.trimmingPrefix(" ")) }
            guard ids.allSatisfy({ ($0 ?? 0) > 0 }) else { throw ValidationError("--product-ids must be whole numbers, parted by commas.") }
            filter.productIDs = Set(ids.compactMap(\.self))
        }
        return filter
    }
}

extension CartState: ExpressibleByArgument {}

extension Owner.Kind: ExpressibleByArgument {}

extension Timestamp: ExpressibleByArgument {
    public init?(argument: String) { self.init(iso8601: argument) }
}
