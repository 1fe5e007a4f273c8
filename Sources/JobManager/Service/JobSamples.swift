import Core
import ManagementAPI

/// What is told to Prometheus of one job.
struct JobSamples {
    let history: JobHistory
    let times: JobTimes
    let restarts: Int
    /// On the monotonic clock.
    let nowMicroseconds: Int64
    /// Those of the job.
    let labels: [MetricSample.Label]

    var all: [MetricSample] { life + checkpoints + lastCheckpoint }

    private func sample(_ metric: Metric, _ value: Int64) -> MetricSample {
        MetricSample(metric, value, labels)
    }

    private var life: [MetricSample] {
        let now = nowMicroseconds
        return [
            sample(JobManagerMetrics.restarts, Int64(restarts)),
            sample(JobManagerMetrics.uptime, times.up(at: now) / 1000),
            sample(JobManagerMetrics.downtime, times.down(at: now) / 1000),
            sample(JobManagerMetrics.runningTime, times.running(at: now) / 1000),
            sample(JobManagerMetrics.restartingTime, times.restarting(at: now) / 1000),
        ]
    }

    private var checkpoints: [MetricSample] {
        let completed = history.completedCheckpoints
        let failed = history.failedCheckpoints
        let open = history.checkpoints.count { $0.status == .inProgress }
        return [
            sample(JobManagerMetrics.checkpointsTotal, Int64(completed + failed + open)),
            sample(JobManagerMetrics.checkpointsInProgress, Int64(open)),
            sample(JobManagerMetrics.checkpointsCompleted, Int64(completed)),
            sample(JobManagerMetrics.checkpointsFailed, Int64(failed)),
            sample(
                JobManagerMetrics.lastCheckpointRestoreTimestamp,
                history.restored.map { $0.atMicroseconds / 1000 } ?? -1
            ),
        ]
    }

    private var lastCheckpoint: [MetricSample] {
        let completed = history.checkpoints.last { $0.status == .completed && !$0.isSavepoint }
        guard let last = completed else { return [] }
        let duration = last.durationMicroseconds / 1000
        return [
            sample(JobManagerMetrics.lastCheckpointID, Int64(last.id)),
            sample(JobManagerMetrics.lastCheckpointDuration, duration),
            sample(JobManagerMetrics.lastCheckpointSize, last.newBytes),
            sample(JobManagerMetrics.lastCheckpointFullSize, last.stateBytes),
            sample(
                JobManagerMetrics.lastCheckpointTimestamp,
                last.triggeredMicroseconds / 1000 + duration
            ),
        ]
    }
}
