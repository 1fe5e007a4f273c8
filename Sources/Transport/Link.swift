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
        let farewell = Farewell(reason: "goodbye", sentence: reason)
        let frame = FrameHeader.frame(.goodbye, GreetingCodec.encode(farewell))
        outbox.finish(channel.allocator.buffer(bytes: frame))
    }

    /// Cuts the connection; what waits to be sent is dropped.
    func cut(_ reason: String) {
        note(reason: reason)
        outbox.close(isDropping: true)
        channel.close(promise: nil)
    }
}
