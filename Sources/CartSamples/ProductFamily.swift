/// Products of one sort, which differ in model, price and weight.
struct ProductFamily: Sendable {
    enum Unit: Sendable {
        case piece, kilogram, metre
    }

    /// What a shopper chooses of a product; each choice is a variation of its own.
    struct Choice: Sendable {
        let attribute: String
        let values: [String]

        static let clothing = Choice("size", "XS", "S", "M", "L", "XL")
        static let shoes = Choice("size", "37", "38", "39", "40", "41", "42", "43", "44")
        static let colour = Choice("colour", "Black", "Blue", "Forest Green", "Rust", "Cream")
        static let finish = Choice("finish", "Oak", "Walnut", "White", "Graphite")
        static let grind = Choice("grind", "Whole bean", "Espresso", "Filter")
        static let length = Choice("length", "1 m", "2 m", "5 m")

        private init(_ attribute: String, _ values: String...) {
            self.attribute = attribute
            self.values = values
        }
    }

    let noun: String
    let sku: String
    /// US cents for one unit.
    let cents: ClosedRange<Int>
    let grams: ClosedRange<Int>
    /// In centimetres.
    let size: (length: Int, width: Int, height: Int)
    let unit: Unit
    let choices: [Choice]
    let models: [Name]

    init(
        _ noun: String, sku: String, cents: ClosedRange<Int>, grams: ClosedRange<Int>, size: (length: Int, width: Int, height: Int),
        sold unit: Unit = .piece,
        choices: [Choice] = [], _ models: String
    ) {
        self.noun = noun
        self.sku = sku
        self.cents = cents
        self.grams = grams
        self.size = size
        self.unit = unit
        self.choices = choices
        self.models = models.listed.map(Name.init)
    }
}
