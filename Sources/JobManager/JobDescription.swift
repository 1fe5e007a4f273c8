package import Connectors
package import Core
package import JobGraph
package import KeyedState
package import ObjectStore

/// A job as it is submitted.
package struct JobDescription: Sendable {
    package let id: JobID
    package let graph: JobGraph
    package let parallelism: Int
    /// A hash of the SQL text, to tell versions of a job apart.
    package let sqlHash: String

    package init(id: JobID, graph: JobGraph, parallelism: Int, sqlHash: String) {
        self.id = id
        self.graph = graph
        self.parallelism = parallelism
        self.sqlHash = sqlHash
    }
}

/// What the process that runs a job gives it.
package struct JobResources: Sendable {
    package let connectors: ConnectorRegistry
    package let store: any ObjectStore
    /// A local folder for state databases and scratch space; its content does not outlive a run.
    package let localFolder: String
    /// Memory for the state tables of one slot, in bytes.
    package let stateBytesPerSlot: Int
    package let blockCache: BlockCache
    package let time: any TimeSource

    package init(
        connectors: ConnectorRegistry,
        store: any ObjectStore,
        localFolder: String,
        stateBytesPerSlot: Int,
        blockCache: BlockCache,
        time: any TimeSource
    ) {
        self.connectors = connectors
        self.store = store
        self.localFolder = localFolder
        self.stateBytesPerSlot = stateBytesPerSlot
        self.blockCache = blockCache
        self.time = time
    }
}

/// How a job ended.
package enum JobOutcome: Sendable {
    /// All input was read, and everything is delivered.
    case finished
    case cancelled
    case failed(WrappedFailure)
}

/// Who is told of what happens to a job; calls come from the coordinator's thread.
package protocol JobObserver: Sendable {
    /// An attempt begins; `checkpoint` is what it starts from.
    func attemptStarted(_ attempt: Int, from checkpoint: CheckpointID?, notes: [String])
    /// All slots run.
    func running(_ counters: JobCounters)
    func checkpointCompleted(_ checkpoint: CheckpointID, microseconds: Int64)
    func checkpointGivenUp(_ checkpoint: CheckpointID, reason: String)
    /// The job failed and starts again after the pause.
    func restarting(_ failure: WrappedFailure, afterMicroseconds: Int64)
    func report(_ report: ConnectorReport, from node: String)
}
