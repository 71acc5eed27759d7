import CartCore
import CartHTTP
import CartTesting
import Testing

@Suite("The list of CS-Cart's Carts API")
struct CSCartListTests {
    /// A server over generated carts at the model's time, and the model of them.
    private func run(
        _ count: Int, seed: UInt64, _ body: @Sendable (TestServer, CSCartModel, [Cart]) async throws -> Void
    ) async throws {
        try await TestServer.run(clock: ManualClock(CSCartModel.now)) { server in
            let carts = CSCartModel.carts(count, seed: seed)
            _ = try await server.store.apply(carts.map { .save($0, wasAbandoned: false, replacing: nil) })
            try await body(server, CSCartModel(carts), carts)
        }
    }

    /// Asks the server and the model.
    ///
    /// - Returns: how many carts there are in all.
    private func compare(
        _ pairs: [CSCartModel.Pair], isEncoded: Bool = true, _ model: CSCartModel, _ server: TestServer, _ key: String
    ) async throws -> Int {
        var query = pairs.map { "\(QueryParameters.encode($0.name))=\(QueryParameters.encode($0.value))" }.joined(separator: "&")
        if !isEncoded { query = query.replacing("%5B", with: "[").replacing("%5D", with: "]").replacing("%20", with: "+") }
        let expected = model.answer(to: pairs)
        let found = try await server.listedCarts(query, key)
        #expect(found.params == expected.params, "\(query)")
        #expect(found.carts.map { $0["ip_address"] } == expected.page.map(\.cart.ipAddress), "\(query)")
        for (row, entry) in zip(found.carts, expected.page) {
            if row.fields != entry.row { Issue.record("\(query): \(row.fields) is not \(entry.row)") }
            if let text = fault(row.userData, entry.cart) { Issue.record("\(query): \(text)") }
        }
        return expected.all.count
    }

    /// What is wrong with what is shown of the owner.
    private func fault(_ shown: CSCartRow.UserData, _ cart: Cart) -> String? {
        guard case .object(let names, let texts) = shown else { return cart.owner.kind == .guest ? nil : "an empty user_data" }
        if cart.owner.kind == .guest { return "user_data of a guest" }
        if texts["user_id"] != String(cart.owner.id) { return "user_id is \(texts["user_id"] ?? "missing") in user_data" }
        if cart.customer.profile.isEmpty {
            let isNamed = cart.customer.firstName.isEmpty || texts["firstname"] == cart.customer.firstName
            return isNamed ? nil : "user_data has another first name"
        }
        return texts["firstname"] == "Profiled" && names.contains("points") ? nil : "user_data is not the profile"
    }

    @Test("over 2,000 carts, each parameter alone and 500 random combinations give the rows of the naive model, in its order")
    func model() async throws {
        try await run(2000, seed: 1) { server, model, carts in
            let key = try await server.cscartKey(.read).authorization
            var counts = Set<Int>()
            for pairs in Self.alone { counts.insert(try await compare(pairs, model, server, key)) }
            #expect(counts.count > 25)
            var queries = QueryGenerator(carts: carts, seed: 2)
            var found = 0
            for _ in 0..<500 {
                let pairs = queries.query()
                let isEncoded = queries.chance(50)
                let count = try await compare(pairs, isEncoded: isEncoded, model, server, key)
                if count > 0, count < 2000 { found += 1 }
            }
            #expect(found > 150)
        }
    }

    @Test("pages of any order never overlap and skip nothing while nothing changes", arguments: ["date", "customer", "total"])
    func pages(sort: String) async throws {
        try await run(300, seed: 3) { server, model, _ in
            let key = try await server.cscartKey(.read).authorization
            for (order, size) in [("asc", 37), ("desc", 50)] {
                var seen: [String] = []
                var page = 0
                repeat {
                    page += 1
                    let query = "sort_by=\(sort)&sort_order=\(order)&items_per_page=\(size)&page=\(page)"
                    let rows = try await server.listedCarts(query, key).carts
                    seen += rows.map { $0["ip_address"] }
                    if rows.isEmpty { break }
                } while page < 20
                let all = model.answer(to: [(name: "sort_by", value: sort), (name: "sort_order", value: order)]).all
                #expect(all.count > 150)
                #expect(seen == all.map(\.cart.ipAddress), "\(sort) \(order)")
                #expect(page == (all.count + size - 1) / size + 1)
            }
        }
    }

