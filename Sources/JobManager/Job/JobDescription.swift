package import Checkpoints
package import Core
package import JobGraph

/// A job as it is submitted.
package struct JobDescription: Sendable {
    package let id: JobID
    package let graph: JobGraph
    /// The number of slots that it starts with.
    package let parallelism: Int
    /// A hash of the SQL text, to tell versions of a job apart.
    package let sqlHash: String
    /// The savepoint to start from while the job has no newer checkpoint of its own.
    package var savepoint: RestorePoint?
    /// Whether state that no operator takes may be dropped.
    package var dropsUntakenState = false

    package init(id: JobID, graph: JobGraph, parallelism: Int, sqlHash: String) {
        self.id = id
        self.graph = graph
        self.parallelism = parallelism
        self.sqlHash = sqlHash
    }
}

/// How a job ended.
package enum JobOutcome: Hashable, Sendable {
    /// All input was read, and everything is delivered.
    case finished
    case cancelled
    case failed(WrappedFailure)
}
