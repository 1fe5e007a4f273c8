package import ClusterProtocol
import NIOCore
import Synchronization

/// An established control connection: ordered messages both ways.
///
/// Handlers run on the connection's event loop and must not block. Messages that came before
/// `setHandlers` are kept and delivered first.
package final class ControlConnection: Sendable {
    private struct State {
        var onMessage: (@Sendable ([UInt8]) -> Void)?
        var onClose: (@Sendable (_ reason: String) -> Void)?
        /// Messages that came before the handlers.
        var early: [[UInt8]] = []
        var closeReason: String?
        var isCloseDelivered = false
    }

    private let link: Link
    private let network: ClusterNetwork
    private let state = Mutex(State())
    /// The largest message that can be sent, in bytes.
    package let messageBytesMax: Int

    init(_ link: Link, _ network: ClusterNetwork) {
        self.link = link
        self.network = network
        messageBytesMax = network.options.frameLimits.controlBytes
        watch(network.options.stallTimeoutMicroseconds)
    }

    /// Who is at the other end.
    package var remote: RemotePeer { link.remote }

    /// The other end's address, for messages.
    package var remoteAddress: String { link.address }

    /// Sends a message behind those sent before; never blocks.
    ///
    /// Returns false for a message above `messageBytesMax`: nothing is sent then, and the connection
    /// stands, since all jobs share it. A peer that reads too slowly for too long is cut off; a
    /// message after the end is dropped.
    @discardableResult
    package func send(_ body: [UInt8]) -> Bool {
        guard body.count <= messageBytesMax else { return false }
        let frame = link.channel.allocator.buffer(bytes: FrameHeader.frame(.control, body))
        link.outbox.send(frame)
        let waiting = link.outbox.outstandingBytes
        let limit = max(
            TransportLimits.controlQueueBytesMax,
            TransportLimits.controlQueueMessages * messageBytesMax
        )
        if waiting > limit {
            link.cut("\(remote) does not read: \(waiting) bytes wait for it.")
        }
        return true
    }

    /// Refuses a peer that breaks a rule: counts that, tells it why, and closes.
    package func refuse(_ reason: RefusalReason, _ sentence: String) {
        let error = ProtocolError(reason, sentence)
        network.reportRefusal(error, remote.description, link.channel.remoteAddress)
        link.refuse(error)
    }

    /// Sets who is told; call it once, soon after the connection is established.
    package func setHandlers(
        onMessage: @escaping @Sendable (_ body: [UInt8]) -> Void,
        onClose: @escaping @Sendable (_ reason: String) -> Void
    ) {
        link.channel.eventLoop.execute {
            let early = self.state.withLock { state -> [[UInt8]] in
                state.onMessage = onMessage
                state.onClose = onClose
                defer { state.early = [] }
                return state.early
            }
            for body in early { onMessage(body) }
            self.deliverClose()
        }
    }

    /// Says goodbye and closes; what was sent before still goes out.
    package func close(_ reason: String) {
        link.close(reason)
    }

    /// A message has come; on the event loop.
    func received(_ body: [UInt8]) {
        let onMessage = state.withLock { state -> (@Sendable ([UInt8]) -> Void)? in
            if state.onMessage == nil { state.early.append(body) }
            return state.onMessage
        }
        onMessage?(body)
    }

    /// The connection is gone; on the event loop.
    func closed(_ reason: String) {
        state.withLock { $0.closeReason = reason }
        deliverClose()
    }

    private func deliverClose() {
        let call = state.withLock { state -> (() -> Void)? in
            guard let onClose = state.onClose, let reason = state.closeReason,
                !state.isCloseDelivered
            else { return nil }
            state.isCloseDelivered = true
            return { onClose(reason) }
        }
        call?()
    }

    /// Cuts the connection when nothing that waits is taken for a whole period.
    private func watch(_ periodMicroseconds: Int64) {
        let seen = Mutex(link.outbox.progress)
        let link = link
        let task = link.channel.eventLoop.scheduleRepeatedTask(
            initialDelay: .microseconds(periodMicroseconds),
            delay: .microseconds(periodMicroseconds)
        ) { _ in
            let now = link.outbox.progress
            let before = seen.withLock { seen in
                defer { seen = now }
                return seen
            }
            if before.isWaiting, now.isWaiting, before.burstsWritten == now.burstsWritten {
                link.cut("\(link.remote) has read nothing for \(periodMicroseconds / 1000) ms.")
            }
        }
        link.channel.closeFuture.whenComplete { _ in task.cancel() }
    }
}

/// Turns the frames of one connection into calls of a `ControlConnection`.
final class ControlSink: FrameSink {
    private let network: ClusterNetwork
    private let onConnect: @Sendable (ControlConnection) -> Void
    private var connection: ControlConnection?

    init(_ network: ClusterNetwork, onConnect: @escaping @Sendable (ControlConnection) -> Void) {
        self.network = network
        self.onConnect = onConnect
    }

    func established(_ link: Link) throws(ProtocolError) {
        let connection = ControlConnection(link, network)
        self.connection = connection
        onConnect(connection)
    }

    func frame(_ header: FrameHeader, _ body: Span<UInt8>) throws(ProtocolError) {
        connection?.received(body.array)
    }

    func closed(_ reason: String) {
        connection?.closed(reason)
        connection = nil
    }
}
