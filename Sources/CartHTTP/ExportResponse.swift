import CartCore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

extension Response {
    /// Carts as a file that is sent while it is read. If the store fails in the middle the connection is closed, so that nobody takes half
    /// of the file for the whole.
    ///
    /// - Throws: ``CartError`` `.unavailable` if not even the first carts can be read.
    public static func export(
        _ format: ExportFormat, of filter: CartFilter, in store: any CartStore, at clock: StateClock, _ context: CartRequestContext
    ) async throws -> Response {
        var pieces = CartExport(format, of: filter, in: store, at: clock).makeAsyncIterator()
        let first = try await pieces.next(isolation: nil)
        let headers: HTTPFields = [
            .contentType: format.contentType, .cacheControl: "no-store",
            .contentDisposition: "attachment; filename=\"carts.\(format.rawValue)\"",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { [pieces] writer in
                var pieces = pieces
                var piece = first
                while let present = piece {
                    // Half of a file must look like it: whoever throws here closes the connection.
                    if Task.isShuttingDownGracefully { throw CartError(.unavailable, "The server is stopping.", retryAfter: 5) }
                    for id in present.damaged { context.logger.error("The cart with the number \(id) is damaged and left out.") }
                    try await writer.write(ByteBuffer(bytes: present.bytes))
                    piece = try await pieces.next(isolation: nil)
                }
                try await writer.finish(nil)
            })
    }
}

extension ExportFormat {
    fileprivate var contentType: String {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8"
        }
    }
}
