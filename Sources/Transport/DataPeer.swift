import ClusterProtocol
import NIOCore
import Synchronization

/// What this end knows of another task manager, over all connections with it.
final class DataPeer: Sendable {
    private struct State {
        var link: Link?
        /// What takes the frames of that connection; it belongs to its event loop.
        var sink: NIOLoopBound<DataSink>?
        /// Numbers the frames of each channel.
        var sequences = SequenceCheck()
        /// The deployments that have used the connection that stands.
        var used: Set<UInt64> = []
        /// The deployments that have lost frames with a connection.
        var broken: Set<UInt64> = []
        var isDialling = false
        var dialError: (any Error)?

        /// The deployments of the connection have lost frames; a new one counts from 0 again.
        mutating func breakDeployments() {
            broken.formUnion(used)
            used = []
            sequences = SequenceCheck()
        }

        mutating func forget(_ deployment: UInt64) {
            sequences.forget(deployment: deployment)
            used.remove(deployment)
            broken.remove(deployment)
        }
    }

    let id: String
    private let state = Mutex(State())

    init(_ id: String) {
        self.id = id
    }

    var isConnected: Bool { state.withLock { $0.link != nil } }

    /// Whether a deployment has lost frames to or from this peer.
    func isBroken(_ deployment: UInt64) -> Bool {
        state.withLock { state in
            if state.broken.contains(deployment) { return true }
            state.used.insert(deployment)
            return false
        }
    }

    /// Adopts a connection, on its event loop; returns the one that it replaces.
    func adopt(_ link: Link, _ sink: DataSink) -> Link? {
        let sink = NIOLoopBound(sink, eventLoop: link.channel.eventLoop)
        return state.withLock { state in
            let old = state.link
            state.breakDeployments()
            state.link = link
            state.sink = sink
            return old
        }
    }

    /// Gives up a connection; false when another has taken its place.
    func lose(_ link: Link) -> Bool {
        state.withLock { state in
            guard state.link === link else { return false }
            state.breakDeployments()
            state.link = nil
            state.sink = nil
            return true
        }
    }

    /// Numbers a frame and sends it; false when it has nowhere to go.
    func send(_ frame: ByteBuffer, _ channel: ChannelID) -> Bool {
        var frame = frame
        return state.withLock { state in
            guard let link = state.link, !state.broken.contains(channel.deployment) else {
                return false
            }
            state.used.insert(channel.deployment)
            let sequence = state.sequences.take(channel)
            frame.setInteger(sequence, at: frame.readerIndex + DataHead.sequenceOffset)
            return link.outbox.send(frame)
        }
    }

    /// Forgets a deployment that the receiver does not know any more.
    ///
    /// A frame that is being taken in may still leave traces of it, so that they are removed behind
    /// it, on the event loop.
    func retire(_ deployment: UInt64) {
        let sink = state.withLock { state in
            state.forget(deployment)
            return state.sink
        }
        guard let sink else { return }
        sink.eventLoop.execute {
            sink.value.forget(deployment)
            self.state.withLock { $0.forget(deployment) }
        }
    }

    /// How much is remembered of deployments; nil while no connection stands.
    var noteCount: EventLoopFuture<Int>? {
        let own: Int
        let sink: NIOLoopBound<DataSink>?
        (own, sink) = state.withLock { state in
            let count = state.sequences.channelCount + state.used.count + state.broken.count
            return (count, state.sink)
        }
        return sink.map { sink in sink.eventLoop.submit { own + sink.value.noteCount } }
    }

    /// Whether nothing would be lost by forgetting this peer.
    var isForgettable: Bool {
        state.withLock { $0.link == nil && !$0.isDialling && $0.used.isEmpty && $0.broken.isEmpty }
    }

    var link: Link? { state.withLock { $0.link } }

    /// Takes note that a dial begins; false when there is no need for one.
    func beginDial() -> Bool {
        state.withLock { state in
            guard state.link == nil, !state.isDialling else { return false }
            state.isDialling = true
            state.dialError = nil
            return true
        }
    }

    func endDial(_ error: (any Error)?) {
        state.withLock {
            $0.isDialling = false
            $0.dialError = error
        }
    }

    /// Why the last dial failed; nil while one is under way or none failed.
    var dialError: (any Error)? {
        state.withLock { $0.isDialling ? nil : $0.dialError }
    }
}
