/// A cart in a line, as the audit trail shows it before and after a change: what a store knows of it without its document.
public struct CartSummary: Hashable, Sendable {
    public var revision: Int64
    public var ownerID: Int64
    /// In minor units of the cart's currency.
    public var total: Int64
    /// Different products in all parts of the cart.
    public var products: Int
    /// In any case of letters; empty if unknown. It is masked where it is shown.
    public var email: String

    public init(revision: Int64, ownerID: Int64, total: Int64, products: Int, email: String) {
        self.revision = revision
        self.ownerID = ownerID
        self.total = total
        self.products = products
        self.email = email
    }

    public init(_ cart: Cart, revision: Int64) {
        self.init(
            revision: revision, ownerID: cart.owner.id, total: cart.totals.total, products: Set(cart.items.map(\.productID)).count,
            email: Folding.fold(cart.customer.email))
    }

    func write(as name: String, to json: inout JSONWriter) {
        json.name(name)
        json.beginObject()
        json.name("revision")
        json.integer(revision)
        json.name("owner_id")
        json.integer(ownerID)
        json.name("total")
        json.integer(total)
        json.name("products")
        json.integer(Int64(products))
        if !email.isEmpty {
            json.name("email")
            json.string(Masking.email(email))
        }
        json.endObject()
    }
}
