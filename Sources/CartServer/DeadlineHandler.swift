import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client is too slow: with the head of a request, with its body, or with taking the answer.
///
/// The idle timeout does not see such clients, since a byte now and then is not idle. All of it is one timer for each connection, which
/// looks from time to time whether something is due: a timer for each request would cost as much as the request.
final class DeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let head: TimeAmount
    private let body: TimeAmount
    private let response: TimeAmount
    /// When the part of a request must be here that is coming in.
    private var received: NIODeadline?
    /// When the first so many bytes of all that was written must have left for the client.
    private var sent: (bytes: Int, by: NIODeadline)?
    private var written = 0
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    /// - Parameters:
    ///   - head: for the head of a request, from its first byte on.
    ///   - body: for the body, from the end of the head on.
    ///   - response: for what was written at once; up to twice as long if more was written before it.
    init(head: TimeAmount, body: TimeAmount, response: TimeAmount) {
        self.head = head
        self.body = body
        self.response = response
    }

    func handlerAdded(context: ChannelHandlerContext) {
        RequestHeadHandler.install(in: context.pipeline.syncOperations)
        // Here only whole heads arrive, and answers that have no bytes yet: those are seen in front of the codec.
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let watcher = ByteHandler {
            let (handler, context) = bound.value
            guard handler.received == nil else { return }
            handler.received = handler.deadline(context, in: handler.head)
        } onWrite: { bytes in
            bound.value.0.written += bytes
        } onFlush: {
            let (handler, context) = bound.value
            guard handler.sent == nil else { return }
            handler.sent = (handler.written, handler.deadline(context, in: handler.response))
        }
        try? context.pipeline.syncOperations.addHandler(watcher, position: .first)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: received = deadline(context, in: body)
        case .body: break
        case .end: received = nil
        }
        context.fireChannelRead(data)
    }

    /// A client that closes its side when it has asked is answered to the end: NIO would throw away what has not left yet.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, unsent(context) > 0 else { return context.close(mode: mode, promise: promise) }
        // What is written last leaves last.
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(ByteBuffer()))).whenComplete { _ in
            bound.value.close(mode: .output, promise: promise)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
    }

    /// The moment that lies so far ahead; at that moment at the latest it is looked whether something is due.
    private func deadline(_ context: ChannelHandlerContext, in time: TimeAmount) -> NIODeadline {
        let deadline = NIODeadline.now() + time
        look(context, at: deadline)
        return deadline
    }

    private func look(_ context: ChannelHandlerContext, at moment: NIODeadline) {
        if let timer {
            guard moment < timer.at else { return }
            timer.task.cancel()
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: moment) {
            let (handler, context) = bound.value
            handler.timer = nil
            handler.closeIfDue(context)
        }
        timer = (task, moment)
    }

    private func closeIfDue(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        let unsent = unsent(context)
        if let sent, written - unsent >= sent.bytes { self.sent = unsent > 0 ? (written, now + response) : nil }
        guard let next = [received, sent?.by].compactMap(\.self).min() else { return }
        if next <= now { context.close(promise: nil) } else { look(context, at: next) }
    }

    /// Bytes that were written and have not left for the client.
    private func unsent(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

/// Tells when bytes arrive, how many are written, and when they are to leave.
private final class ByteHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let onRead: () -> Void
    private let onWrite: (Int) -> Void
    private let onFlush: () -> Void

    init(onRead: @escaping () -> Void, onWrite: @escaping (Int) -> Void, onFlush: @escaping () -> Void) {
        self.onRead = onRead
        self.onWrite = onWrite
        self.onFlush = onFlush
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onRead()
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        onWrite(unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        onFlush()
        context.flush()
    }
}
