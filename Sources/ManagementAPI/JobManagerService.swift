/// What the job manager can tell and do; the REST server asks it, several requests at a time.
///
/// Job ids come as the caller wrote them: an unknown one is answered with `ServiceError.noJob`,
/// an unknown vertex or task manager with `ServiceError.notFound`. Nothing may block a thread.
package protocol JobManagerService: Sendable {
    /// Whether this job manager leads; only health, readiness and metrics are served if not.
    func leadership() async -> Leadership

    // The cluster.
    func overview() async throws(ServiceError) -> ClusterOverview
    func configuration() async throws(ServiceError) -> ClusterConfiguration
    func taskManagers() async throws(ServiceError) -> [TaskManagerInfo]
    func taskManager(_ id: String) async throws(ServiceError) -> TaskManagerInfo
    /// Lines of a program's ring buffer, oldest first: the last `limit` of those whose sequence
    /// is above `after`.
    func log(
        of source: LogSource,
        after sequence: UInt64,
        limit: Int
    ) async throws(ServiceError) -> [LogLine]

    // Jobs.
    func jobs() async throws(ServiceError) -> [JobSummary]
    func job(_ id: String) async throws(ServiceError) -> JobDetails
    func checkpoints(_ job: String) async throws(ServiceError) -> CheckpointingStatistics
    /// The last failures, at most `limit`, newest first.
    func exceptions(_ job: String, limit: Int) async throws(ServiceError) -> JobExceptions
    func vertex(_ job: String, _ vertex: String) async throws(ServiceError) -> VertexDetails
    func backPressure(
        _ job: String,
        _ vertex: String
    ) async throws(ServiceError) -> VertexBackPressure
    func watermarks(_ job: String, _ vertex: String) async throws(ServiceError) -> [MetricEntry]

    // What changes jobs.
    /// Plans the script and makes the job; returns before it runs. A script that cannot be used
    /// is a `badRequest` with the diagnostic as message.
    func submit(_ submission: JobSubmission) async throws(ServiceError) -> SubmittedJob
    /// Begins to cancel; ends at once for a job that is over with a `conflict`.
    func cancel(_ job: String) async throws(ServiceError)
    /// Begins a savepoint. A `triggerID` seen before returns the same answer and does nothing.
    func triggerSavepoint(
        _ job: String,
        _ trigger: SavepointTrigger
    ) async throws(ServiceError) -> TriggerResponse
    /// Begins a savepoint that the job ends with.
    func stop(_ job: String, _ trigger: StopTrigger) async throws(ServiceError) -> TriggerResponse
    /// How far a savepoint or stop has come; outcomes are kept for some minutes.
    func savepointStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult
    /// Begins to run the job with another number of slots, from a checkpoint taken for it.
    func rescale(_ job: String, parallelism: Int) async throws(ServiceError) -> TriggerResponse
    func rescaleStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult
}

/// Who may answer requests.
package enum Leadership: Hashable, Sendable {
    /// This job manager.
    case leading
    /// Another one, at that address (as in `http://10.0.0.2:8081`), where it is known.
    case standby(leader: String?)
}

/// Whether a program can take work, for `GET /readyz`.
package struct Readiness: Hashable, Sendable {
    package let isReady: Bool
    /// What it waits for, or `ready`.
    package let message: String

    package init(isReady: Bool, message: String) {
        self.isReady = isReady
        self.message = message
    }

    package static let ready = Readiness(isReady: true, message: "ready")
}
