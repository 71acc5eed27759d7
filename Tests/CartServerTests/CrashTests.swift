import AsyncHTTPClient
import CartCore
import CartTesting
import CartServer
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// What clients were told.
private actor Acknowledgements {
    private(set) var numbers: [String: Int] = [:]

    func note(_ key: String, _ number: Int) { numbers[key] = number }
}

@Suite("A server that is killed in the middle of writing")
struct CrashTests {
    @Test("loses no write that it acknowledged, and opens again with a sound file")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "carts.db").path
            let pair = try await Self.prepare(.sqlite(path: path))
            // The number that was last acknowledged for each cart.
            let acknowledged = Acknowledgements()
            var total = 0
            for round in 1...4 {
                let server = try await Program.corral("serve", "--port", "0", "--database", "sqlite:\(path)").start {
                    $0.contains("listens on")
                }
                let port = try #require(server.port)
                await withTaskGroup(of: Void.self) { group in
                    for writer in 0..<8 {
                        group.addTask { await Self.write(writer, round: round, to: port, pair, acknowledged) }
                    }
                    // Not before something was written, however slow the machine.
                    for _ in 0..<300 where await acknowledged.numbers.count < total + 20 {
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                    try? await Task.sleep(for: .milliseconds(90 * round))
                    server.kill()
                }
                let store = try DatabaseLocation.sqlite(path: path).open(creating: false)
                let expected = await acknowledged.numbers
                #expect(expected.count > total, "round \(round) wrote nothing")
                total = expected.count
                for (key, number) in expected {
                    let record = try await store.cart(try #require(CartKey(key)))
                    let found = try record?.cart().orderID
                    // A later write may have reached the disk without its answer reaching the client.
                    #expect(
                        found.map { $0 >= number } == true, "cart \(key) of round \(round): \(String(describing: found)), not \(number)")
                }
                #expect(try SQLiteFile(path: path).text("PRAGMA integrity_check") == "ok")
                await store.close()
            }
        }
    }

    /// Makes a database with a key that may read and write.
    static func prepare(_ location: DatabaseLocation) async throws -> ConsumerKeyPair {
        let store = try location.open(creating: true)
        let pair = ConsumerKeyPair(random: SystemRandomSource())
        let now = SystemWallClock().now
        let user = try await store.insert(
            User(id: 0, name: "admin", email: "a@example.com", role: .administrator, password: .nobody, created: now))
        _ = try await store.insert(ConsumerKey(.pair(pair), userID: user.id, description: "crash", permission: .readWrite, created: now))
        await store.close()
        return pair
    }

    /// Writes new carts and replaces some until the server is gone.
    private static func write(
        _ writer: Int, round: Int, to port: Int, _ pair: ConsumerKeyPair, _ acknowledged: Acknowledgements
    ) async {
        var number = 0
        while true {
            number += 1
            let key = "r\(round)w\(writer)n\(number / 3)"
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/carts/\(key)")
            request.method = .PUT
            request.headers.add(name: "Authorization", value: TestServer.basic(pair.consumerKey, pair.consumerSecret))
            request.body = .bytes(
                Array(#"{"order_id":\#(number),"items":[{"product_id":1,"name":"\#(String(repeating: "x", count: 400))"}]}"#.utf8))
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(5)), response.status.code < 300 else {
                return
            }
            await acknowledged.note(key, number)
        }
    }
}
