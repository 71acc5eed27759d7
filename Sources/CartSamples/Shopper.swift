import CartCore

/// A made-up person with all that goes together: name, address, phone and e-mail.
struct Shopper: Sendable {
    enum Kind {
        case guest, customer
    }

    let customer: Customer
    let region: Region

    private static let domains = [
        "mail.example.com", "post.example.net", "inbox.example.org", "web.example.net", "mail.example.org", "home.example.com",
    ]
    private static let companies = [
        "Northwind Studio", "Bäckerei am Markt", "Atelier Lumière", "Taller Ñandú", "Kwiaciarnia Róża", "Blue Door Ltd.", "株式会社あおぞら",
        "Студія Світло", "Green & Sons", "\"Zum Anker\" GmbH", "한빛상사", "مكتبة النور",
    ]

    /// - Parameters:
    ///   - kind: a guest may have left no more than an e-mail address; a customer may have a record.
    ///   - number: tells people of the same name apart.
    init(_ kind: Kind, number: UInt64, using random: inout SplitMix64) {
        let region = random.pick(Region.byShare)
        let names = random.pick(region.names)
        let first = random.pick(names.first)
        let last = random.pick(names.last)
        var customer = Customer()
        customer.email = Self.email(first, last, kind, number: number, using: &random)
        let isNamed = kind == .customer || random.chance(60)
        if isNamed {
            customer.firstName = first.text
            customer.lastName = last.text
        }
        if isNamed, random.chance(60) {
            if random.chance(70) { customer.phone = region.phone.filled(using: &random) }
            customer.billing = Address(in: region, using: &random)
            if random.chance(8) { customer.billing.company = random.pick(Self.companies) }
            if random.chance(20) {
                customer.shipping = Address(in: region, using: &random)
                if random.chance(40) {
                    customer.shipping.firstName = random.pick(names.first).text
                    customer.shipping.lastName = last.text
                }
            }
        }
        if kind == .customer, random.chance(30) { customer.profile = .profile(language: region.language, using: &random) }
        self.customer = customer
        self.region = region
    }

    private static func email(_ first: Name, _ last: Name, _ kind: Kind, number: UInt64, using random: inout SplitMix64) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        switch random.below(4) {
        case 0:
            text.append(contentsOf: first.ascii.utf8.prefix(1))
            text.append(contentsOf: last.ascii.utf8)
        case 1:
            text.append(contentsOf: first.ascii.utf8)
        case 2:
            text.append(contentsOf: first.ascii.utf8)
            text.append(UInt8(ascii: "_"))
            text.append(contentsOf: last.ascii.utf8)
        default:
            text.append(contentsOf: first.ascii.utf8)
            text.append(UInt8(ascii: "."))
            text.append(contentsOf: last.ascii.utf8)
        }
        // A guest and a customer of the same number are two people.
        if kind == .guest { text.append(UInt8(ascii: ".")) }
        text.append(contentsOf: String(number).utf8)
        text.append(UInt8(ascii: "@"))
        text.append(contentsOf: random.pick(domains).utf8)
        return String(decoding: text, as: UTF8.self)
    }
}

extension Address {
    fileprivate init(in region: Region, using random: inout SplitMix64) {
        self.init()
        let place = random.pick(region.places)
        address1 = region.line.filled(street: random.pick(region.streets), using: &random)
        if random.chance(12) { address2 = "\(1 + random.below(40))" }
        city = place.city
        state = place.state
        postcode = place.postcode.filled(using: &random)
        country = region.country
    }
}
