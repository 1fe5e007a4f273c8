import Core
package import ManagementAPI
import Threads

// The text of /metrics.
extension ClusterService {
    /// Everything that a job manager can tell Prometheus.
    package func metrics(host name: String, startedMicroseconds: Int64) async -> String {
        var samples = Self.process(version: version, startedMicroseconds: startedMicroseconds)
        let labels = MetricLabels.jobManager(host: name)
        let known = await host?.ask { state -> [MetricSample] in
            Self.samples(state, host: name)
        }
        samples.append(
            MetricSample(JobManagerMetrics.isLeader, known == nil ? 0 as Int64 : 1, labels)
        )
        if let known { samples += known }
        return MetricsText.write(samples)
    }

    /// What every program tells of itself.
    package static func process(
        version: String,
        startedMicroseconds: Int64
    ) -> [MetricSample] {
        [
            MetricSample(ProcessMetrics.residentMemory, ProcessFacts.residentBytes),
            MetricSample(
                ProcessMetrics.cpu,
                Double(ProcessFacts.cpuMicroseconds) / 1_000_000
            ),
            MetricSample(
                ProcessMetrics.startTime,
                Double(startedMicroseconds) / 1_000_000
            ),
            MetricSample(
                ProcessMetrics.build,
                1 as Int64,
                [MetricSample.Label("version", version)]
            ),
        ]
    }

    private static func samples(_ state: ClusterState, host: String) -> [MetricSample] {
        let labels = MetricLabels.jobManager(host: host)
        let pool = state.machine.pool
        let jobs = state.order.compactMap { state.jobs[$0] }
        var samples = [
            MetricSample(
                JobManagerMetrics.registeredTaskManagers,
                Int64(pool.taskManagerCount),
                labels
            ),
            MetricSample(
                JobManagerMetrics.runningJobs,
                Int64(jobs.count { state.status($0) == .running }),
                labels
            ),
            MetricSample(JobManagerMetrics.slotsTotal, Int64(pool.total), labels),
            MetricSample(JobManagerMetrics.slotsAvailable, Int64(pool.free), labels),
        ]
        for job in jobs where !state.status(job).isTerminal {
            samples += jobSamples(JobView(state, job), host: host)
        }
        return samples
    }

    private static func jobSamples(_ view: JobView, host: String) -> [MetricSample] {
        let labels = MetricLabels.job(
            host: host,
            id: view.job.record.id.text,
            name: view.job.record.name
        )
        let checkpoints = view.checkpoints
        let details = view.details
        var samples = [
            MetricSample(JobManagerMetrics.restarts, details.restarts, labels),
            MetricSample(JobManagerMetrics.checkpointsTotal, checkpoints.counts.total, labels),
            MetricSample(
                JobManagerMetrics.checkpointsInProgress,
                Int64(checkpoints.counts.inProgress),
                labels
            ),
            MetricSample(
                JobManagerMetrics.checkpointsCompleted,
                checkpoints.counts.completed,
                labels
            ),
            MetricSample(JobManagerMetrics.checkpointsFailed, checkpoints.counts.failed, labels),
        ]
        if view.status == .running, let running = view.history.runningMicroseconds {
            let uptime = view.nowMilliseconds - running / 1000
            samples.append(MetricSample(JobManagerMetrics.uptime, uptime, labels))
        }
        if let last = checkpoints.latest.completed {
            samples += [
                MetricSample(JobManagerMetrics.lastCheckpointID, Int64(last.id), labels),
                MetricSample(
                    JobManagerMetrics.lastCheckpointDuration,
                    last.endToEndMilliseconds,
                    labels
                ),
                MetricSample(
                    JobManagerMetrics.lastCheckpointSize,
                    last.checkpointedSizeBytes,
                    labels
                ),
                MetricSample(
                    JobManagerMetrics.lastCheckpointFullSize,
                    last.stateSizeBytes,
                    labels
                ),
                MetricSample(
                    JobManagerMetrics.lastCheckpointTimestamp,
                    last.latestAckTimestamp,
                    labels
                ),
            ]
        }
        return samples
    }
}
