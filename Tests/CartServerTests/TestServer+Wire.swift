import Foundation
import NIOCore
import NIOPosix
import Testing

extension TestServer {
    /// Sends a text and reads until the server closes the connection or `isEnough`.
    func exchange(
        _ text: String, until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        let port = try #require(URL(string: url)?.port)
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            var received = ""
            for try await part in inbound {
                received += String(buffer: part)
                if isEnough(received) { break }
            }
            return received
        }
    }
}

/// A socket that is read only when the test says so.
struct RawSocket {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(result == 0)
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Sends a text and waits for what comes first, both on a thread of their own: the server may need the thread that asks.
    ///
    /// - Returns: what one look at the socket gives, 64 KiB at most; nothing if nothing comes for half a minute.
    func ask(_ text: String) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [descriptor] in
                var patience = timeval(tv_sec: 30, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
                let request = Array(text.utf8)
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                var count = 0
                if write(descriptor, request, request.count) == request.count { count = recv(descriptor, &buffer, buffer.count, 0) }
                continuation.resume(returning: Array(buffer.prefix(max(count, 0))))
            }
        }
    }

    /// Closes the connection, whatever the other end does.
    func hangUp() { close(descriptor) }

    /// Reads until the other end closes, and closes.
    ///
    /// - Returns: how many bytes came.
    func receiveAll() -> Int {
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var total = 0
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { total += count }
        return total
    }
}
