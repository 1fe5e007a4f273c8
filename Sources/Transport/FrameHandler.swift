import ClusterProtocol
import Core
import NIOCore
import NIOSSL

/// What a connection is for, once the greetings are over; called on its event loop.
protocol FrameSink: AnyObject {
    /// Throws when the peer is not wanted after all.
    func established(_ link: Link) throws(ProtocolError)
    func frame(_ header: FrameHeader, _ body: Span<UInt8>) throws(ProtocolError)
    /// Called once when the connection is gone, if it was established.
    func closed(_ reason: String)
}

/// One connection on its event loop: finds frames, greets, hands the rest to its sink.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let network: ClusterNetwork
    private let sink: any FrameSink
    /// Fulfilled when the connection is established, or fails with the reason why not.
    private let ready: EventLoopPromise<Link>?
    private let greetingMicroseconds: Int64
    private var handshake: Handshake
    private let purpose: ConnectionPurpose
    private var reader: FrameReader
    /// The start of a frame whose rest has not come.
    private var partial: ByteBuffer?
    private var partialNeeds = 0
    private var link: Link?
    private var context: ChannelHandlerContext?
    private var timeout: Scheduled<Void>?
    /// Whether everything that still comes is ignored.
    private var isOver = false

    init(
        _ network: ClusterNetwork,
        _ handshake: Handshake,
        purpose: ConnectionPurpose,
        sink: any FrameSink,
        greetingMicroseconds: Int64,
        ready: EventLoopPromise<Link>?
    ) {
        self.network = network
        self.greetingMicroseconds = greetingMicroseconds
        self.handshake = handshake
        self.purpose = purpose
        self.sink = sink
        self.ready = ready
        reader = FrameReader(limits: network.options.frameLimits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard timeout == nil else { return }
        network.register(context.channel)
        let wait = TimeAmount.microseconds(greetingMicroseconds)
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: wait) {
            self.perform(self.handshake.handle(.timeout))
        }
        perform(handshake.handle(.connected))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var buffer = unwrapInboundIn(data)
        network.counters.bytesIn.add(buffer.readableBytes)
        do {
            try completePartial(&buffer)
            guard partial == nil, !isOver else { return }
            let needs = try takeFrames(&buffer)
            if buffer.readableBytes > 0, !isOver { keep(&buffer, needs) }
        } catch {
            refuse(error)
        }
    }

    /// Adds to a frame that has begun what it lacks, and no more.
    private func completePartial(_ buffer: inout ByteBuffer) throws(ProtocolError) {
        while !isOver, var begun = partial {
            let lacking = partialNeeds - begun.readableBytes
            guard var slice = buffer.readSlice(length: min(lacking, buffer.readableBytes)),
                slice.readableBytes > 0
            else { return }
            partial = nil
            begun.writeBuffer(&slice)
            partialNeeds = try takeFrames(&begun)
            if begun.readableBytes > 0 { partial = begun }
        }
    }

    private func keep(_ buffer: inout ByteBuffer, _ needs: Int) {
        let room = min(needs, TransportLimits.frameReserveBytes)
        var begun = ByteBufferAllocator().buffer(capacity: max(room, buffer.readableBytes))
        begun.writeBuffer(&buffer)
        partial = begun
        partialNeeds = needs
    }

    /// Hands over the whole frames at the front; returns how many bytes the next one needs.
    private func takeFrames(_ buffer: inout ByteBuffer) throws(ProtocolError) -> Int {
        while !isOver {
            switch try reader.next(buffer.readableBytesUInt8Span) {
            case .needs(let byteCount): return byteCount
            case .frame(let header):
                try deliver(header, buffer)
                buffer.moveReaderIndex(forwardBy: header.frameByteCount)
            }
        }
        return FrameHeader.byteCount
    }

    private func deliver(_ header: FrameHeader, _ buffer: ByteBuffer) throws(ProtocolError) {
        network.counters.framesIn.add(1)
        let bytes = buffer.readableBytesUInt8Span
        let body = bytes.extracting(FrameHeader.byteCount..<header.frameByteCount)
        guard handshake.isEstablished, purpose.accepts(header.kind) else {
            perform(handshake.handle(.frame(header.kind, body: body.array)))
            return
        }
        switch header.kind {
        case .refused, .goodbye:
            let farewell = GreetingCodec.decode(Farewell.self, body.array)
            let what = header.kind == .refused ? "refused the connection" : "said goodbye"
            end("The other end \(what): \(farewell?.sentence ?? "it gave no reason")")
        default: try sink.frame(header, body)
        }
    }

    private func perform(_ actions: [Handshake.Action]) {
        for action in actions {
            switch action {
            case .send(let kind, let body): write(kind, body)
            case .established(let remote): establish(remote)
            case .refuse(let error): refuse(error)
            case .fail(let error):
                network.counters.countRefusal(error.reason)
                isOver = true
                ready?.fail(error)
                context?.close(promise: nil)
            }
        }
    }

    private func write(_ kind: FrameKind, _ body: [UInt8]) {
        guard let context else { return }
        let frame = context.channel.allocator.buffer(bytes: FrameHeader.frame(kind, body))
        network.counters.framesOut.add(1)
        network.counters.bytesOut.add(frame.readableBytes)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    private func establish(_ remote: RemotePeer) {
        guard let context else { return }
        timeout?.cancel()
        reader.isEstablished = true
        let link = Link(remote, context.channel, network)
        do {
            try sink.established(link)
            self.link = link
            ready?.succeed(link)
        } catch {
            refuse(error)
        }
    }

    /// Tells the other end why, and closes when it has had time to read that.
    private func refuse(_ error: ProtocolError) {
        guard !isOver, let context else { return }
        isOver = true
        partial = nil
        if ready != nil, link == nil {
            // Whoever dialled is told, and knows whether it is worth repeating.
            network.countRefusal(error)
        } else {
            network.reportRefusal(error, link?.remote.description, context.channel.remoteAddress)
        }
        link?.note(reason: error.message)
        link?.outbox.close(isDropping: true)
        write(.refused, GreetingCodec.encode(Farewell(error)))
        ready?.fail(error)
        let linger = TimeAmount.microseconds(TransportLimits.lingerMicroseconds)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: linger) { channel.close(promise: nil) }
    }

    private func end(_ reason: String) {
        isOver = true
        link?.note(reason: reason)
        link?.outbox.close(isDropping: true)
        context?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError {
            let sentence =
                "TLS failed: \(TLSFailure.text(error)). Both ends need TLS, and certificates of the "
                + "same authority."
            refuse(ProtocolError(.tls, sentence))
        }
        link?.note(reason: "The connection failed: \(error)")
        ready?.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        network.unregister(context.channel)
        if !isOver, handshake.isEstablished {
            do {
                try reader.finish(unread: partial?.readableBytes ?? 0)
            } catch {
                network.reportRefusal(
                    error,
                    link?.remote.description,
                    context.channel.remoteAddress
                )
                link?.note(reason: error.message)
            }
        }
        perform(handshake.handle(.closed))
        isOver = true
        ready?.fail(ChannelError.eof)
        link?.outbox.close(isDropping: true)
        self.context = nil
        if let link {
            sink.closed(link.closeReason ?? "The other end closed the connection.")
        }
        link = nil
    }
}
