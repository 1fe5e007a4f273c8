package import ManagementAPI
import Telemetry

// What a task manager tells Prometheus.
extension TaskManagerService {
    /// The counters of all its subtasks, with Flink's names.
    package var samples: [MetricSample] {
        TaskSamples(
            readings,
            MetricLabels.taskManager(host: options.dataHost, id: options.id),
            resources.time
        ).all(tasks.all, stateBytes: Int64(options.stateBytes))
    }
}
