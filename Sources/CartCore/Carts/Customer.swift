/// What is known of the person behind a cart. Empty text means unknown.
public struct Customer: Hashable, Sendable {
    public var firstName = ""
    public var lastName = ""
    public var email = ""
    public var phone = ""
    public var billing = Address()
    public var shipping = Address()
    /// The shop's own record of the customer, kept verbatim.
    public var profile = JSONObject.empty

    public init() {}

    /// First and last name joined by a space; empty if neither is known.
    public var fullName: String {
        firstName.isEmpty || lastName.isEmpty ? firstName + lastName : firstName + " " + lastName
    }

    /// Whether there is a name, an e-mail address or a phone number to reach the person by.
    public var hasContact: Bool {
        !(firstName.isEmpty && lastName.isEmpty && email.isEmpty && phone.isEmpty)
    }

    /// The name under which carts are sorted: last name, then first name, folded; empty for the nameless, who so come first.
    public var sortName: String {
        firstName.isEmpty && lastName.isEmpty ? "" : Folding.fold(lastName) + "\u{1}" + Folding.fold(firstName)
    }
}

/// A postal address. Empty text means unknown; names and e-mail stand here only where they differ from the customer's.
public struct Address: Hashable, Sendable {
    public var firstName = ""
    public var lastName = ""
    public var company = ""
    public var address1 = ""
    public var address2 = ""
    public var city = ""
    public var state = ""
    public var postcode = ""
    public var country = ""
    public var phone = ""
    public var email = ""

    public init() {}

    /// The fields with the names they have on the wire, in the order in which they are written.
    public static let fields: [(name: String, path: any WritableKeyPath<Address, String> & Sendable)] = [
        ("first_name", \.firstName), ("last_name", \.lastName), ("company", \.company), ("country", \.country),
        ("address_1", \.address1), ("address_2", \.address2), ("city", \.city), ("state", \.state),
        ("postcode", \.postcode), ("phone", \.phone), ("email", \.email),
    ]
}
