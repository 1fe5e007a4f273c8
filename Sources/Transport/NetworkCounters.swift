package import ClusterProtocol
import Synchronization

/// What has gone over the network, for metrics; any thread counts.
final class NetworkCounters: Sendable {
    let framesIn = Atomic<Int>(0)
    let framesOut = Atomic<Int>(0)
    let bytesIn = Atomic<Int>(0)
    let bytesOut = Atomic<Int>(0)
    let unknownDeployment = Atomic<Int>(0)
    let unconnected = Atomic<Int>(0)
    let connections = Atomic<Int>(0)
    private let refused = Mutex<[RefusalReason: Int]>([:])

    func countRefusal(_ reason: RefusalReason) {
        refused.withLock { $0[reason, default: 0] += 1 }
    }

    var snapshot: NetworkFigures {
        NetworkFigures(
            framesIn: framesIn.load(ordering: .relaxed),
            framesOut: framesOut.load(ordering: .relaxed),
            bytesIn: bytesIn.load(ordering: .relaxed),
            bytesOut: bytesOut.load(ordering: .relaxed),
            droppedOfUnknownDeployment: unknownDeployment.load(ordering: .relaxed),
            droppedUnconnected: unconnected.load(ordering: .relaxed),
            openConnections: connections.load(ordering: .relaxed),
            refused: refused.withLock { $0 }
        )
    }
}

extension Atomic<Int> {
    func add(_ count: Int) {
        wrappingAdd(count, ordering: .relaxed)
    }
}

/// What has gone over the network since the program started.
package struct NetworkFigures: Sendable, Equatable {
    package var framesIn = 0
    package var framesOut = 0
    /// Bytes of frames, before TLS.
    package var bytesIn = 0
    package var bytesOut = 0
    /// Frames for a deployment that this program does not run (any more).
    package var droppedOfUnknownDeployment = 0
    /// Frames that were to be sent to a peer without a connection.
    package var droppedUnconnected = 0
    package var openConnections = 0
    /// Connections that were refused or cut off because the peer broke a rule.
    package var refused: [RefusalReason: Int] = [:]
}
