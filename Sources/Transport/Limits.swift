/// The named limits of this module.
package enum TransportLimits {
    /// Bytes that a control connection holds for a peer that does not read them.
    package static let controlQueueBytesMax = 64 << 20
    /// So many of the largest control messages may wait in any case: a new leader deploys all jobs
    /// at once.
    package static let controlQueueMessages = 8
    /// How long a refused peer has to read why, before its connection is cut.
    package static let lingerMicroseconds: Int64 = 1_000_000
    /// The pause before a peer that does not answer is dialled again.
    package static let redialMicroseconds: Int64 = 100_000
    /// What one read from a data connection takes at most.
    package static let dataReadBytes = 256 << 10
    /// Reads from one connection before the event loop looks at others.
    package static let readsPerTurn: UInt = 4
    /// The room that is made for a frame before its bytes have come.
    package static let frameReserveBytes = 1 << 20
    /// The kinds of refusals that are counted, so that a flood of them does not flood the log.
    package static let refusalKinds = 256
    /// The deployments of dropped frames that are remembered, so that each is said once.
    package static let droppedDeployments = 256
    /// How long a connection is silent before the system asks whether the other end is there.
    package static let keepAliveIdleSeconds: Int32 = 5
    /// The pause between two such questions.
    package static let keepAliveIntervalSeconds: Int32 = 2
    /// After so many without an answer the connection is over.
    package static let keepAliveProbes: Int32 = 4
    /// All of that together: after so long a silent peer is gone.
    package static let keepAliveMilliseconds =
        Int(keepAliveIdleSeconds + keepAliveIntervalSeconds * keepAliveProbes) * 1000
    /// Connections that wait to be accepted.
    package static let backlog: Int32 = 256
    /// Frames from this size on are written into buffers that are used again.
    package static let pooledFrameBytesMin = 4 << 10
    /// The buffers that wait to be used again, together.
    package static let pooledBytesMax = 16 << 20
    /// Small frames are gathered in a block of so many bytes.
    package static let smallFramesBytes = 4096
}
