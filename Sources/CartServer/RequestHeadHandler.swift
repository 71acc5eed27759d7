import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Looks at the heads of requests where they still have a version: refuses what RFC 9112 says must be refused and the parser lets through,
/// and sees to it that connections are closed which the client wants closed.
final class RequestHeadHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isOld = (head.version.major, head.version.minor) < (1, 1)
        let encodings = head.headers[canonicalForm: "transfer-encoding"]
        // Nobody could say where a body ends that is not chunked at last (section 6.1), nor which of two hosts is meant (section 3.2).
        guard encodings.isEmpty || encodings.last?.lowercased() == "chunked",
            isOld ? head.headers["host"].count <= 1 : head.headers["host"].count == 1
        else {
            isRefused = true
            // It is answered with 400, and the connection closed.
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        let options = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        if options.contains("close") || isOld && !options.contains("keep-alive") {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Puts a handler in front of the codec that turns requests into those without a version.
    static func install(in pipeline: ChannelPipeline.SynchronousOperations) {
        guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
        try? pipeline.addHandler(RequestHeadHandler(), position: .before(codec))
    }
}