    /// Every row of the table of parameters with values of its type and others.
    private static let alone: [[CSCartModel.Pair]] = {
        let time = CSCartModel.now.seconds
        let values: [(String, [String])] = [
            ("page", ["1", "2", "100", "2147483647", "0", "-1", "abc", ""]),
            ("items_per_page", ["1", "20", "50", "250", "251", "1000", "0", "-1", "abc", ""]),
            ("sort_by", ["date", "customer", "name", "total", "price", ""]),
            ("sort_order", ["asc", "desc", "up", ""]),
            ("cname", ["an", "ANN", "o'b", "%", "_", "\"", "\u{E9}", "e", "STRASSE", "ольга", "an an", "john doe", "doe john", "qqq"]),
            ("email", ["ANNA", "@example", "%", "_", "strasse", "john.doe@example.com", "qqq"]),
            ("user_id", ["1", "3", "2147483647", "2147483648", "4294967295", "99", "abc"]),
            ("with_info_only", ["true", "1", "Y", "false", "0", "N", "", "maybe"]),
            ("users_type", ["R", "G", "X"]),
            ("user_type", ["R", "G", "X"]),
            ("total_from", ["0", "3", "3.00", "3.0000000000000000000000001", "2.9999999999999999999999999", "-0.01", nines, "abc"]),
            ("total_to", ["0", "3", "3.00", "3.0000000000000000000000001", "2.9999999999999999999999999", "-0.01", nines, "abc"]),
            ("product_type_c", ["true", "1", "Y", "false", "0", "N", "maybe"]),
            ("product_type_w", ["true", "1", "Y", "false", "0", "N", "maybe"]),
            ("period", ["A", "D", "LD", "W", "LW", "M", "LM", "Y", "LY", "HH", "HW", "HM", "C", "XX"]),
            ("time_from", ["\(time)", "\(time - 1800)", "\(time + 1)", "0", "9e99", "abc"]),
            ("time_to", ["\(time)", "\(time - 1800)", "\(time - 1)", "0", "9e99", "abc"]),
            ("p_ids", ["1", "1,2", "1, 2", "2,1,2", "99", "abc"]),
            ("p_ids[]", ["1", "99"]),
            ("p_ids[0]", ["2"]),
            ("company_id", ["1", "2", "3", "4", "abc"]),
        ]
        let together: [[CSCartModel.Pair]] = [
            [],
            [("period", "C"), ("time_from", "\(time - 3600)"), ("time_to", "\(time + 3600)")],
            [("period", "A"), ("time_from", "\(time)"), ("time_to", "\(time)")],
            [("period", "D"), ("time_from", "0"), ("time_to", "1")],
            [("time_from", "\(time)"), ("time_to", "\(time)")],
            [("product_type_c", "true"), ("product_type_w", "Y")],
            [("p_ids", "1,2"), ("product_type_w", "1")],
            [("p_ids[]", "1"), ("p_ids[]", "2"), ("product_type_c", "1"), ("product_type_w", "1")],
            [("p_ids[0]", "3"), ("p_ids[1]", "4")],
            [("page", "2"), ("page", "3")],
            [("cname", "qqq"), ("cname", "an")],
        ]
        var queries = together
        for (name, values) in values {
            for value in values { queries.append([(name: name, value: value)]) }
        }
        return queries
    }()

    private static let nines = String(repeating: "9", count: 30)
}

/// Random parameters, of which most find something.
private struct QueryGenerator {
    let carts: [Cart]
    private var random: SplitMix64

