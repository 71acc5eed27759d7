import CartCore
import CartServer
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("The carts in figures, over /v1/stats")
struct StatisticsRouteTests {
    private static let path = "/v1/stats"

    /// The date that a calendar on the wall shows.
    private static func day(_ moment: Timestamp, in timeZone: TimeZone, ago: Int = 0) throws -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        let then = try #require(calendar.date(byAdding: .day, value: -ago, to: date))
        let parts = calendar.dateComponents([.year, .month, .day], from: then)
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    /// Figures as text that can be compared, without the moment and the mean that is no whole number.
    private static func canonical(_ figures: [String: Any]) throws -> String {
        var figures = figures
        figures["as_of"] = nil
        if let average = figures["average"] as? [String: Any] { figures["average"] = average.filter { $0.key == "value" } }
        return String(decoding: try JSONSerialization.data(withJSONObject: figures, options: .sortedKeys), as: UTF8.self)
    }

    /// The answer as soon as it shows the carts as they are, which it does a little later.
    private func answer(_ expected: [String: Any], _ authorization: String, on server: TestServer) async throws -> TestServer.Answer {
        let wanted = try Self.canonical(expected)
        var answer = try await server.send(.GET, Self.path, authorization)
        for _ in 0..<200 {
            guard answer.status == 200, try Self.canonical(answer.object) != wanted else { break }
            try await Task.sleep(for: .milliseconds(100))
            answer = try await server.send(.GET, Self.path, authorization)
        }
        #expect(answer.status == 200, "\(answer.text)")
        let found = try Self.canonical(answer.object)
        #expect(found == wanted)
        return answer
    }

    /// What is counted by going through all carts that a key may see.
    private struct Count {
        let now: Timestamp
        let timeZone: TimeZone
        var rows: [[String: Any]] = []
        /// What happened to carts that look as if it had not.
        var before: [String: [String: Int]] = [:]

        private static func toBuy(_ row: [String: Any]) -> [[String: Any]] {
            (row["items"] as? [[String: Any]] ?? []).filter { $0["kind"] as? String == "cart" }
        }

        private static func moment(_ row: [String: Any], _ name: String) throws -> Timestamp {
            let text = try #require(row[name] as? String)
            return try #require(Timestamp(iso8601: text))
        }

        private static func totals(_ rows: [[String: Any]]) throws -> [String: [Int]] {
            var totals: [String: [Int]] = [:]
            for row in rows {
                let currency = try #require(row["currency"] as? String)
                totals[currency, default: []].append(try #require((row["totals"] as? [String: Any])?["total"] as? Int))
            }
            return totals
        }

        private static func figures(_ rows: [[String: Any]]) throws -> [String: Any] {
            let lines = rows.map { toBuy($0).count }
            let value = try totals(rows).mapValues { amounts in amounts.reduce(0, +) }
            return ["carts": rows.count, "with_items": lines.count { $0 > 0 }, "items": lines.reduce(0, +), "value": value]
        }

        /// As the answer shows it: `2.33`.
        var averageItems: String {
            guard !rows.isEmpty else { return "0.00" }
            let items = rows.map { Self.toBuy($0).count }.reduce(0, +)
            let hundredths = (200 * items + rows.count) / (2 * rows.count)
            return String(format: "%d.%02d", hundredths / 100, hundredths % 100)
        }

        func expected() throws -> [String: Any] {
            var expected = try Self.figures(rows)
            let average = try Self.totals(rows).mapValues { amounts in (2 * amounts.reduce(0, +) + amounts.count) / (2 * amounts.count) }
            expected["average"] = ["value": average]
            var states: [String: Any] = [:]
            for state in CartState.allCases.map(\.rawValue) {
                states[state] = try Self.figures(rows.filter { $0["state"] as? String == state })
            }
            expected["states"] = states
            expected["days"] = try days()
            expected["top_abandoned_products"] = topProducts()
            return expected
        }

        private func days() throws -> [[String: Any]] {
            var events = before
            for row in rows {
                events[try StatisticsRouteTests.day(try Self.moment(row, "created"), in: timeZone), default: [:]]["new", default: 0] += 1
                let abandoned = try Self.moment(row, "updated") + CartPolicy().abandonedAfter
                let end = try Self.moment(row, "expires")
                guard row["order_id"] is NSNull, !Self.toBuy(row).isEmpty, abandoned <= now, abandoned < end else { continue }
                events[try StatisticsRouteTests.day(abandoned, in: timeZone), default: [:]]["abandoned", default: 0] += 1
            }
            return try (0..<30).reversed().map { ago in
                let day = try StatisticsRouteTests.day(now, in: timeZone, ago: ago)
                let counts = events[day] ?? [:]
                var shown: [String: Any] = ["day": day]
                for event in ["new", "abandoned", "recovered"] { shown[event] = counts[event] ?? 0 }
                return shown
            }
        }

        private func topProducts() -> [[String: Any]] {
            var carts: [Int: Int] = [:]
            for row in rows where row["state"] as? String == "abandoned" {
                for product in Set(Self.toBuy(row).compactMap { $0["product_id"] as? Int }) { carts[product, default: 0] += 1 }
            }
            let sorted = carts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            return sorted.prefix(10).map { ["product_id": $0.key, "name": "Product \($0.key)", "carts": $0.value] }
        }
    }

