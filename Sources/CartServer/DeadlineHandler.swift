import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client is too slow: with the head of a request, with its body, or with taking the answer.
///
/// The idle timeout does not see such clients, since a byte now and then is not idle.
final class DeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let head: TimeAmount
    private let body: TimeAmount
    private let response: TimeAmount
    /// Runs while a request comes in, from its first byte to its end.
    private var reading: Scheduled<Void>?
    /// Runs while something that was written has not left for the client.
    private var writing: Scheduled<Void>?
    private var unsent = 0
    /// Who wants to close the sending side and waits until everything has left.
    private var closing: EventLoopPromise<Void>?

    /// - Parameters:
    ///   - head: for the head of a request, from its first byte on.
    ///   - body: for the body, from the end of the head on.
    ///   - response: for each part of an answer.
    init(head: TimeAmount, body: TimeAmount, response: TimeAmount) {
        self.head = head
        self.body = body
        self.response = response
    }

    func handlerAdded(context: ChannelHandlerContext) {
        RequestHeadHandler.install(in: context.pipeline.syncOperations)
        // Here only whole heads arrive; their first bytes are seen in front of the decoder.
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let watcher = FirstByteHandler {
            let (handler, context) = bound.value
            if handler.reading == nil { handler.reading = handler.close(context, in: handler.head) }
        }
        try? context.pipeline.syncOperations.addHandler(watcher, position: .first)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            reading?.cancel()
            reading = close(context, in: body)
        case .body: break
        case .end:
            reading?.cancel()
            reading = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        unsent += 1
        if writing == nil { writing = close(context, in: response) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            let (handler, context) = bound.value
            handler.unsent -= 1
            handler.writing?.cancel()
            handler.writing = handler.unsent == 0 ? nil : handler.close(context, in: handler.response)
            if handler.unsent == 0, let closing = handler.closing {
                handler.closing = nil
                context.close(mode: .output, promise: closing)
            }
        }
        context.write(data, promise: promise)
    }

    /// A client that closes its side when it has asked is answered to the end: NIO would throw away what has not left yet.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, unsent > 0, closing == nil else { return context.close(mode: mode, promise: promise) }
        closing = promise ?? context.eventLoop.makePromise()
    }

    func channelInactive(context: ChannelHandlerContext) {
        reading?.cancel()
        writing?.cancel()
        closing?.fail(ChannelError.ioOnClosedChannel)
        closing = nil
        context.fireChannelInactive()
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: time) { bound.value.close(promise: nil) }
    }
}

/// Tells when bytes arrive.
private final class FirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let onBytes: () -> Void

    init(onBytes: @escaping () -> Void) { self.onBytes = onBytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onBytes()
        context.fireChannelRead(data)
    }
}
