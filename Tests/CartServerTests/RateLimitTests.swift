import CartCore
import CartHTTP
import CartTesting
import CartServer
import Foundation
import NIOHTTP1
import Testing

@Suite("Limits of requests a minute")
struct RateLimitTests {
    private let start = ContinuousClock.now

    @Test("a bucket holds a minute's worth, fills evenly, and says when the next request may come")
    func bucket() {
        let limiter = RateLimiter<Int>(perMinute: 30)
        for number in 1...30 {
            let standing = limiter.take(1, at: start)
            #expect(standing.limit == 30 && standing.remaining == 30 - number && standing.reset == 2 * number)
            #expect(standing.retryAfter == nil)
        }
        let refused = limiter.take(1, at: start)
        #expect(refused.remaining == 0 && refused.reset == 60 && refused.retryAfter == 2)
        #expect(limiter.take(1, at: start + .milliseconds(1999)).retryAfter == 1)
        #expect(limiter.take(1, at: start + .seconds(2)).retryAfter == nil)
        #expect(limiter.take(1, at: start + .seconds(2)).retryAfter == 2)
        #expect(limiter.take(2, at: start).remaining == 29)
        #expect(limiter.take(1, at: start + .seconds(3600)).remaining == 29)
        // A clock that goes back gives nothing and takes nothing.
        #expect(limiter.take(1, at: start).remaining == 28)
    }

    @Test("buckets are never more than allowed, and those in use are kept as long as there are others to forget")
    func memory() {
        let limiter = RateLimiter<Int>(perMinute: 1, mostBuckets: 3)
        for subject in 1...3 { #expect(limiter.take(subject, at: start).retryAfter == nil) }
        // An hour later the old ones are full again, and make room.
        let later = start + .seconds(3600)
        #expect(limiter.take(3, at: later).retryAfter == nil)
        #expect(limiter.take(4, at: later).retryAfter == nil)
        #expect(limiter.take(3, at: later).retryAfter == 60)
        #expect(limiter.take(5, at: later).retryAfter == nil)
        // Where none can be spared, all are forgotten.
        #expect(limiter.take(6, at: later).retryAfter == nil)
        #expect(limiter.take(3, at: later).retryAfter == nil)
    }

    @Test("answers show the limit that is closest, refusals besides when to come again, in each dialect")
    func headers() async throws {
        try await TestServer.run {
            $0.limits.keyRate = 3
            $0.limits.addressRate = 10
        } _: { server in
            let key = try await server.key(.read).authorization
            let first = try await server.send(.GET, "/v1/carts", key)
            #expect(first.headers.first(name: "RateLimit-Limit") == "3")
            #expect(first.headers.first(name: "RateLimit-Remaining") == "2")
            #expect(first.headers.first(name: "RateLimit-Reset") == "20")
            // The bucket fills while the test runs.
            _ = try await server.send(.GET, "/wp-json/cocart/v2/sessions", key)
            _ = try await server.send(.GET, "/wp-json/cocart/v2/sessions", key)
            let native = try await server.send(.GET, "/v1/carts", key)
            #expect(native.status == 429)
            let wait = try #require(native.headers.first(name: "Retry-After").flatMap { Int($0) })
            #expect((1...20).contains(wait))
            #expect(native.headers.first(name: "RateLimit-Remaining") == "0")
            #expect(native.object["code"] as? String == "too_many_requests")
            let cocart = try await server.send(.GET, "/wp-json/cocart/v2/sessions", key)
            #expect(cocart.status == 429)
            #expect(cocart.object["code"] as? String == "rate_limit_exceeded")
            let seconds = try #require(cocart.headers.first(name: "Retry-After"))
            #expect(cocart.object["message"] as? String == "Too many requests. Please wait \(seconds) seconds before trying again.")
            // A 401 shows the address's limit alone.
            let unknown = try await server.send(.GET, "/v1/carts")
            #expect(unknown.status == 401)
            #expect(unknown.headers.first(name: "RateLimit-Limit") == "10")
            var statuses: [Int] = []
            for _ in 0..<40 where !statuses.contains(429) { statuses.append(try await server.send(.GET, "/healthz").status) }
            #expect(statuses.last == 429)
        }
        try await TestServer.run { server in
            // Clients that wait for the challenge get it, however many wrong secrets came from their address.
            for _ in 0..<40 { _ = try await server.send(.GET, "/v1/carts", TestServer.basic("ck_x", "y")) }
            #expect(try await server.send(.GET, "/v1/carts", TestServer.basic("ck_x", "y")).status == 429)
            let challenge = try await server.send(.GET, "/v1/carts")
            #expect(challenge.status == 401)
            #expect(challenge.headers.first(name: "WWW-Authenticate") != nil)
            let answer = try await server.send(.GET, "/healthz")
            #expect(answer.headers.first(name: "RateLimit-Limit") == nil)
        }
    }
}
