import CartCore
import CartServer
import Foundation
import NIOHTTP1
import Testing

@Suite("Who may do what in the Sessions API")
struct CoCartAccessTests {
    private static let cart = #"{"key":"abc","items":[{"product_id":1}]}"#

    @Test("a read key lists and cannot delete; a write key deletes and cannot list; a customer's key can do neither")
    func permissions() async throws {
        try await TestServer.run { server in
            try await server.keep(Self.cart)
            let customer = try await server.store.insert(
                User(id: 0, name: "c", email: "c@example.com", role: .customer, password: .nobody, created: SystemWallClock().now))
            let viewing = #"{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot list resources.","data":{"status":403}}"#
            let deleting =
                #"{"code":"woocommerce_rest_cannot_delete","message":"Sorry, you are not allowed to delete this resource.","data":{"status":403}}"#
            let read = try await server.key(.read).authorization
            let write = try await server.key(.write).authorization
            let demoted = try await server.key(.readWrite, of: customer).authorization
            for path in ["sessions", "session/abc", "sessions/abc", "session/abc/items", "sessions/abc/items"] {
                #expect(try await server.send(.GET, "/wp-json/cocart/v2/\(path)", read).status == 200)
                for refused in [write, demoted] {
                    let answer = try await server.send(.GET, "/wp-json/cocart/v2/\(path)", refused)
                    #expect(answer.status == 403)
                    #expect(answer.text == viewing)
                }
            }
            for path in ["session/abc", "sessions/abc"] {
                for refused in [read, demoted] {
                    let answer = try await server.send(.DELETE, "/wp-json/cocart/v2/\(path)", refused)
                    #expect(answer.status == 403)
                    #expect(answer.text == deleting)
                }
            }
            #expect(try await server.send(.DELETE, "/wp-json/cocart/v2/session/abc", write).status == 200)
        }
    }

    @Test("credentials in the query are taken, and win over the header")
    func query() async throws {
        try await TestServer.run { server in
            let read = try await server.key(.read)
            let query = "consumer_key=\(read.pair.consumerKey)&consumer_secret=\(read.pair.consumerSecret)"
            #expect(try await server.send(.GET, "/wp-json/cocart/v2/sessions?\(query)").status == 200)
            #expect(try await server.send(.GET, "/wp-json/cocart/v2/sessions?\(query)", TestServer.basic("ck_x", "cs_x")).status == 200)
            let wrong = "consumer_key=\(read.pair.consumerKey)&consumer_secret=cs_x"
            #expect(try await server.send(.GET, "/wp-json/cocart/v2/sessions?\(wrong)", read.authorization).status == 401)
            // A person's password does not belong into a URL.
            let personal = "consumer_key=admin&consumer_secret=" + TestServer.password.replacing(" ", with: "+")
            #expect(try await server.send(.GET, "/wp-json/cocart/v2/sessions?\(personal)").status == 401)
            let half = "consumer_key=\(read.pair.consumerKey)&consumer_secret="
            #expect(try await server.send(.GET, "/wp-json/cocart/v2/sessions?\(half)", read.authorization).status == 200)
        }
    }

    @Test("a person is known by name or e-mail address, in any case")
    func people() async throws {
        try await TestServer.run { server in
            for login in ["admin", "ADMIN", "admin@example.com", "Admin@Example.COM"] {
                let answer = try await server.send(.GET, "/wp-json/cocart/v2/sessions", TestServer.basic(login, TestServer.password))
                #expect(answer.status == 200, "\(login)")
            }
        }
    }

    @Test("a verified password is forgotten within a second of the user's end, by whichever process")
    func rememberedPassword() async throws {
        try await TestServer.run { server in
            let path = "/wp-json/cocart/v2/sessions"
            #expect(try await server.send(.GET, path, TestServer.personal).status == 200)
            // As another process would do it.
            let other = try DatabaseLocation.sqlite(path: server.path).open(creating: false)
            #expect(try await other.deleteUser(name: "admin"))
            try await Task.sleep(for: .seconds(1))
            #expect(try await server.send(.GET, path, TestServer.personal).status == 401)
            await other.close()
        }
    }

    @Test("a key that another process revokes is refused within a second, and one that it makes is taken")
    func revocation() async throws {
        try await TestServer.run { server in
            let path = "/wp-json/cocart/v2/sessions"
            let key = try await server.key(.read)
            #expect(try await server.send(.GET, path, key.authorization).status == 200)
            let other = try DatabaseLocation.sqlite(path: server.path).open(creating: false)
            #expect(try await other.revokeKey(id: key.id, now: SystemWallClock().now))
            let revoked = ContinuousClock.now
            var refused = false
            while !refused, ContinuousClock.now - revoked < .seconds(1) {
                refused = try await server.send(.GET, path, key.authorization).status == 401
            }
            #expect(refused)
            #expect(try await server.send(.GET, path, try await server.key(.read).authorization).status == 200)
            await other.close()
        }
    }

    @Test("accepted requests are counted, refused ones are not")
    func usage() async throws {
        try await TestServer.run { server in
            let key = try await server.key(.read)
            for _ in 0..<7 { _ = try await server.send(.GET, "/wp-json/cocart/v2/sessions", key.authorization) }
            _ = try await server.send(.GET, "/wp-json/cocart/v2/sessions", TestServer.basic(key.pair.consumerKey, "cs_x"))
            var stored: ConsumerKey?
            for _ in 0..<30 {
                stored = try await server.store.key(id: key.id)?.key
                if stored?.requests == 7 { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(stored?.requests == 7)
            #expect(stored?.lastAccess != nil)
        }
    }
}
