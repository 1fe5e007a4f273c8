package import Checkpoints
package import Core
package import JobGraph

/// One attempt at running a job, as every process that runs slots of it is told.
package struct TaskDeployment: Hashable, Sendable, Codable {
    /// Tells attempts of all jobs apart, on the wire too; never used twice.
    package let id: UInt64
    package let jobID: JobID
    package let attempt: Int
    /// The claim under which files of checkpoints are written.
    package let leaderEpoch: UInt64
    package let graph: JobGraph
    /// The task manager of each slot; there are as many as the job's parallelism.
    package let places: [TaskManagerID]
    /// What to start from; nil for a fresh start.
    package let restore: RestorePoint?

    package init(
        id: UInt64,
        jobID: JobID,
        attempt: Int,
        leaderEpoch: UInt64,
        graph: JobGraph,
        places: [TaskManagerID],
        restore: RestorePoint?
    ) {
        self.id = id
        self.jobID = jobID
        self.attempt = attempt
        self.leaderEpoch = leaderEpoch
        self.graph = graph
        self.places = places
        self.restore = restore
    }

    package var parallelism: Int { places.count }

    /// The slots of one task manager.
    package func slots(of taskManager: TaskManagerID) -> [Int] {
        places.indices.filter { places[$0] == taskManager }
    }
}
