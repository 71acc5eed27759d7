import CartCore
import CartTesting
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

    @Test("a key of one store sees, changes and deletes nothing of another")
    func storeBinding() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"one","store_id":1}"#, #"{"key":"two","store_id":2}"#)
            let bound = try await server.key(storeID: 2).authorization
            let list = try await server.send(.GET, "/wp-json/cocart/v2/sessions", bound)
            #expect(list.rows.map { $0["cart_key"] as? String } == ["two"])
            #expect(list.headers.first(name: "X-WP-Total") == "1")
            for path in ["session", "sessions"] {
                #expect(try await server.send(.GET, "/wp-json/cocart/v2/\(path)/two", bound).status == 200)
                let hidden = try await server.send(.GET, "/wp-json/cocart/v2/\(path)/one", bound)
                #expect(hidden.status == 404 && hidden.text.contains("cocart_cart_in_session_not_valid"))
                #expect(try await server.send(.GET, "/wp-json/cocart/v2/\(path)/one/items", bound).status == 404)
                let kept = try await server.send(.DELETE, "/wp-json/cocart/v2/\(path)/one", bound)
                #expect(kept.status == 404 && kept.text.contains("cocart_session_not_valid"))
            }
            #expect(try await server.send(.GET, "/v1/carts/one", bound).status == 404)
            #expect(try await server.send(.PUT, "/v1/carts/one", bound, body: Array("{}".utf8)).status == 404)
            #expect(try await server.send(.DELETE, "/v1/carts/one", bound).status == 404)
            #expect(try await server.send(.PUT, "/v1/carts/new", bound, body: Array(#"{"store_id":1}"#.utf8)).status == 422)
            let made = try await server.send(.PUT, "/v1/carts/new", bound, body: Array("{}".utf8))
            #expect(made.status == 201 && made.object["store_id"] as? Int == 2)
            #expect(try await server.send(.DELETE, "/wp-json/cocart/v2/session/two", bound).status == 200)
            let key = try await server.key(.read).authorization
            #expect(try await server.send(.GET, "/wp-json/cocart/v2/sessions", key).rows.count == 2)
        }
    }

    @Test("a key that may be used from elsewhere alone is refused as a right that it lacks")
    func allowedAddresses() async throws {
        try await TestServer.run { server in
            try await server.keep(Self.cart)
            let ranges = ["192.0.2.0/24", "::1", "127.0.0.0/8"].compactMap(NetworkRange.init)
            let elsewhere = try await server.key(allowedRanges: Array(ranges.prefix(2)))
            let here = try await server.key(allowedRanges: ranges).authorization
            let path = "/wp-json/cocart/v2/session/abc"
            #expect(try await server.send(.GET, path, here).status == 200)
            let viewing = try await server.send(.GET, path, elsewhere.authorization)
            #expect(viewing.status == 403 && viewing.text.contains("woocommerce_rest_cannot_view"))
            let deleting = try await server.send(.DELETE, path, elsewhere.authorization)
            #expect(deleting.status == 403 && deleting.text.contains("woocommerce_rest_cannot_delete"))
            let wrong = try await server.send(.GET, path, TestServer.basic(elsewhere.pair.consumerKey, "cs_x"))
            #expect(wrong.status == 401)
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
            let other = try server.database.location.open(creating: false)
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
            let other = try server.database.location.open(creating: false)
            #expect(try await other.changeKey(id: key.id, .revoke, now: SystemWallClock().now) != nil)
            try await Task.sleep(for: .seconds(1))
            #expect(try await server.send(.GET, path, key.authorization).status == 401)
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
            for _ in 0..<300 {
                stored = try await server.store.key(id: key.id)?.key
                if stored?.requests == 7 { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(stored?.requests == 7)
            #expect(stored?.lastAccess != nil)
        }
    }
}
