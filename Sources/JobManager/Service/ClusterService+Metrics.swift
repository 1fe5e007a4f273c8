import Core
package import ManagementAPI

// What a job manager tells Prometheus.
extension ClusterService {
    /// Whether it leads; and as leader, everything of the cluster and its jobs.
    package func samples(host name: String) async -> [MetricSample] {
        let known = await host?.ask { state in Self.samples(state, host: name) }
        let leads = MetricSample(
            JobManagerMetrics.isLeader,
            known == nil ? 0 as Int64 : 1,
            MetricLabels.jobManager(host: name)
        )
        return [leads] + (known ?? [])
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
            samples +=
                JobSamples(
                    history: job.history,
                    times: job.historian?.times ?? JobTimes(),
                    restarts: state.machine.jobs[job.record.id]?.restarts ?? 0,
                    nowMicroseconds: state.now,
                    labels: MetricLabels.job(
                        host: host,
                        id: job.record.id.text,
                        name: job.record.name
                    )
                ).all
        }
        return samples
    }
}
