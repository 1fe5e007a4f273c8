import ClusterProtocol
import Core

/// How a job manager leads; names and defaults of times as Flink's.
package struct ClusterOptions: Sendable {
    /// The name of the cluster, which becomes a folder of the store.
    package var clusterID: String
    /// The location of checkpoints and of the registry of jobs.
    package var checkpoints: String
    /// Where savepoints go that are not given a place; the checkpoints' location if nil.
    package var savepoints: String?
    /// `parallelism.default`.
    package var defaultParallelism = 1
    /// `heartbeat.interval`.
    package var heartbeatMicroseconds: Int64 = 2_000_000
    /// `heartbeat.timeout`.
    package var heartbeatTimeoutMicroseconds: Int64 = 10_000_000
    /// `task.cancellation.timeout`.
    package var cancellationMicroseconds: Int64 = 60_000_000
    /// The largest message between job and task managers, in bytes: as in the network's options.
    package var messageBytesMax = ProtocolLimits.controlBytesMax
    /// `jobstore.expiration-time`: after how long a job that has ended is forgotten.
    package var jobExpirationMicroseconds: Int64 = 3_600_000_000
    /// `jobstore.max-capacity`: how many jobs that have ended are remembered; nil for any number.
    package var endedJobsMax: Int?

    package init(clusterID: String, checkpoints: String) {
        self.clusterID = clusterID
        self.checkpoints = checkpoints
    }

    /// After how long without a job manager a task manager stops its tasks: well before the job
    /// manager gives it up, which counts from a heartbeat that may be an interval older.
    var silenceMicroseconds: Int64 { heartbeatTimeoutMicroseconds - 2 * heartbeatMicroseconds }
}
