import ClusterProtocol
import Core
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if os(Linux)
import Glibc
#endif

/// The event loops of a program and everything that runs on them: its servers and connections.
///
/// Blocking calls (`connect`, `listen`, `close`) are for worker threads, never for the threads that
/// deliver frames.
package final class ClusterNetwork: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
        /// How often peers were refused, by who they were and why.
        var refusals: [String: Int] = [:]
        /// The deployments whose dropped frames were told of.
        var dropped: Set<UInt64> = []
    }

    package let options: TransportOptions
    package let identity: NetworkIdentity
    let group: MultiThreadedEventLoopGroup
    let counters = NetworkCounters()
    let pool = FramePool()
    private let tls: TLSContexts?
    private let onNote: @Sendable (String) -> Void
    private let onRefused: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Starts the event loops.
    ///
    /// `onRefused` is given a sentence for each peer that is refused or cut off, `onNote` what else
    /// people may want to know; they are called on an event loop and must not block. Throws when
    /// the files for TLS cannot be used.
    package init(
        _ options: TransportOptions,
        identity: NetworkIdentity,
        onNote: @escaping @Sendable (_ sentence: String) -> Void = { _ in },
        onRefused: @escaping @Sendable (_ sentence: String) -> Void
    ) throws(TransportError) {
        self.options = options
        self.identity = identity
        self.onNote = onNote
        self.onRefused = onRefused
        if let files = options.tls {
            tls = try TLSContexts(files)
        } else {
            tls = nil
        }
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.eventLoopThreads))
    }

    /// What has gone over the network so far.
    package var figures: NetworkFigures { counters.snapshot }

    /// Closes all servers and connections and ends the event loops; returns when they have ended.
    package func close() {
        let channels = state.withLock { state -> [any Channel]? in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            return Array(state.channels.values)
        }
        guard let channels else { return }
        for channel in channels { channel.close(promise: nil) }
        do {
            try group.syncShutdownGracefully()
        } catch {
            onRefused("The event loops did not end in good order: \(error)")
        }
    }

    func register(_ channel: any Channel) {
        let isClosed = state.withLock { state -> Bool in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isClosed
        }
        counters.connections.add(1)
        if isClosed { channel.close(promise: nil) }
    }

    func unregister(_ channel: any Channel) {
        let isKnown = state.withLock {
            $0.channels.removeValue(forKey: ObjectIdentifier(channel)) != nil
        }
        if isKnown { counters.connections.add(-1) }
    }

    /// Counts a refusal and tells whoever watches: the first of its kind, and then ever fewer.
    func reportRefusal(_ error: ProtocolError, _ peer: String?, _ address: SocketAddress?) {
        counters.countRefusal(error.reason)
        let host = address?.ipAddress ?? ""
        let times = state.withLock { state -> Int in
            if state.refusals.count >= TransportLimits.refusalKinds { state.refusals = [:] }
            let kind = "\(host) \(peer ?? "") \(error.message)"
            state.refusals[kind, default: 0] += 1
            return state.refusals[kind] ?? 1
        }
        guard times & (times - 1) == 0 else { return }
        let place = address.map { " at \($0.text)" } ?? ""
        let again = times == 1 ? "" : " This was the \(times)th time."
        onRefused(
            "Refused \(peer ?? "a peer")\(place) (\(error.reason.rawValue)): \(error.message)\(again)"
        )
    }

    /// Counts a data frame that is dropped, and tells of the first one of a deployment.
    func reportDropped(_ deployment: UInt64, from peerID: String) {
        counters.unknownDeployment.add(1)
        let isFirst = state.withLock { state in
            if state.dropped.count >= TransportLimits.droppedDeployments { state.dropped = [] }
            return state.dropped.insert(deployment).inserted
        }
        guard isFirst else { return }
        onNote(
            "Frames of deployment \(deployment) from taskmanager '\(peerID)' are dropped: it does "
                + "not run here any more, or has lost frames with a connection."
        )
    }

    /// Counts a refusal that whoever dialled is told of.
    func countRefusal(_ error: ProtocolError) {
        counters.countRefusal(error.reason)
    }

    private func hello(_ purpose: ConnectionPurpose) -> Hello {
        Hello(
            purpose: purpose,
            role: identity.role,
            clusterID: options.clusterID,
            token: options.token,
            id: identity.id,
            softwareVersion: identity.softwareVersion
        )
    }

    /// Listens at a port; each connection that comes gets a sink of its own.
    func listen(
        host: String,
        port: Int,
        purpose: ConnectionPurpose,
        accepting roles: Set<ClusterRole>,
        sink: @escaping @Sendable () -> any FrameSink
    ) throws(TransportError) -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: TransportLimits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = self.tls {
                        try channel.pipeline.syncOperations.addHandler(tls.serverHandler())
                    }
                    try self.configure(channel, purpose)
                    let handler = FrameHandler(
                        self,
                        Handshake(.answering, own: self.hello(purpose), acceptedRoles: roles),
                        purpose: purpose,
                        sink: sink(),
                        greetingMicroseconds: self.options.handshakeTimeoutMicroseconds,
                        ready: nil
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            let channel = try bootstrap.bind(host: host, port: port).wait()
            state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
            return channel
        } catch {
            throw TransportError(
                "The \(purpose.rawValue) port \(port) of '\(host)' could not be opened. Is another "
                    + "program using it?",
                blame: .user,
                isRetryable: false,
                cause: error
            )
        }
    }

    /// Dials; the future gives the connection once the greetings are over.
    ///
    /// The time holds for the connection and for TLS and the greetings, each on its own.
    func dial(
        host: String,
        port: Int,
        purpose: ConnectionPurpose,
        expecting roles: Set<ClusterRole>,
        id: String?,
        timeoutMicroseconds: Int64,
        sink: @escaping @Sendable () -> any FrameSink
    ) -> EventLoopFuture<Link> {
        let loop = group.next()
        let ready = loop.makePromise(of: Link.self)
        ClientBootstrap(group: loop)
            .connectTimeout(.microseconds(max(1, timeoutMicroseconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = self.tls {
                        let handler = try tls.clientHandler(host)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try self.configure(channel, purpose)
                    let side = Handshake.Side.dialled(expectedID: id)
                    let handler = FrameHandler(
                        self,
                        Handshake(side, own: self.hello(purpose), acceptedRoles: roles),
                        purpose: purpose,
                        sink: sink(),
                        greetingMicroseconds: min(
                            self.options.handshakeTimeoutMicroseconds,
                            timeoutMicroseconds
                        ),
                        ready: ready
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: port)
            .whenFailure { ready.fail($0) }
        return ready.futureResult
    }

    /// Has the system give up a connection whose other end is gone without a word.
    private func setTimeouts(
        _ options: any NIOSynchronousChannelOptions,
        _ purpose: ConnectionPurpose
    ) throws {
        #if os(Linux)
        let idle = Int(TransportLimits.keepAliveIdleSeconds)
        let interval = Int(TransportLimits.keepAliveIntervalSeconds)
        let probes = Int(TransportLimits.keepAliveProbes)
        let values: [(CInt, Int)] = [
            (TCP_KEEPIDLE, idle), (TCP_KEEPINTVL, interval), (TCP_KEEPCNT, probes),
            (TCP_USER_TIMEOUT, self.options.userTimeoutMilliseconds(purpose)),
        ]
        for (option, value) in values {
            try options.setOption(
                .tcpOption(NIOBSDSocket.Option(rawValue: option)),
                value: SocketOptionValue(value)
            )
        }
        #endif
    }

    private func configure(
        _ channel: any Channel,
        _ purpose: ConnectionPurpose
    ) throws {
        guard let options = channel.syncOptions else { return }
        let flag: (Bool) -> SocketOptionValue = { $0 ? 1 : 0 }
        try options.setOption(
            .tcpOption(.tcp_nodelay),
            value: flag(self.options.isNoDelayEnabled)
        )
        try options.setOption(
            .socketOption(.so_keepalive),
            value: flag(self.options.isKeepAliveEnabled)
        )
        if self.options.isKeepAliveEnabled { try setTimeouts(options, purpose) }
        try options.setOption(.maxMessagesPerRead, value: TransportLimits.readsPerTurn)
        if purpose == .data {
            let allocator = FixedSizeRecvByteBufferAllocator(
                capacity: TransportLimits.dataReadBytes
            )
            try options.setOption(.recvAllocator, value: allocator)
        }
    }
}

extension SocketAddress {
    /// As people write it: `10.0.0.7:6123`, `[::1]:6123`.
    var text: String {
        guard let ipAddress, let port else { return description }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}
