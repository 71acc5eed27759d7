import CartCore
import CartHTTP
import CartServer
import Foundation
import NIOCore
import NIOHTTP1
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

    @Test(
        "what two readers could understand differently is refused with 400, and the connection is closed",
        arguments: [
            ("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
            ("the same length twice", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
            ("a list of lengths", "Content-Length: 2, 2\r\n\r\n{}"), ("a negative length", "Content-Length: -1\r\n\r\n{}"),
            ("a length with a sign", "Content-Length: +2\r\n\r\n{}"),
            ("a length beyond all numbers", "Content-Length: 99999999999999999999\r\n\r\n{}"),
            ("a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            ("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            ("chunks in chunks", "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            ("a chunk that is no number", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
            ("a negative chunk", "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"),
            ("a chunk beyond all numbers", "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
            ("a line that ends with a line feed alone", "X: a\nY: b\r\nContent-Length: 2\r\n\r\n{}"),
            ("a line that ends with a carriage return alone", "X: a\rY: b\r\nContent-Length: 2\r\n\r\n{}"),
            ("a NUL in a value", "X: a\0b\r\nContent-Length: 2\r\n\r\n{}"), ("a NUL in a name", "X\0: a\r\nContent-Length: 2\r\n\r\n{}"),
            ("a folded header", "X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}"), ("a space before the colon", "X : a\r\n\r\n"),
            ("an encoding that is not chunked", "Transfer-Encoding: gzip\r\n\r\n"),
            ("an encoding behind the chunks", "Transfer-Encoding: chunked, gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            ("two hosts", "Host: y\r\nContent-Length: 2\r\n\r\n{}"),
            ("300 headers", String(repeating: "A: b\r\n", count: 300) + "\r\n"),
        ])
    func ambiguous(name: String, rest: String) async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            let head = "PUT /v1/carts/a HTTP/1.1\r\nHost: x\r\nAuthorization: \(key.authorization)\r\n"
            // It returns when the server closes the connection.
            let answer = try await server.exchange(head + rest)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "more than one answer: \(answer)")
            #expect(try await server.store.cart(try #require(CartKey("a"))) == nil)
        }
    }

    @Test("a request without a host, or with an encoding that nobody can take apart, is 400 on every route and does nothing")
    func ambiguousElsewhere() async throws {
        try await TestServer.run { server in
            try await server.keep(#"{"key":"a","owner":{"type":"customer","id":"3"},"items":[{"product_id":1}]}"#)
            let key = try await server.cscartKey().authorization
            for head in [
                "DELETE /api/carts/3 HTTP/1.1\r\nAuthorization: \(key)\r\n",
                "DELETE /api/carts/3 HTTP/1.1\r\nHost: x\r\nAuthorization: \(key)\r\nTransfer-Encoding: gzip\r\n",
                "DELETE /api/carts/3 HTTP/1.1\r\nHost: x\r\nAuthorization: \(key)\r\nTransfer-Encoding: identity\r\n",
            ] {
                let answer = try await server.exchange(head + "\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "more than one answer: \(answer)")
            }
            #expect(try await server.store.cart(try #require(CartKey("a"))) != nil)
        }
    }

    @Test(
        "a connection is closed when its client asks for it, in whatever letters and among other words",
        .timeLimit(.minutes(2)), arguments: ["close", "Close", "CLOSE", "close, x", "keep-alive, close"])
    func closing(words: String) async throws {
        try await TestServer.run { server in
            // It returns when the server closes the connection, and never if it does not.
            let answer = try await server.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: \(words)\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
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

    @Test("the number of headers and of names in a query is limited by settings")
    func counts() async throws {
        try await TestServer.run {
            $0.limits.headerCount = 10
            $0.limits.queryPairs = 10
        } _: { server in
            func headers(_ count: Int) async throws -> String {
                let lines = (2..<count).map { "X-\($0): a\r\n" }.joined()
                return try await server.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(lines)\r\n")
            }
            #expect(try await headers(10).hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try await headers(11).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            let key = try await server.key().authorization
            for (path, code) in [("/wp-json/cocart/v2/sessions", "rest_content_too_large"), ("/v1/carts", "too_large")] {
                let fits = try await server.send(.GET, "\(path)?\(Array(repeating: "limit=1", count: 10).joined(separator: "&"))", key)
                #expect(fits.status != 413)
                let many = try await server.send(.GET, "\(path)?\(Array(repeating: "limit=1", count: 11).joined(separator: "&"))", key)
                #expect(many.status == 413 && many.object["code"] as? String == code, "\(many.text)")
            }
        }
    }

    @Test("the length of the URL, the names of the query, the body and the depth of JSON are limited by settings")
    func sizes() async throws {
        try await TestServer.run {
            $0.limits.url = 300
            $0.limits.queryPairs = 10
            $0.limits.body = 2048
            $0.limits.jsonDepth = 8
        } _: { server in
            let key = try await server.key().authorization
            func status(_ line: String, _ body: String = "") async throws -> String {
                let answer = try await server.exchange(
                    """
                    \(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: \(key)\r\n\
                    Content-Length: \(body.utf8.count)\r\n\r\n\(body)
                    """)
                return String(answer.dropFirst("HTTP/1.1 ".count).prefix(3))
            }
            func nested(_ depth: Int) -> String {
                let arrays = String(repeating: "[", count: depth - 4) + String(repeating: "]", count: depth - 4)
                return #"{"items":[{"product_id":1,"extra":{"a":\#(arrays)}}]}"#
            }
            let padded = { (count: Int) in #"{"source":"a"}"# + String(repeating: " ", count: count - 14) }
            let cases = [
                ("GET /v1/carts?" + String(repeating: "a", count: 290), "", "422"),
                ("GET /v1/carts?" + String(repeating: "a", count: 291), "", "413"),
                ("GET /v1/carts?limit=1" + String(repeating: "&a=1", count: 9), "", "422"),
                ("GET /v1/carts?limit=1" + String(repeating: "&a=1", count: 10), "", "413"), ("PUT /v1/carts/a", padded(2048), "201"),
                ("PUT /v1/carts/a", padded(2049), "413"), ("PUT /v1/carts/a", nested(8), "200"), ("PUT /v1/carts/a", nested(9), "400"),
            ]
            for (line, body, expected) in cases {
                let found = try await status(line, body)
                #expect(found == expected, "\(line.prefix(40)), \(body.prefix(20)), \(body.utf8.count) bytes")
            }
        }
    }

    @Test("a client of HTTP/1.0 is answered and the connection closed, unless it asks to keep it", .timeLimit(.minutes(2)))
    func oldVersion() async throws {
        try await TestServer.run { server in
            // It returns when the server closes the connection, and never if it does not.
            let answer = try await server.exchange("GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") || answer.hasPrefix("HTTP/1.0 200 OK\r\n"), "\(answer)")
            let request = "GET /healthz HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
            let two = try await server.exchange(request + request) { $0.components(separatedBy: " 200 OK").count == 3 }
            #expect(two.components(separatedBy: " 200 OK").count == 3)
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

    /// How long a client that sends a text and then, each quarter of a second, one more byte is listened to.
    private func patience(_ server: TestServer, with text: String, then byte: String) async throws -> (Duration, String) {
        let port = try #require(URL(string: server.url)?.port)
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let start = ContinuousClock.now
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            let dripping = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(250))
                    try await outbound.write(ByteBuffer(string: byte))
                }
            }
            defer { dripping.cancel() }
            var received = ""
            do { for try await part in inbound { received += String(buffer: part) } } catch {}
            return (ContinuousClock.now - start, received)
        }
    }

    @Test("a client that is slow with the head is dropped in time, however steadily it sends", .timeLimit(.minutes(2)))
    func slowHead() async throws {
        try await TestServer.run({ $0.limits.headerTimeout = .seconds(1) }) { server in
            let (time, received) = try await patience(server, with: "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", then: "a")
            #expect(time > .milliseconds(900) && time < .seconds(20))
            #expect(received.isEmpty)
        }
    }

    @Test("a client that is slow with the body is dropped in time", .timeLimit(.minutes(2)))
    func slowBody() async throws {
        try await TestServer.run({ $0.limits.bodyTimeout = .seconds(1) }) { server in
            let key = try await server.key()
            let head =
                "PUT /v1/carts/a HTTP/1.1\r\nHost: x\r\nAuthorization: \(key.authorization)\r\nContent-Length: 1000\r\n\r\n"
            let (time, received) = try await patience(server, with: head, then: " ")
            #expect(time > .milliseconds(900) && time < .seconds(20))
            #expect(!received.contains("201"))
            #expect(try await server.store.cart(try #require(CartKey("a"))) == nil)
        }
    }

    @Test("a client that does not take its answer is dropped in time, and one that does is not", .timeLimit(.minutes(2)))
    func slowReader() async throws {
        try await TestServer.run {
            // Long enough for a patient client on a machine that has much else to do.
            $0.limits.responseTimeout = .seconds(8)
            $0.limits.headerTimeout = .seconds(8)
            $0.limits.bodyTimeout = .seconds(8)
        } _: { server in
            let key = try await server.key()
            let extra = String(repeating: "x", count: 250_000)
            for number in 0..<30 {
                try await server.keep(#"{"key":"k\#(number)","items":[{"product_id":1,"extra":{"a":"\#(extra)"}}]}"#)
            }
            // Some seven million bytes, more than the buffers between the two hold.
            let request = "GET /v1/carts HTTP/1.1\r\nHost: x\r\nAuthorization: \(key.authorization)\r\n\r\n"
            let socket = try RawSocket(port: try #require(URL(string: server.url)?.port))
            try socket.send(request)
            try await Task.sleep(for: .seconds(16))
            let received = socket.receiveAll()
            #expect(received > 0 && received < 7_000_000, "\(received) bytes")
            let patient = try await server.send(.GET, "/v1/carts", key.authorization)
            #expect(patient.status == 200 && patient.body.count > 7_000_000)
            // A connection that rests between two requests is no slow one.
            let again = try await server.send(.GET, "/healthz")
            #expect(again.status == 200)
            try await Task.sleep(for: .seconds(9))
            #expect(try await server.send(.GET, "/healthz").status == 200)
        }
    }

    @Test("a client that closes its side when it has asked gets the whole answer, however slowly it reads", .timeLimit(.minutes(2)))
    func halfClosed() async throws {
        try await TestServer.run { server in
            let key = try await server.key()
            let extra = String(repeating: "x", count: 250_000)
            for number in 0..<30 {
                try await server.keep(#"{"key":"k\#(number)","items":[{"product_id":1,"extra":{"a":"\#(extra)"}}]}"#)
            }
            let expected = try await server.send(.GET, "/v1/carts", key.authorization).body.count
            let socket = try RawSocket(port: try #require(URL(string: server.url)?.port))
            try socket.send("GET /v1/carts HTTP/1.1\r\nHost: x\r\nAuthorization: \(key.authorization)\r\n\r\n")
            socket.finishSending()
            try await Task.sleep(for: .seconds(2))
            #expect(socket.receiveAll() > expected)
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
