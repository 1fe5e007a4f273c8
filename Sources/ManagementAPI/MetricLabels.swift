/// The labels that Flink's Prometheus reporter gives the metrics of each scope.
package enum MetricLabels {
    /// Of a job manager.
    package static func jobManager(host: String) -> [MetricSample.Label] {
        [MetricSample.Label("host", host)]
    }

    /// Of a job, told by the job manager.
    package static func job(host: String, id: String, name: String) -> [MetricSample.Label] {
        jobManager(host: host) + [
            MetricSample.Label("job_id", id), MetricSample.Label("job_name", name),
        ]
    }

    /// Of a task manager.
    package static func taskManager(host: String, id: String) -> [MetricSample.Label] {
        [MetricSample.Label("host", host), MetricSample.Label("tm_id", id)]
    }

    /// Of a subtask, told by its task manager.
    package static func task(
        taskManager: [MetricSample.Label],
        jobID: String,
        jobName: String,
        vertexID: String,
        vertexName: String,
        attempt: Int,
        subtask: Int
    ) -> [MetricSample.Label] {
        taskManager + [
            MetricSample.Label("job_id", jobID),
            MetricSample.Label("job_name", jobName),
            MetricSample.Label("task_id", vertexID),
            MetricSample.Label("task_name", vertexName),
            MetricSample.Label("task_attempt_num", String(attempt)),
            MetricSample.Label("subtask_index", String(subtask)),
        ]
    }

    /// Of an operator in a subtask; here a vertex is one operator.
    package static func `operator`(
        task: [MetricSample.Label],
        uid: String,
        name: String
    ) -> [MetricSample.Label] {
        task + [MetricSample.Label("operator_id", uid), MetricSample.Label("operator_name", name)]
    }
}
