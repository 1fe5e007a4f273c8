import Core
package import ManagementAPI

// What is known of jobs.
extension ClusterService {
    package func jobs() async throws(ServiceError) -> [JobSummary] {
        try await ask { state in
            state.order.compactMap { state.jobs[$0] }.map { JobView(state, $0).summary }
        }
    }

    package func job(_ id: String) async throws(ServiceError) -> JobDetails {
        try await ask(about: id) { JobView($0, $1).details }
    }

    package func checkpoints(
        _ job: String
    ) async throws(ServiceError) -> CheckpointingStatistics {
        try await ask(about: job) { JobView($0, $1).checkpoints }
    }

    package func exceptions(
        _ job: String,
        limit: Int
    ) async throws(ServiceError) -> JobExceptions {
        try await ask(about: job) { state, known in
            let all = JobView(state, known).exceptions
            return JobExceptions(Array(all.prefix(limit)), isTruncated: all.count > limit)
        }
    }

    package func vertex(
        _ job: String,
        _ vertex: String
    ) async throws(ServiceError) -> VertexDetails {
        let details = try await ask(about: job) { JobView($0, $1).vertex(vertex) }
        guard let details else { throw .notFound("Vertex \(vertex) of job \(job) not found") }
        return details
    }

    package func watermarks(
        _ job: String,
        _ vertex: String
    ) async throws(ServiceError) -> [MetricEntry] {
        try await self.vertex(job, vertex).subtasks.compactMap { subtask in
            subtask.watermark.map { MetricEntry(subtask: subtask.subtask, watermark: $0) }
        }
    }

    package func backPressure(
        _ job: String,
        _ vertex: String
    ) async throws(ServiceError) -> VertexBackPressure {
        let view = try await ask(about: job) { JobView($0, $1).backPressure(vertex) }
        guard let view else { throw .notFound("Vertex \(vertex) of job \(job) not found") }
        return view
    }
}
