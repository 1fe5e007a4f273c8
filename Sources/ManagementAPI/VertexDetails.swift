/// The subtasks of a vertex: `GET /jobs/:jobid/vertices/:vertexid` (Flink's JobVertexDetailsInfo).
package struct VertexDetails: Codable, Hashable, Sendable {
    /// The id of the vertex.
    package var id: String
    /// What the operator does.
    package var name: String
    /// The number of subtasks.
    package var parallelism: Int
    /// The number of key groups.
    package var maxParallelism: Int
    /// The server's clock.
    package var now: Int64
    /// The subtasks in order.
    package var subtasks: [SubtaskDetails]

    package init(
        id: String,
        name: String,
        parallelism: Int,
        maxParallelism: Int,
        now: Int64,
        subtasks: [SubtaskDetails]
    ) {
        self.id = id
        self.name = name
        self.parallelism = parallelism
        self.maxParallelism = maxParallelism
        self.now = now
        self.subtasks = subtasks
    }
}

/// One subtask (Flink's SubtaskExecutionAttemptDetailsInfo).
package struct SubtaskDetails: Codable, Hashable, Sendable {
    /// The index of the subtask.
    package var subtask: Int
    /// What it does.
    package var status: TaskStatus
    /// How often it was started before.
    package var attempt: Int
    /// Host and data port of its task manager.
    package var endpoint: String
    /// When it started; -1 before.
    package var startTime: Int64
    /// When it ended; -1 before.
    package var endTime: Int64
    /// How long it has run; -1 before.
    package var durationMilliseconds: Int64
    /// What has passed through.
    package var metrics: IOMetrics
    /// The task manager.
    package var taskManagerID: String
    /// How long it was in each status; -1 where it never was.
    package var statusDurations: [String: Int64]
    /// Beyond Flink: its watermark, in milliseconds since 1970; absent before the first.
    package var watermark: Int64?

    private enum CodingKeys: String, CodingKey {
        case subtask
        case status
        case attempt
        case endpoint
        case startTime = "start-time"
        case endTime = "end-time"
        case durationMilliseconds = "duration"
        case metrics
        case taskManagerID = "taskmanager-id"
        case statusDurations = "status-duration"
        case watermark
    }

    package init(
        subtask: Int,
        status: TaskStatus,
        attempt: Int,
        endpoint: String,
        startTime: Int64,
        endTime: Int64 = -1,
        durationMilliseconds: Int64,
        metrics: IOMetrics,
        taskManagerID: String,
        statusDurations: [String: Int64] = [:],
        watermark: Int64? = nil
    ) {
        self.subtask = subtask
        self.status = status
        self.attempt = attempt
        self.endpoint = endpoint
        self.startTime = startTime
        self.endTime = endTime
        self.durationMilliseconds = durationMilliseconds
        self.metrics = metrics
        self.taskManagerID = taskManagerID
        self.statusDurations = statusDurations
        self.watermark = watermark
    }
}
