import Core
import FoundationEssentials
package import ManagementAPI
import NIOHTTP1

// Jobs.
extension RESTClient {
    package func jobs() throws(ClientError) -> JobsOverview {
        try ask(JobsOverview.self, Call("/jobs/overview"))
    }

    package func job(_ id: String) throws(ClientError) -> JobDetails {
        try ask(JobDetails.self, Call(path(id)))
    }

    package func jobStatus(_ id: String) throws(ClientError) -> JobStatus {
        try ask(JobStatusInfo.self, Call(path(id, "/status"))).status
    }

    package func plan(_ id: String) throws(ClientError) -> JobPlan {
        try ask(JobPlanResponse.self, Call(path(id, "/plan"))).plan
    }

    package func checkpoints(_ id: String) throws(ClientError) -> CheckpointingStatistics {
        try ask(CheckpointingStatistics.self, Call(path(id, "/checkpoints")))
    }

    package func exceptions(_ id: String, limit: Int) throws(ClientError) -> JobExceptions {
        let query = [("maxExceptions", String(limit))]
        return try ask(JobExceptions.self, Call(path(id, "/exceptions"), query: query))
    }

    package func vertex(_ id: String, _ vertex: String) throws(ClientError) -> VertexDetails {
        try ask(VertexDetails.self, Call(path(id, vertex: vertex)))
    }

    package func backPressure(
        _ id: String,
        _ vertex: String
    ) throws(ClientError) -> VertexBackPressure {
        try ask(VertexBackPressure.self, Call(path(id, vertex: vertex, "/backpressure")))
    }

    package func watermarks(
        _ id: String,
        _ vertex: String
    ) throws(ClientError) -> [MetricEntry] {
        try ask([MetricEntry].self, Call(path(id, vertex: vertex, "/watermarks")))
    }

    private func path(_ id: String, _ rest: String = "") -> String {
        "/jobs/\(PathText.encode(id))\(rest)"
    }

    private func path(_ id: String, vertex: String, _ rest: String = "") -> String {
        path(id, "/vertices/\(PathText.encode(vertex))\(rest)")
    }
}

// What changes jobs.
extension RESTClient {
    /// Submits a job; never repeated, since the job manager would start it twice.
    package func submit(_ submission: JobSubmission) throws(ClientError) -> SubmittedJob {
        try ask(SubmittedJob.self, Call(.POST, "/jobs", body: try json(submission)))
    }

    package func cancel(_ id: String) throws(ClientError) {
        _ = try send(Call(.PATCH, path(id), query: [("mode", "cancel")]))
    }

    /// Begins a savepoint; repeated under its trigger id if the answer is lost.
    package func triggerSavepoint(
        _ id: String,
        _ trigger: SavepointTrigger
    ) throws(ClientError) -> TriggerResponse {
        var trigger = trigger
        if trigger.triggerID == nil { trigger.triggerID = Self.newTriggerID() }
        let body = try json(trigger)
        return try ask(
            TriggerResponse.self,
            Call(.POST, path(id, "/savepoints"), body: body, isRepeatable: true)
        )
    }

    /// Begins to stop with a savepoint; repeated under its trigger id if the answer is lost.
    package func stop(_ id: String, _ trigger: StopTrigger) throws(ClientError) -> TriggerResponse {
        var trigger = trigger
        if trigger.triggerID == nil { trigger.triggerID = Self.newTriggerID() }
        let body = try json(trigger)
        return try ask(
            TriggerResponse.self,
            Call(.POST, path(id, "/stop"), body: body, isRepeatable: true)
        )
    }

    package func savepointStatus(
        _ id: String,
        _ trigger: String
    ) throws(ClientError) -> OperationResult {
        let rest = "/savepoints/\(PathText.encode(trigger))"
        return try ask(OperationResult.self, Call(path(id, rest)))
    }

    package func rescale(_ id: String, parallelism: Int) throws(ClientError) -> TriggerResponse {
        try ask(
            TriggerResponse.self,
            Call(
                .PATCH,
                path(id, "/rescaling"),
                query: [("parallelism", String(parallelism))]
            )
        )
    }

    package func rescaleStatus(
        _ id: String,
        _ trigger: String
    ) throws(ClientError) -> OperationResult {
        let rest = "/rescaling/\(PathText.encode(trigger))"
        return try ask(OperationResult.self, Call(path(id, rest)))
    }

    private func json(_ value: some Encodable) throws(ClientError) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            throw ClientError(.strange, "The request cannot be written as JSON: \(error)")
        }
    }

    private static func newTriggerID() -> String {
        var random = SystemRandomNumberGenerator()
        return JobID(using: &random).text
    }
}
