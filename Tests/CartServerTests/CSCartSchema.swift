import Foundation
import NIOHTTP1
import Testing

/// The list as it is documented. Decoding fails on a field too many, a field too few, and a value of another type.
struct CSCartList: Decodable {
    let carts: [CSCartRow]
    let params: [String: CSCartValue]

    init(from decoder: any Decoder) throws {
        let members = try Members(decoder, named: ["carts", "params"])
        carts = try members.value("carts")
        params = try members.value("params")
    }
}

/// One row of the list.
struct CSCartRow: Decodable {
    static let nullable: Set<String> = ["firstname", "lastname", "order_id"]
    static let texts = ["user_id", "firstname", "lastname", "date", "ip_address", "company_id", "cart_products", "total", "order_id"]

    /// All fields but the last; nil is null.
    let fields: [String: String?]
    let userData: UserData

    /// What is known of the owner: an empty array, or an object.
    enum UserData: Decodable {
        case empty
        /// All names, and the values that are strings.
        case object(names: Set<String>, texts: [String: String])

        var names: Set<String> { if case .object(let names, _) = self { names } else { [] } }
        var texts: [String: String] { if case .object(_, let texts) = self { texts } else { [:] } }

        init(from decoder: any Decoder) throws {
            if let list = try? decoder.unkeyedContainer() {
                guard list.isAtEnd else { throw violation(decoder, "is an array with elements") }
                self = .empty
                return
            }
            let container = try decoder.container(keyedBy: Name.self)
            var texts: [String: String] = [:]
            for name in container.allKeys {
                if let text = try? container.decode(String.self, forKey: name) { texts[name.stringValue] = text }
            }
            self = .object(names: Set(container.allKeys.map(\.stringValue)), texts: texts)
        }
    }

    init(from decoder: any Decoder) throws {
        try self.init(Members(decoder, named: Set(Self.texts + ["user_data"])), decoder)
    }

    fileprivate init(_ members: Members, _ decoder: any Decoder) throws {
        var fields: [String: String?] = [:]
        for name in Self.texts {
            let text: String? = try Self.nullable.contains(name) ? members.textOrNull(name) : members.text(name)
            fields.updateValue(text, forKey: name)
        }
        self.fields = fields
        userData = try members.value("user_data")
        let numbers = ["user_id", "date", "company_id"]
        for name in numbers where Int64(self[name]) == nil { throw violation(decoder, "\(name) is \(self[name])") }
        guard Self.isAmount(self["total"]) else { throw violation(decoder, "total is \(self["total"])") }
        guard Double(self["cart_products"]) != nil else { throw violation(decoder, "cart_products is \(self["cart_products"])") }
    }

    /// A field that is never null.
    subscript(_ name: String) -> String { fields[name].flatMap { $0 } ?? "" }

    /// Whether a text is a decimal with two digits after the point.
    static func isAmount(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[1].count == 2 && Int64(parts[0]) != nil && UInt8(parts[1]) != nil
    }
}

/// One cart: a row, and what is in the cart.
struct CSCartDetails: Decodable {
    let row: CSCartRow
    let products: [Product]

    init(from decoder: any Decoder) throws {
        let members = try Members(decoder, named: Set(CSCartRow.texts + ["user_data", "products"]))
        row = try CSCartRow(members, decoder)
        products = try members.value("products")
    }

    struct Product: Decodable {
        static let texts = ["item_id", "item_type", "product_id", "amount", "price", "product"]
        /// All fields but `extra`.
        let fields: [String: String]
        /// The names in `extra`.
        let extra: Set<String>

        init(from decoder: any Decoder) throws {
            let members = try Members(decoder, named: Set(Self.texts + ["extra"]))
            var fields: [String: String] = [:]
            for name in Self.texts { fields[name] = try members.text(name) }
            guard CSCartRow.isAmount(fields["price"] ?? "") else { throw violation(decoder, "price is \(fields["price"] ?? "")") }
            self.fields = fields
            extra = try members.names(in: "extra")
        }
    }
}

/// The body of every refusal.
struct CSCartProblem: Decodable {
    let message: String
    let status: Int

    init(from decoder: any Decoder) throws {
        let members = try Members(decoder, named: ["message", "status"])
        message = try members.text("message")
        status = try members.value("status")
    }
}

/// A value of `params`.
enum CSCartValue: Decodable, Equatable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    case integer(Int)
    case text(String)
    case list([String])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(arrayLiteral elements: String...) { self = .list(elements) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else {
            self = .list(try container.decode([String].self))
        }
    }
}

private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

/// The members of an object that has these names and no others.
private struct Members {
    private let container: KeyedDecodingContainer<Name>

    init(_ decoder: any Decoder, named names: Set<String>) throws {
        container = try decoder.container(keyedBy: Name.self)
        let found = Set(container.allKeys.map(\.stringValue))
        guard found == names else { throw violation(decoder, "has the fields \(found.sorted()), not \(names.sorted())") }
    }

    func value<Value: Decodable>(_ name: String) throws -> Value { try container.decode(Value.self, forKey: Name(name)) }

    func text(_ name: String) throws -> String { try container.decode(String.self, forKey: Name(name)) }

    func textOrNull(_ name: String) throws -> String? {
        try container.decodeNil(forKey: Name(name)) ? nil : text(name)
    }

    func names(in object: String) throws -> Set<String> {
        Set(try container.nestedContainer(keyedBy: Name.self, forKey: Name(object)).allKeys.map(\.stringValue))
    }
}

private func violation(_ decoder: any Decoder, _ text: String) -> DecodingError {
    .dataCorrupted(DecodingError.Context(codingPath: decoder.codingPath, debugDescription: text))
}

extension TestServer {
    /// The list that a query gives, after a strict look at the whole answer.
    func listedCarts(_ query: String, _ key: String) async throws -> CSCartList {
        let answer = try await send(.GET, query.isEmpty ? "/api/carts" : "/api/carts?\(query)", key)
        return try Self.strictly(answer, query)
    }

    /// An owner's cart, after a strict look at the whole answer.
    func shownCart(_ owner: String, _ key: String) async throws -> CSCartDetails {
        try Self.strictly(try await send(.GET, "/api/carts/\(owner)", key), owner)
    }

    private static func strictly<Body: Decodable>(_ answer: Answer, _ subject: String) throws -> Body {
        #expect(answer.status == 200, "\(subject): \(answer.text)")
        #expect(answer.headers.first(name: "Content-Type")?.hasPrefix("application/json") == true, "\(subject)")
        do {
            return try JSONDecoder().decode(Body.self, from: Data(answer.body))
        } catch {
            Issue.record("\(subject): \(error)")
            throw error
        }
    }

    /// Looks at a refusal: its status, and the form of its body to the byte.
    func expectRefusal(_ answer: Answer, _ status: Int, _ subject: String) throws {
        let reasons = [
            400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
        ]
        #expect(answer.status == status, "\(subject): \(answer.text)")
        let problem = try? JSONDecoder().decode(CSCartProblem.self, from: Data(answer.body))
        #expect(problem?.status == status, "\(subject): \(answer.text)")
        let reason = try #require(reasons[status])
        let message = problem?.message ?? ""
        #expect(message == reason || message.hasPrefix(reason + ": "), "\(subject): \(answer.text)")
        #expect(answer.text.hasPrefix(#"{"message":""#) && answer.text.hasSuffix(#"","status":\#(status)}"#), "\(subject): \(answer.text)")
    }
}
