import ClusterProtocol
import NIOCore
import Synchronization

/// An established connection, for whoever sends; any thread may use it.
final class Link: Sendable {
    let remote: RemotePeer
    let address: String
    let channel: any Channel
    let outbox: Outbox
    private let reason = Mutex<String?>(nil)

    init(_ remote: RemotePeer, _ channel: any Channel, _ network: ClusterNetwork) {
        self.remote = remote
        self.channel = channel
        address = channel.remoteAddress.map(\.text) ?? "an unknown address"
        outbox = Outbox(channel, network)
    }

    /// Why the connection ends; the first reason stays.
    func note(reason: String) {
        self.reason.withLock { $0 = $0 ?? reason }
    }

    var closeReason: String? { reason.withLock { $0 } }

    /// Sends a goodbye and closes; what was sent before still goes out.
    func close(_ reason: String) {
        note(reason: reason)
        finish(.goodbye, Farewell(reason: "goodbye", sentence: reason))
    }

    /// Tells the other end what it did wrong and closes; what was sent before still goes out.
    func refuse(_ error: ProtocolError) {
        note(reason: error.message)
        finish(.refused, Farewell(error))
    }

    private func finish(_ kind: FrameKind, _ farewell: Farewell) {
        let frame = FrameHeader.frame(kind, GreetingCodec.encode(farewell))
        outbox.finish(channel.allocator.buffer(bytes: frame))
    }

    /// Cuts the connection; what waits to be sent is dropped.
    func cut(_ reason: String) {
        note(reason: reason)
        outbox.close(isDropping: true)
        channel.close(promise: nil)
    }
}
