package import ManagementAPI
package import Synchronization

/// A job manager of tests: it answers what the test says and remembers what it was asked to do.
package final class ScriptedService: JobManagerService {
    /// What is answered, and what was asked.
    package struct State: Sendable {
        package var leadership = Leadership.leading
        package var jobs = [Samples.job]
        package var checkpoints = Samples.checkpoints
        package var exceptions = Samples.exceptions
        package var taskManagers = Samples.taskManagers
        package var log = Samples.log
        /// Thrown by every call while it is there.
        package var failure: ServiceError?
        /// How long every call takes.
        package var delayMilliseconds = 0
        /// What a trigger id is answered with, one after the other; the last one stays.
        package var operations: [OperationResult] = [.inProgress, .completed()]
        /// Thrown for every trigger id while it is there.
        package var operationFailure: ServiceError?
        /// The statuses that a job goes through, one a look.
        package var statuses: [JobStatus] = []
        package var submissions: [JobSubmission] = []
        package var cancelled: [String] = []
        package var savepoints: [SavepointTrigger] = []
        package var stops: [StopTrigger] = []
        package var rescales: [Int] = []
    }

    package let state = Mutex(State())

    package init() {}

    /// Waits and throws as the test says, then gives the state.
    private func enter() async throws(ServiceError) -> State {
        let now = state.withLock { $0 }
        if now.delayMilliseconds > 0 {
            do {
                try await Task.sleep(for: .milliseconds(now.delayMilliseconds))
            } catch {
                throw .unavailable("cancelled")
            }
        }
        if let failure = now.failure { throw failure }
        return now
    }

    package func leadership() async -> Leadership { state.withLock(\.leadership) }

    package func overview() async throws(ServiceError) -> ClusterOverview {
        _ = try await enter()
        return Samples.overview
    }

    package func configuration() async throws(ServiceError) -> ClusterConfiguration {
        _ = try await enter()
        return Samples.configuration
    }

    package func taskManagers() async throws(ServiceError) -> [TaskManagerInfo] {
        try await enter().taskManagers
    }

    package func taskManager(_ id: String) async throws(ServiceError) -> TaskManagerInfo {
        guard let manager = try await enter().taskManagers.first(where: { $0.id == id }) else {
            throw .notFound("No TaskManager with id \(id)")
        }
        return manager
    }

    package func log(
        of source: LogSource,
        after sequence: UInt64,
        limit: Int
    ) async throws(ServiceError) -> [LogLine] {
        if case .taskManager(let id) = source { _ = try await taskManager(id) }
        return Array(try await enter().log.filter { $0.sequence > sequence }.suffix(limit))
    }
}

// Jobs.
extension ScriptedService {
    package func jobs() async throws(ServiceError) -> [JobSummary] {
        try await enter().jobs.map(Samples.summary)
    }

    package func job(_ id: String) async throws(ServiceError) -> JobDetails {
        guard var job = try await enter().jobs.first(where: { $0.id == id }) else {
            throw .noJob(id)
        }
        state.withLock { state in
            guard let status = state.statuses.first else { return }
            job.state = status
            if state.statuses.count > 1 { state.statuses.removeFirst() }
        }
        return job
    }

    package func checkpoints(
        _ job: String
    ) async throws(ServiceError) -> CheckpointingStatistics {
        _ = try await self.job(job)
        return try await enter().checkpoints
    }

    package func exceptions(_ job: String, limit: Int) async throws(ServiceError) -> JobExceptions {
        _ = try await self.job(job)
        let all = try await enter().exceptions
        return JobExceptions(Array(all.prefix(limit)), isTruncated: all.count > limit)
    }

    package func vertex(_ job: String, _ vertex: String) async throws(ServiceError) -> VertexDetails
    {
        try Samples.details(find(vertex, in: try await self.job(job)))
    }

    package func backPressure(
        _ job: String,
        _ vertex: String
    ) async throws(ServiceError) -> VertexBackPressure {
        _ = try find(vertex, in: try await self.job(job))
        return Samples.backPressure
    }

    package func watermarks(
        _ job: String,
        _ vertex: String
    ) async throws(ServiceError) -> [MetricEntry] {
        _ = try find(vertex, in: try await self.job(job))
        return [MetricEntry(subtask: 0, watermark: Samples.now - 1000)]
    }

    private func find(_ id: String, in job: JobDetails) throws(ServiceError) -> JobVertex {
        guard let vertex = job.vertices.first(where: { $0.id == id }) else {
            throw .notFound("Job vertex \(id) not found")
        }
        return vertex
    }
}

// What changes jobs.
extension ScriptedService {
    package func submit(_ submission: JobSubmission) async throws(ServiceError) -> SubmittedJob {
        _ = try await enter()
        state.withLock { $0.submissions.append(submission) }
        return SubmittedJob(
            id: Samples.jobID,
            url: "/jobs/\(Samples.jobID)",
            name: submission.name ?? submission.settings["pipeline.name"] ?? "unnamed",
            parallelism: submission.parallelism ?? 1,
            guarantees: ["totals: exactly once"]
        )
    }

    package func cancel(_ job: String) async throws(ServiceError) {
        _ = try await self.job(job)
        state.withLock { $0.cancelled.append(job) }
    }

    package func triggerSavepoint(
        _ job: String,
        _ trigger: SavepointTrigger
    ) async throws(ServiceError) -> TriggerResponse {
        _ = try await self.job(job)
        state.withLock { $0.savepoints.append(trigger) }
        return TriggerResponse(requestID: trigger.triggerID ?? Samples.triggerID)
    }

    package func stop(
        _ job: String,
        _ trigger: StopTrigger
    ) async throws(ServiceError) -> TriggerResponse {
        _ = try await self.job(job)
        state.withLock { $0.stops.append(trigger) }
        return TriggerResponse(requestID: trigger.triggerID ?? Samples.triggerID)
    }

    package func savepointStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult {
        _ = try await self.job(job)
        return try nextOperation()
    }

    package func rescale(
        _ job: String,
        parallelism: Int
    ) async throws(ServiceError) -> TriggerResponse {
        _ = try await self.job(job)
        state.withLock { $0.rescales.append(parallelism) }
        return TriggerResponse(requestID: Samples.triggerID)
    }

    package func rescaleStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult {
        _ = try await self.job(job)
        return try nextOperation()
    }

    private func nextOperation() throws(ServiceError) -> OperationResult {
        if let failure = state.withLock(\.operationFailure) { throw failure }
        return state.withLock { state in
            state.operations.count > 1 ? state.operations.removeFirst() : state.operations[0]
        }
    }
}
