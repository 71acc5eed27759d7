/// A country, or a part of one, where people have names of one language and write addresses in one way.
struct Region: Sendable {
    struct Place: Sendable {
        let city: String
        let state: String
        let postcode: Pattern

        /// Reads `city|state|postcode`.
        init(_ entry: Substring) {
            let parts = entry.split(separator: "|", omittingEmptySubsequences: false)
            city = String(parts.first ?? entry)
            state = parts.count > 1 ? String(parts[1]) : ""
            postcode = Pattern(parts.count > 2 ? parts[2] : "")
        }
    }

    let country: String
    let language: String
    let names: [NameTable]
    let share: Int
    /// Tax on sales in thousandths.
    let tax: Int64
    let phone: Pattern
    let line: Pattern
    let streets: [String]
    let places: [Place]

    /// - Parameters:
    ///   - country: code of ISO 3166.
    ///   - language: code of ISO 639.
    ///   - share: how many customers live here, compared with the others.
    ///   - tax: on sales, in thousandths.
    ///   - phone: where a country keeps numbers free for fiction, one of those; else one that is unlikely to be given out.
    ///   - line: how street and house number are written.
    init(
        _ country: String, _ language: String, _ names: [NameTable], share: Int, tax: Int64, phone: String, line: String,
        streets: String, places: String
    ) {
        self.country = country
        self.language = language
        self.names = names
        self.share = share
        self.tax = tax
        self.phone = Pattern(phone)
        self.line = Pattern(line)
        self.streets = streets.listed.map { String($0) }
        self.places = places.listed.map(Place.init)
    }

    /// Every region, each as often as its share says, so that any of them is as likely as the next.
    static let byShare: [Region] = (western + northernAndEastern + asianAndAfrican).flatMap { Array(repeating: $0, count: $0.share) }
}
