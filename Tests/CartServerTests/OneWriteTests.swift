import Foundation
import Testing

@Suite("An answer is one write")
struct OneWriteTests {
    @Test(
        "head and body are there with the first bytes that a client gets", .timeLimit(.minutes(2)),
        arguments: [
            "/v1/carts/k3", "/v1/carts?limit=10", "/wp-json/cocart/v2/session/k3", "/wp-json/cocart/v2/sessions/k3",
            "/wp-json/cocart/v2/sessions?per_page=10", "/api/carts/4", "/api/carts?items_per_page=10",
        ])
    func whole(path: String) async throws {
        try await TestServer.run { server in
            try await server.fill(20)
            var authorization = try await server.key().authorization
            if path.hasPrefix("/api/") { authorization = try await server.cscartKey().authorization }
            let request = "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: \(authorization)\r\n\r\n"
            let port = try #require(URL(string: server.url)?.port)
            let socket = try RawSocket(port: port)
            defer { socket.hangUp() }
            for number in 1...50 {
                let answer = await socket.ask(request)
                #expect(answer.starts(with: Array("HTTP/1.1 200 OK\r\n".utf8)))
                let length = try #require(Self.announcedLength(answer), "answer \(number) begins with \(answer.count) bytes")
                // What is missing would come in front of the next answer.
                try #require(answer.count == length, "answer \(number) begins with \(answer.count) of \(length) bytes")
            }
        }
    }

    /// How long an answer is by what its head says, the head included; nil if the head is not whole or says nothing.
    private static func announcedLength(_ answer: [UInt8]) -> Int? {
        guard let head = Data(answer).range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: answer[..<head.lowerBound], as: UTF8.self).lowercased().components(separatedBy: "\r\n")
        let name = "content-length:"
        guard let line = lines.first(where: { $0.hasPrefix(name) }),
            let body = Int(line.dropFirst(name.count).trimmingCharacters(in: .whitespaces))
        else { return nil }
        return head.upperBound + body
    }
}
