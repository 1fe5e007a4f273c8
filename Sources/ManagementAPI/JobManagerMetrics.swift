/// Metrics of the job manager and its jobs, under the names that Flink's reporter gives them.
package enum JobManagerMetrics {
    /// The number of registered task managers.
    package static let registeredTaskManagers = Metric(
        "flink_jobmanager_numRegisteredTaskManagers",
        "The number of registered task managers."
    )
    /// The number of running jobs.
    package static let runningJobs = Metric(
        "flink_jobmanager_numRunningJobs",
        "The number of running jobs."
    )
    /// The slots of all task managers.
    package static let slotsTotal = Metric(
        "flink_jobmanager_taskSlotsTotal",
        "The slots of all task managers."
    )
    /// The slots that no job has.
    package static let slotsAvailable = Metric(
        "flink_jobmanager_taskSlotsAvailable",
        "The slots that no job has."
    )
    /// How often the job started again after a failure or a change.
    package static let restarts = Metric(
        "flink_jobmanager_job_numRestarts",
        "How often the job started again after a failure or a change."
    )
    /// Milliseconds that the job has been running without interruption; 0 while it does not.
    package static let uptime = Metric(
        "flink_jobmanager_job_uptime",
        "Milliseconds that the job has been running without interruption; 0 while it does not."
    )
    /// Milliseconds that a job which fails or recovers has been down; 0 while it runs.
    package static let downtime = Metric(
        "flink_jobmanager_job_downtime",
        "Milliseconds that a job which fails or recovers has been down; 0 while it runs."
    )
    /// Milliseconds in status RUNNING, under this leader.
    package static let runningTime = Metric(
        "flink_jobmanager_job_runningTime",
        "Milliseconds in status RUNNING, under this leader."
    )
    /// Milliseconds in status RESTARTING, under this leader.
    package static let restartingTime = Metric(
        "flink_jobmanager_job_restartingTime",
        "Milliseconds in status RESTARTING, under this leader."
    )
    /// Checkpoints begun.
    package static let checkpointsTotal = Metric(
        "flink_jobmanager_job_totalNumberOfCheckpoints",
        "Checkpoints begun."
    )
    /// Checkpoints under way.
    package static let checkpointsInProgress = Metric(
        "flink_jobmanager_job_numberOfInProgressCheckpoints",
        "Checkpoints under way."
    )
    /// Checkpoints completed.
    package static let checkpointsCompleted = Metric(
        "flink_jobmanager_job_numberOfCompletedCheckpoints",
        "Checkpoints completed."
    )
    /// Checkpoints given up.
    package static let checkpointsFailed = Metric(
        "flink_jobmanager_job_numberOfFailedCheckpoints",
        "Checkpoints given up."
    )
    /// The number of the last completed checkpoint.
    package static let lastCheckpointID = Metric(
        "flink_jobmanager_job_lastCompletedCheckpointId",
        "The number of the last completed checkpoint."
    )
    /// Milliseconds that the last checkpoint took.
    package static let lastCheckpointDuration = Metric(
        "flink_jobmanager_job_lastCheckpointDuration",
        "Milliseconds that the last checkpoint took."
    )
    /// Bytes written for the last checkpoint alone.
    package static let lastCheckpointSize = Metric(
        "flink_jobmanager_job_lastCheckpointSize",
        "Bytes written for the last checkpoint alone."
    )
    /// Bytes that the last checkpoint refers to in all.
    package static let lastCheckpointFullSize = Metric(
        "flink_jobmanager_job_lastCheckpointFullSize",
        "Bytes that the last checkpoint refers to in all."
    )
    /// When a checkpoint was last restored, in milliseconds since 1970; -1 if none was.
    package static let lastCheckpointRestoreTimestamp = Metric(
        "flink_jobmanager_job_lastCheckpointRestoreTimestamp",
        "When a checkpoint was last restored, in milliseconds since 1970; -1 if none was."
    )
    /// When the last checkpoint was completed, in milliseconds since 1970.
    package static let lastCheckpointTimestamp = Metric(
        "apus_jobmanager_job_lastCheckpointTimestamp",
        "When the last checkpoint was completed, in milliseconds since 1970."
    )
    /// 1 where this job manager leads, 0 where it stands by.
    package static let isLeader = Metric(
        "apus_jobmanager_isLeader",
        "1 where this job manager leads, 0 where it stands by."
    )

    /// All of them, for the documentation and its test.
    package static let all = [
        registeredTaskManagers, runningJobs, slotsTotal, slotsAvailable, restarts, uptime,
        downtime, runningTime, restartingTime, checkpointsTotal, checkpointsInProgress,
        checkpointsCompleted, checkpointsFailed, lastCheckpointID, lastCheckpointDuration,
        lastCheckpointSize, lastCheckpointFullSize, lastCheckpointRestoreTimestamp,
        lastCheckpointTimestamp, isLeader,
    ]
}