    init(carts: [Cart], seed: UInt64) {
        self.carts = carts
        random = SplitMix64(seed: seed)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 1...100, using: &random) <= percent }
    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

    mutating func query() -> [CSCartModel.Pair] {
        guard let cart = carts.randomElement(using: &random), let moment = CSCartModel.moments.randomElement(using: &random) else {
            return []
        }
        // Many conditions together find nothing.
        let density = Int(pick(["0", "6", "6", "12", "25"])) ?? 0
        var pairs: [CSCartModel.Pair] = []
        if chance(30) { pairs.append(("page", pick(["1", "2", "2", "3", "9", "0", "-7", "two"]))) }
        if chance(60) { pairs.append(("items_per_page", pick(["1", "3", "7", "15", "20", "50", "0", "-1", "ten"]))) }
        if chance(70) { pairs.append(("sort_by", pick(["date", "customer", "name", "total", "price"]))) }
        if chance(60) { pairs.append(("sort_order", pick(["asc", "desc", "up"]))) }
        if chance(density) { pairs.append(("cname", nameParts(of: cart))) }
        if chance(density) { pairs.append(("email", part(of: cart.customer.email))) }
        if chance(density) { pairs.append(("user_id", pick(["\(cart.owner.id)", "\(cart.owner.id)", "99", "abc"]))) }
        if chance(density) { pairs.append(("with_info_only", pick(["true", "1", "Y", "false", "0", "N", "", "maybe"]))) }
        if chance(density) { pairs.append((pick(["users_type", "user_type"]), pick(["R", "G", "X"]))) }
        if chance(density) { pairs.append(("total_from", amount())) }
        if chance(density) { pairs.append(("total_to", amount())) }
        if chance(2 * density) { pairs.append(("product_type_c", pick(["true", "1", "Y", "false", "N"]))) }
        if chance(2 * density) { pairs.append(("product_type_w", pick(["true", "1", "Y", "0", "maybe"]))) }
        let period = chance(density) ? pick(["A", "D", "LD", "W", "LW", "M", "LM", "Y", "LY", "HH", "HW", "HM", "C", "C", "C"]) : ""
        if !period.isEmpty { pairs.append(("period", period)) }
        if chance(2 * density) { pairs.append(("time_from", pick(["\(moment.seconds)", "\(moment.seconds + 1)", "9e99"]))) }
        if chance(2 * density) { pairs.append(("time_to", pick(["\(moment.seconds)", "\(cart.created.seconds)", "soon"]))) }
        if chance(density) { pairs += products(of: cart) }
        if chance(density) { pairs.append(("company_id", pick(["1", "2", "3", "9", "abc"]))) }
        // Of a value that is given twice the first one does not count.
        if chance(15), let twice = pairs.randomElement(using: &random), !twice.name.hasPrefix("p_ids") {
            pairs.insert((twice.name, pick(["1", "zzz", "desc"])), at: 0)
        }
        if chance(15) { pairs.append((pick(["_x", "total_items", "sort_order_rev", "p_id", "carts"]), "7")) }
        return pairs
    }

    /// A value that the total of some cart may have, or one beside it.
    private mutating func amount() -> String {
        let whole = pick(["-3", "0", "1", "2", "3", "6", "9", "12", "40"])
        return whole + pick(["", ".0", ".00", ".13", ".130", ".1299999999999999999999999", ".0000000000000000000000001", "x"])
    }

    private mutating func products(of cart: Cart) -> [CSCartModel.Pair] {
        let ids = cart.items.shuffled(using: &random).prefix(2).map { "\($0.productID)" }
        switch pick(["text", "list", "places"]) {
        case "list": return ids.map { ("p_ids[]", $0) }
        case "places": return ids.enumerated().map { ("p_ids[\($0)]", $1) }
        default: return ids.isEmpty ? [("p_ids", "99")] : [("p_ids", ids.joined(separator: pick([",", ", "])))]
        }
    }

    /// One word, or one of each name.
    private mutating func nameParts(of cart: Cart) -> String {
        if chance(60) { return part(of: chance(50) ? cart.customer.firstName : cart.customer.lastName) }
        return part(of: cart.customer.firstName) + " " + part(of: cart.customer.lastName)
    }

    /// Some characters in a row without white space, sometimes in another case.
    private mutating func part(of text: String) -> String {
        let words = text.unicodeScalars.split { $0.properties.isWhitespace || $0.value < 0x20 }
        guard let word = words.randomElement(using: &random) else { return pick(["a", "an", "%", "_"]) }
        let length = Int(pick(["1", "2", "3", "20"])) ?? 1
        let part = String(Substring(chance(50) ? word.prefix(length) : word.suffix(length)))
        return chance(50) ? part : pick([part.uppercased(), part.lowercased()])
    }
}
