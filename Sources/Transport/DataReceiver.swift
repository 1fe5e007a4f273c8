package import ClusterProtocol
package import Columnar

/// Takes what comes over data connections; called on event loops, where nothing may block.
///
/// The calls for one peer come from one thread, in order.
package protocol DataReceiver: AnyObject, Sendable {
    /// The types of a channel's batches; nil when its deployment is not known here.
    ///
    /// Asked for every frame, also for credit, which comes to the channel's sender. Frames of
    /// unknown deployments are dropped and counted: a receiver must be deployed before its senders.
    func types(of channel: ChannelID) -> [DataType]?

    /// The next frame of a channel, in order, none missing and none twice.
    ///
    /// Throws when the peer has no business on the channel: it is refused, and with it the connection.
    func receive(_ frame: DataFrame, from peerID: String) throws(ProtocolError)

    func peerConnected(_ peerID: String)

    /// The connection is gone, and with it every deployment that used it.
    ///
    /// Frames may be lost: whatever these deployments still send to the peer is dropped, also when
    /// the peer is connected again.
    func peerLost(_ peerID: String, reason: String)
}

/// A task manager to be connected with.
package struct PeerAddress: Sendable, Hashable {
    package let id: String
    package let host: String
    package let port: Int

    package init(id: String, host: String, port: Int) {
        self.id = id
        self.host = host
        self.port = port
    }
}