    private static func items(_ products: ClosedRange<Int>, price: Int) -> String {
        products.map { #"{"product_id":\#($0),"name":"Product \#($0)","unit_price":\#(price)}"# }.joined(separator: ",")
    }

    /// A cart that was not changed since it was created.
    private static func document(
        _ created: String, expires: String, currency: String = "USD", store: Int = 1, _ items: String
    ) -> String {
        let times = #""created":"\#(created)","updated":"\#(created)","expires":"\#(expires)""#
        return #"{"store_id":\#(store),"currency":"\#(currency)",\#(times),"items":[\#(items)]}"#
    }

    /// Carts with times near the edges of days in Auckland, whose clocks went forward on 2024-09-29.
    private static let documents: [String] = [
        document("2024-10-08T10:59:59.999Z", expires: "2024-10-20T00:00:00Z", currency: "NZD", items(1...2, price: 1999)),
        document("2024-10-08T11:00:00Z", expires: "2024-10-20T00:00:00Z", currency: "NZD", items(2...13, price: 501)),
        document("2024-10-08T12:00:00Z", expires: "2024-10-20T00:00:00Z", #"{"product_id":1,"name":"Product 1","kind":"wishlist"}"#),
        document("2024-09-28T13:59:59Z", expires: "2024-10-01T00:00:00Z", items(1...1, price: 33)),
        document("2024-09-09T11:59:59Z", expires: "2024-12-01T00:00:00Z", currency: "JPY", items(3...3, price: 700)),
        document("2024-09-09T12:00:00Z", expires: "2024-09-09T12:30:00Z", currency: "JPY", items(4...4, price: 1)),
        #"{"order_id":5,"items":[\#(items(1...3, price: 250))]}"#, #"{"items":[\#(items(7...8, price: 1250))]}"#, "{}",
        #"{"store_id":2,"items":[\#(items(9...9, price: 5))]}"#,
        document("2024-10-07T10:00:00Z", expires: "2024-10-20T00:00:00Z", store: 2, items(9...10, price: 5)),
    ]

    @Test("the figures are those of the carts by state, currency and the shop's days, and a key of one store sees that store's alone")
    func figures() async throws {
        let clock = ManualClock(Timestamp(seconds: 1_728_412_800))
        let auckland = try #require(TimeZone(identifier: "Pacific/Auckland"))
        try await TestServer.run(
            {
                $0.timeZone = auckland
                $0.sweeps = false
            }, clock: clock
        ) { server in
            let key = try await server.key().authorization
            func put(_ name: String, _ document: String) async throws {
                let answer = try await server.send(.PUT, "/v1/carts/\(name)", key, body: Array(document.utf8))
                try #require(answer.status < 300, "\(answer.text)")
            }
            for (number, document) in Self.documents.enumerated() { try await put("c\(number)", document) }
            // It rested since 05:00 in Auckland, and came back.
            try await put("back", Self.document("2024-10-08T15:00:00Z", expires: "2024-10-20T00:00:00Z", Self.items(1...1, price: 10)))
            try await put("back", #"{"items":[\#(Self.items(1...2, price: 10))]}"#)

            for storeID in [nil, 1, 2, 9] as [Int64?] {
                let key = try await server.key(.read, storeID: storeID).authorization
                let list = try await server.send(.GET, "/v1/carts?limit=1000", key)
                var count = Count(now: clock.now, timeZone: auckland)
                count.rows = try #require(list.object["data"] as? [[String: Any]])
                if (storeID ?? 1) == 1 { count.before = ["2024-10-09": ["abandoned": 1, "recovered": 1]] }
                let answer = try await answer(try count.expected(), key, on: server)
                #expect(answer.text.contains("\"average\":{\"items\":\(count.averageItems),"), "\(answer.text)")
                #expect(answer.object["as_of"] as? String == clock.now.iso8601)
                let days = (answer.object["days"] as? [[String: Any]] ?? []).compactMap { $0["day"] as? String }
                #expect(days.first == "2024-09-10" && days.last == "2024-10-09" && days.count == 30)
            }
            // All that the test is about is among the carts.
            let list = try await server.send(.GET, "/v1/carts?limit=1000", key)
            let states = Set((list.object["data"] as? [[String: Any]] ?? []).compactMap { $0["state"] as? String })
            #expect(states == Set(CartState.allCases.map(\.rawValue)))
        }
    }

    @Test("a write is counted within seconds, and so is a deletion; the moment of counting is never in the future")
    func freshness() async throws {
        try await TestServer.run { server in
            let key = try await server.key().authorization
            func settles(_ carts: Int) async throws -> Bool {
                for _ in 0..<150 {
                    let answer = try await server.send(.GET, Self.path, key)
                    let text = try #require(answer.object["as_of"] as? String)
                    let counted = try #require(Timestamp(iso8601: text))
                    #expect(counted <= SystemWallClock().now)
                    if answer.object["carts"] as? Int == carts { return true }
                    try await Task.sleep(for: .milliseconds(100))
                }
                return false
            }
            let isEmpty = try await settles(0)
            #expect(isEmpty)
            for number in 0..<3 {
                let put = try await server.send(.PUT, "/v1/carts/k\(number)", key, body: Array("{}".utf8))
                #expect(put.status == 201)
            }
            let isWritten = try await settles(3)
            #expect(isWritten)
            _ = try await server.send(.DELETE, "/v1/carts/k1", key)
            let isDeleted = try await settles(2)
            #expect(isDeleted)
        }
    }

    @Test("right after the start the figures are waited for")
    func start() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let answer = try await server.send(.GET, Self.path, key)
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type") == "application/json")
            #expect(answer.headers.first(name: "Cache-Control") == "no-store")
            let head = try await server.send(.HEAD, Self.path, key)
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test("any parameter is 422 and named", arguments: ["store_id=1", "from=2024-10-01", "days=7", "a="])
    func parameters(query: String) async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read).authorization
            let answer = try await server.send(.GET, "\(Self.path)?\(query)", key)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.wrongFields == [String(query.prefix { $0 != "=" })])
        }
    }
}
