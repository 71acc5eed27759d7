/// Which carts a list, a count, an export or a bulk delete is about. Every condition that is set must hold.
///
/// It is one type for all dialects; each spells it in its own words.
public struct CartFilter: Hashable, Sendable {
    public var state: CartState?
    public var ownerKind: Owner.Kind?
    public var ownerID: Int64?
    /// The whole e-mail address, compared under ``Folding``.
    public var email: String?
    /// A part of the e-mail address, compared under ``Folding``.
    public var emailPart: String?
    public var name: NamePart?
    /// A part of the full name, the e-mail address (both under ``Folding``) or the cart key (byte by byte).
    public var search: String?
    /// Products that must all be in the cart, among the items of ``productKinds``.
    public var productIDs: Set<Int64> = []
    /// Where ``productIDs`` are looked for.
    public var productKinds: CartContents = .cart
    /// Holds at least one item of one of these kinds.
    public var holdsAny: CartContents = []
    /// True: no items of kind `cart`; false: at least one.
    public var isEmpty: Bool?
    /// True: no items of any kind; false: at least one.
    public var holdsNothing: Bool?
    /// Minor units, inclusive.
    public var total = Bounds()
    /// ``Cart/productsTotal`` in hundredths of a major unit, inclusive.
    public var productsTotal = Bounds()
    /// Milliseconds since 1970, inclusive.
    public var created = Bounds()
    public var updated = Bounds()
    public var expires = Bounds()
    public var source: String?
    public var storeID: Int64?
    public var hasContact: Bool?

    public init() {}

    /// The same among the carts of the one store that a caller may see.
    ///
    /// - Parameter storeID: nil: the caller may see all.
    /// - Returns: nil if the filter asks for another store.
    public func narrowed(to storeID: Int64?) -> CartFilter? {
        guard let storeID else { return self }
        guard (self.storeID ?? storeID) == storeID else { return nil }
        var filter = self
        filter.storeID = storeID
        return filter
    }

    /// An inclusive range; nil is open.
    public struct Bounds: Hashable, Sendable {
        public var from: Int64?
        public var to: Int64?

        public init(from: Int64? = nil, to: Int64? = nil) {
            self.from = from
            self.to = to
        }

        public func contains(_ value: Int64) -> Bool {
            value >= from ?? .min && value <= to ?? .max
        }
    }

    /// Letters from any part of a name, compared under ``Folding``.
    public enum NamePart: Hashable, Sendable {
        /// In the first name or in the last.
        case either(String)
        /// The first in the first name, the second in the last.
        case both(first: String, last: String)

        /// One word, or two that are parted at the first run of white space; nil if there is no letter.
        public init?(_ text: String) {
            // Scalar by scalar: a space with an accent behind it is one Character.
            let words = text.unicodeScalars.split(maxSplits: 1, whereSeparator: \.properties.isWhitespace)
            guard let first = words.first else { return nil }
            guard words.count == 2 else {
                self = .either(String(first))
                return
            }
            let second: Substring.UnicodeScalarView = words[1].drop(while: \.properties.isWhitespace)
            self = second.isEmpty ? .either(String(first)) : .both(first: String(first), last: String(second))
        }
    }
}

/// The moment and the span that states depend on: two requests with equal filters at different times are different questions.
public struct StateClock: Hashable, Sendable {
    public var now: Timestamp
    public var abandonedAfter: TimeSpan

    public init(now: Timestamp, abandonedAfter: TimeSpan) {
        self.now = now
        self.abandonedAfter = abandonedAfter
    }
}
