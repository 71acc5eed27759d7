import CartCore
import CartHTTP
import CartServer
import Foundation
import NIOCore
import NIOPosix
import Testing

/// What clients send byte by byte, past every library that would mend it.
@Suite("On the wire")
struct WireTests {
    @Test("a client that expects 100 Continue gets it before it sends the body")
    func expectContinue() async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            let head = """
                PUT /v1/carts/a HTTP/1.1\r\nHost: x\r\nAuthorization: \(key.authorization)\r\nContent-Length: 2\r\n\
                Expect: 100-continue\r\n\r\n
                """
            let answer = try await server.exchange(head) { $0.contains("\r\n\r\n") }
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n"))
        }
    }

    @Test("chunks that are spelt wrongly are 400, not too large")
    func badChunk() async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            let request = """
                PUT /v1/carts/a HTTP/1.1\r\nHost: x\r\nAuthorization: \(key.authorization)\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n
                """
            let answer = try await server.exchange(request)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(!answer.contains("too_large"))
        }
    }

    @Test("headers beyond the limit are 400, and the connection is closed")
    func largeHeaders() async throws {
        try await TestServer.run({ $0.limits.header = 2048 }) { server in
            let fits = try await server.exchange(
                "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: \(String(repeating: "a", count: 1000))\r\n\r\n")
            #expect(fits.hasPrefix("HTTP/1.1 200 OK\r\n"))
            let answer = try await server.exchange(
                "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: \(String(repeating: "a", count: 4000))\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
            #expect(try await server.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\(many)\r\n").hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test("a connection on which nothing comes is closed", .timeLimit(.minutes(2)))
    func idle() async throws {
        try await TestServer.run({ $0.limits.idleTimeout = .seconds(1) }) { server in
            // It returns when the server closes the connection, and never if it does not.
            let received = try await server.exchange("")
            #expect(received.isEmpty)
        }
    }

    @Test("more connections than the limit wait until one is free")
    func connections() async throws {
        try await TestServer.run({ $0.limits.connections = 2 }) { server in
            // Ten at once over two places: all are answered in the end.
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await server.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 10)
            for answer in answers { #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n")) }
        }
    }
}
