/// The cluster in a few numbers: `GET /overview` (Flink's ClusterOverviewWithVersion).
package struct ClusterOverview: Codable, Hashable, Sendable {
    /// The number of registered task managers.
    package var taskManagers: Int
    /// The slots of all task managers.
    package var slotsTotal: Int
    /// The slots that no job has.
    package var slotsAvailable: Int
    /// Jobs that have not ended.
    package var jobsRunning: Int
    /// Jobs that have read all their input.
    package var jobsFinished: Int
    /// Jobs that somebody ended.
    package var jobsCancelled: Int
    /// Jobs that ended with a failure.
    package var jobsFailed: Int
    /// The version of Flink whose dialect and interface are followed.
    package var flinkVersion: String
    /// The commit of this build.
    package var flinkCommit: String
    /// The version of this build.
    package var version: String

    private enum CodingKeys: String, CodingKey {
        case taskManagers = "taskmanagers"
        case slotsTotal = "slots-total"
        case slotsAvailable = "slots-available"
        case jobsRunning = "jobs-running"
        case jobsFinished = "jobs-finished"
        case jobsCancelled = "jobs-cancelled"
        case jobsFailed = "jobs-failed"
        case flinkVersion = "flink-version"
        case flinkCommit = "flink-commit"
        case version = "apus-version"
    }

    package init(
        taskManagers: Int,
        slotsTotal: Int,
        slotsAvailable: Int,
        jobsRunning: Int,
        jobsFinished: Int,
        jobsCancelled: Int,
        jobsFailed: Int,
        flinkVersion: String,
        flinkCommit: String,
        version: String
    ) {
        self.taskManagers = taskManagers
        self.slotsTotal = slotsTotal
        self.slotsAvailable = slotsAvailable
        self.jobsRunning = jobsRunning
        self.jobsFinished = jobsFinished
        self.jobsCancelled = jobsCancelled
        self.jobsFailed = jobsFailed
        self.flinkVersion = flinkVersion
        self.flinkCommit = flinkCommit
        self.version = version
    }
}
