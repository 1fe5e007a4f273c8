package import ClusterProtocol
package import Columnar
import NIOCore
import Synchronization
import Threads

/// The data port of a task manager and its connections: one with each other task manager.
///
/// The task manager with the smaller id dials, the other waits, so that two that start at the same
/// time do not connect twice.
package final class DataPlane: Sendable {
    private struct State {
        var peers: [String: DataPeer] = [:]
        var server: (any Channel)?
        /// The threads that wait in `connect`.
        var waiting: [ObjectIdentifier: ThreadSignal] = [:]
    }

    let network: ClusterNetwork
    let receiver: any DataReceiver
    private let state = Mutex(State())

    private init(_ network: ClusterNetwork, _ receiver: any DataReceiver) {
        self.network = network
        self.receiver = receiver
    }

    /// Opens the data port; blocks until it is open.
    package static func listen(
        _ network: ClusterNetwork,
        host: String,
        port: Int,
        receiver: any DataReceiver
    ) throws(TransportError) -> DataPlane {
        let plane = DataPlane(network, receiver)
        let channel = try network.listen(
            host: host,
            port: port,
            purpose: .data,
            accepting: [.taskManager]
        ) { DataSink(plane) }
        plane.state.withLock { $0.server = channel }
        return plane
    }

    /// The port; the one that the system chose when 0 was asked for.
    package var port: Int { state.withLock { $0.server?.localAddress?.port ?? 0 } }

    /// The ids of the peers that are connected.
    package var connectedPeers: Set<String> {
        Set(state.withLock { $0.peers }.values.filter(\.isConnected).map(\.id))
    }

    private func peer(_ id: String) -> DataPeer {
        state.withLock { state in
            if let peer = state.peers[id] { return peer }
            let peer = DataPeer(id)
            state.peers[id] = peer
            return peer
        }
    }

    /// Makes sure that there is a connection with each of the peers; blocks until then.
    ///
    /// For worker threads. This program's own address may be among them. Throws with the names of
    /// the peers that are missing when the time is over, or at once when one refuses.
    package func connect(
        to addresses: [PeerAddress],
        timeoutMicroseconds: Int64
    ) throws(TransportError) {
        let own = network.identity.id
        let others = addresses.filter { $0.id != own }
        let deadline = NIODeadline.now() + .microseconds(timeoutMicroseconds)
        let signal = ThreadSignal()
        state.withLock { $0.waiting[ObjectIdentifier(signal)] = signal }
        defer {
            state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(signal)) }
        }
        for address in others where own < address.id && peer(address.id).beginDial() {
            dial(address, deadline)
        }
        while true {
            let missing = others.filter { !peer($0.id).isConnected }
            if missing.isEmpty { return }
            for address in missing {
                guard let error = peer(address.id).dialError else { continue }
                throw TransportError(
                    "No data connection to the taskmanager '\(address.id)' at "
                        + "\(address.host):\(address.port).",
                    error
                )
            }
            // A connection that was made and lost again since.
            for address in missing where own < address.id && peer(address.id).beginDial() {
                dial(address, deadline)
            }
            let left = deadline - .now()
            guard left > .zero else {
                let names = missing.map { "'\($0.id)' at \($0.host):\($0.port)" }
                throw TransportError(
                    "No data connection with \(names.joined(separator: ", ")) within "
                        + "\(timeoutMicroseconds / 1000) ms."
                )
            }
            signal.wait(forMicroseconds: left.nanoseconds / 1000 + 1)
        }
    }

    /// Dials until somebody answers or the time is over.
    private func dial(_ address: PeerAddress, _ deadline: NIODeadline) {
        let left = max(1, (deadline - .now()).nanoseconds / 1000)
        let timeout = min(left, network.options.connectTimeoutMicroseconds)
        let ready = network.dial(
            host: address.host,
            port: address.port,
            purpose: .data,
            expecting: [.taskManager],
            id: address.id,
            timeoutMicroseconds: timeout
        ) { DataSink(self) }
        ready.whenComplete { result in
            switch result {
            case .success: self.endDial(address, nil)
            case .failure(let error):
                let pause = TimeAmount.microseconds(TransportLimits.redialMicroseconds)
                let isFinal = (error as? ProtocolError).map { !$0.isRetryable } ?? false
                guard !isFinal, deadline - .now() > pause else {
                    self.endDial(address, error)
                    return
                }
                ready.eventLoop.scheduleTask(in: pause) { self.dial(address, deadline) }
            }
        }
    }

    private func endDial(_ address: PeerAddress, _ error: (any Error)?) {
        peer(address.id).endDial(error)
        wakeWaiting()
    }

    private func wakeWaiting() {
        for signal in state.withLock({ Array($0.waiting.values) }) { signal.raise() }
    }

    /// Sends an element over a channel, behind those that this thread sent before; never blocks.
    ///
    /// A channel is sent on by one thread at a time. Returns false when the element is dropped
    /// because there is no connection, or the deployment has lost frames with one.
    ///
    /// Throws when a single row of a batch is larger than a frame may be.
    @discardableResult
    package func send(
        _ element: DataElement,
        channel: ChannelID,
        output: UInt8 = 0,
        to peerID: String
    ) throws(WireError) -> Bool {
        let peer = peer(peerID)
        var pieces: [DataElement] = [element]
        if case .batch(let batch) = element {
            let room = network.options.frameLimits.dataBytes - DataHead.byteCount
            pieces = try batch.wirePieces(byteCountMax: room).map { .batch($0) }
        }
        for (index, piece) in pieces.enumerated() {
            let frame = DataFrame(
                channel: channel,
                sequence: 0,
                output: output,
                element: piece,
                isContinued: index < pieces.count - 1
            )
            guard peer.send(encode(frame), channel) else {
                network.counters.unconnected.add(1)
                return false
            }
        }
        return true
    }

    /// The frame in a buffer of its own, written by the calling thread.
    private func encode(_ frame: DataFrame) -> ByteBuffer {
        let writer = DataFrameWriter(frame, compression: network.options.compression)
        var buffer = network.pool.take(writer.byteCount)
        buffer.writeWithOutputRawSpan(minimumWritableBytes: writer.byteCount) { span in
            writer.write(into: &span)
        }
        return buffer
    }

    /// Forgets a deployment that has ended here, on all connections.
    ///
    /// The receiver forgets it first: else a frame that comes in between is taken for a new one's.
    package func retire(deployment: UInt64) {
        let peers = state.withLock { Array($0.peers.values) }
        for peer in peers { peer.retire(deployment) }
        state.withLock { state in
            for peer in peers where peer.isForgettable { state.peers[peer.id] = nil }
        }
    }

    /// Cuts the connection with a peer that is known to be dead; `peerLost` follows.
    package func disconnect(_ peerID: String, reason: String) {
        state.withLock { $0.peers[peerID] }?.link?.cut(reason)
    }

    /// How much is remembered of deployments, over all connections that stand; blocks.
    package func noteCount() throws -> Int {
        let peers = state.withLock { Array($0.peers.values) }
        return try peers.compactMap(\.noteCount).reduce(0) { try $0 + $1.wait() }
    }

    /// A connection stands; on its event loop.
    func adopt(_ link: Link, _ sink: DataSink) throws(ProtocolError) -> DataPeer {
        guard link.remote.id != network.identity.id else {
            throw ProtocolError(
                .wrongRole,
                "Two taskmanagers have the id '\(link.remote.id)'; give each its own."
            )
        }
        let peer = peer(link.remote.id)
        if let old = peer.adopt(link, sink) {
            let reason = "A newer connection with '\(peer.id)' took its place."
            old.cut(reason)
            receiver.peerLost(peer.id, reason: reason)
        }
        receiver.peerConnected(peer.id)
        wakeWaiting()
        return peer
    }

    /// A connection is gone; on its event loop.
    func lost(_ peer: DataPeer, _ link: Link, _ reason: String) {
        guard peer.lose(link) else { return }
        receiver.peerLost(peer.id, reason: reason)
        wakeWaiting()
    }

    /// Closes the port and says goodbye to all peers.
    package func close(_ reason: String) {
        let (server, peers) = state.withLock { ($0.server, Array($0.peers.values)) }
        server?.close(promise: nil)
        for peer in peers { peer.link?.close(reason) }
    }
}
