import CartCore

/// A product of the catalogue, ready to be put into a cart.
struct Product: Sendable {
    struct Variation: Sendable {
        let id: Int64
        /// The key of the item; as in WooCommerce it follows from what is bought.
        let key: String
        let sku: String
        let attributes: JSONObject
    }

    let id: Int64
    let name: String
    /// US cents for one unit.
    let cents: Int64
    let unit: ProductFamily.Unit
    /// One or more; a product without choices has one with the id 0.
    let variations: [Variation]
    /// All that the catalogue says, and the little that some programs keep of it.
    let fullDetails: ProductDetails
    let shortDetails: ProductDetails

    /// - Parameter place: in the catalogue, from 0.
    init(_ family: ProductFamily, model: Name, place: Int, attributes: [Attributes]) {
        var random = SplitMix64(seed: 0, subject: .catalogue, number: UInt64(place))
        let id = Int64(101 + place * 3)
        let sku = "\(family.sku)-\(100 + place)"
        self.id = id
        name = "\(model.text) \(family.noun)"
        cents = Self.price(family.cents, using: &random)
        unit = family.unit
        variations = attributes.enumerated().map { place, attributes in
            Variation(
                id: attributes.object.isEmpty ? 0 : 10_000 + id * 50 + Int64(place), key: Self.key(using: &random),
                sku: sku + attributes.suffix, attributes: attributes.object)
        }
        var short = ProductDetails()
        short.slug = "\(model.ascii)-\(family.noun.lowercased().replacing(" ", with: "-"))"
        short.type = attributes.count > 1 ? "variable" : "simple"
        shortDetails = short
        var full = short
        full.title = name
        full.image = "https://shop.example.com/images/\(short.slug ?? "").jpg"
        full.weight = Decimal.shortest(Int64(random.number(family.grams)), digits: 3)
        let size = family.size
        full.dimensions = JSONObject(
            table: #"{"length":"\#(size.length)","width":"\#(size.width)","height":"\#(size.height)","unit":"cm"}"#)
        full.minQuantity = unit == .piece ? .one : Quantity(millionths: 100_000)
        if random.chance(30) { full.maxQuantity = Quantity(random.number(5...50)) }
        full.backorders = random.chance(15) ? "notify" : "no"
        fullDetails = full
    }

    /// Shops like prices just below a round one.
    private static func price(_ range: ClosedRange<Int>, using random: inout SplitMix64) -> Int64 {
        let price = random.number(range)
        guard price >= 1000 else { return Int64(price / 10 * 10 + 5) }
        return Int64(price / 100 * 100 + random.pick([99, 99, 95, 50, 0]))
    }

    private static func key(using random: inout SplitMix64) -> String {
        let words = RandomWords(random.next(), random.next())
        return Hex.encode(words.bytes(16))
    }
}

/// What is chosen of a product, and what it adds to the SKU.
struct Attributes: Sendable {
    let object: JSONObject
    let suffix: String

    /// Every combination of the values of up to two choices; one empty one if there is nothing to choose.
    static func combinations(of choices: [ProductFamily.Choice]) -> [Attributes] {
        guard let first = choices.first else { return [Attributes(object: .empty, suffix: "")] }
        guard let second = choices.dropFirst().first else {
            return first.values.map { value in
                Attributes(object: JSONObject(table: #"{"attribute_pa_\#(first.attribute)":"\#(value)"}"#), suffix: code(value))
            }
        }
        return first.values.flatMap { one in
            second.values.map { two in
                let text = #"{"attribute_pa_\#(first.attribute)":"\#(one)","attribute_pa_\#(second.attribute)":"\#(two)"}"#
                return Attributes(object: JSONObject(table: text), suffix: code(one) + code(two))
            }
        }
    }

    private static func code(_ value: String) -> String { "-" + value.uppercased().filter { $0 != " " }.prefix(3) }
}
