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
