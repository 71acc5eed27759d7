import CartCore
import CartHTTP
import Foundation

/// What somebody types to get a key, and what is wrong with it.
struct KeyForm: Sendable {
    /// How long a new key lasts.
    enum Lifetime: String, CaseIterable {
        case never
        case month = "30d"
        case quarter = "90d"
        case year = "1y"

        /// nil: for ever.
        var span: TimeSpan? {
            switch self {
            case .never: nil
            case .month: .days(30)
            case .quarter: .days(90)
            case .year: .days(365)
            }
        }
    }

    /// Something to mend.
    struct Problem: View {
        var message: String
        /// The field that it is about; nil: none of the form.
        var href: String?
    }

    /// Lines of the addresses that are named as wrong.
    private static let mostNamed = 3

    var description = ""
    var user: String
    var permission = Permission.read.rawValue
    var kind = ConsumerKey.Kind.cocart.rawValue
    var expires = Lifetime.year.rawValue
    var storeID = ""
    var networks = ""
    var problems: [Problem] = []

    /// An empty form.
    ///
    /// - Parameter user: who is chosen at first.
    init(user: String) { self.user = user }

    /// A form that was sent. What is missing is wrong where a key needs it.
    init(_ form: QueryParameters) {
        description = form["description"] ?? ""
        user = form["user"] ?? ""
        permission = form["permissions"] ?? ""
        kind = form["kind"] ?? ""
        expires = form["expires"] ?? ""
        storeID = form["store_id"] ?? ""
        networks = form["allowed_ips"] ?? ""
    }

    /// The key that is asked for.
    ///
    /// - Returns: nil if something is wrong; ``problems`` says what.
    mutating func draft(at now: Timestamp) -> KeyDraft? {
        problems = []
        let description = self.description.trimmingCharacters(in: .whitespacesAndNewlines)
        var draft = KeyDraft(user: user, description: description, permission: .read)
        if description.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problems.append(Problem(message: "Say what the key is for in one line.", href: "#k-description"))
        }
        if let permission = Permission(rawValue: permission) { draft.permission = permission } else { refuse("permissions") }
        if let kind = ConsumerKey.Kind(rawValue: kind) { draft.kind = kind } else { refuse("kind") }
        if let lifetime = Lifetime(rawValue: expires) { draft.expires = lifetime.span.map { now + $0 } } else { refuse("expires") }
        let storeID = self.storeID.trimmingCharacters(in: .whitespacesAndNewlines)
        if !storeID.isEmpty {
            if let number = Int64(storeID) { draft.storeID = number } else { refuse("store_id") }
        }
        draft.allowedRanges = ranges()
        problems += draft.problems(at: now).map { Problem($0) }
        return problems.isEmpty ? draft : nil
    }

    private mutating func ranges() -> [NetworkRange] {
        var ranges: [NetworkRange] = []
        var wrong = 0
        for text in networks.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
            if let range = NetworkRange(String(text)) {
                ranges.append(range)
                continue
            }
            wrong += 1
            guard wrong <= Self.mostNamed else { continue }
            let message = "“\(text.prefix(60))” is no address or network. Write it like 192.0.2.7 or 192.0.2.0/24."
            problems.append(Problem(message: message, href: "#k-networks"))
        }
        return ranges
    }

    private mutating func refuse(_ field: String) { problems.append(Problem(CartError.Field(name: field, reason: "is not understood"))) }
}

extension KeyForm.Problem {
    init(_ field: CartError.Field) {
        switch field.name {
        case "description": self.init(message: "Say what the key is for, in 1 to 200 bytes.", href: "#k-description")
        case "user": self.init(message: "There is no such user.", href: "#k-user")
        case "permissions": self.init(message: "Choose what the key may do.", href: "#k-permission")
        case "kind": self.init(message: "Choose the kind of key.", href: "#k-kind")
        case "expires": self.init(message: "Choose when the key expires.", href: "#k-expires")
        case "store_id":
            self.init(message: "The store id must be a whole number from 1 to \(Wording.number(Int32.max)).", href: "#k-store")
        case "allowed_ips": self.init(message: "The allowed addresses \(field.reason).", href: "#k-networks")
        default: self.init(message: "\(field.name) \(field.reason).", href: nil)
        }
    }
}

/// How long the old secret of a key works beside its new one.
enum KeyGrace: String, CaseIterable {
    case none = "0"
    case day = "1d"
    case week = "7d"
    case month = "30d"

    var span: TimeSpan {
        switch self {
        case .none: .seconds(0)
        case .day: .days(1)
        case .week: .days(7)
        case .month: .days(30)
        }
    }
}
