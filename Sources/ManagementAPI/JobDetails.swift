/// One job with its vertices: `GET /jobs/:jobid` (Flink's JobDetailsInfo).
package struct JobDetails: Codable, Hashable, Sendable {
    /// The job id: 32 hexadecimal digits.
    package var id: String
    /// The name given at submission.
    package var name: String
    /// Whether it can be stopped with a savepoint.
    package var isStoppable: Bool
    /// Its status.
    package var state: JobStatus
    /// `STREAMING`, or `BATCH` for bounded jobs.
    package var jobType: String
    /// When it was submitted, in milliseconds since 1970.
    package var startTime: Int64
    /// When it ended; -1 while it has not.
    package var endTime: Int64
    /// How long it has existed.
    package var durationMilliseconds: Int64
    /// The number of its key groups.
    package var maxParallelism: Int64
    /// The server's clock.
    package var now: Int64
    /// When it entered each status; 0 where it never did.
    package var timestamps: [String: Int64]
    /// Its operators, sources first.
    package var vertices: [JobVertex]
    /// Vertices by upper-case status.
    package var statusCounts: [String: Int]
    /// How the vertices are connected.
    package var plan: JobPlan
    /// Operators still to be planned: always 0 here.
    package var pendingOperators: Int
    /// Beyond Flink: the number of slots of the job.
    package var parallelism: Int
    /// Beyond Flink: how often it started again after a failure.
    package var restarts: Int64
    /// Beyond Flink: where each slot runs.
    package var slots: [SlotAssignment]
    /// Beyond Flink: who holds the job back, as sentences; empty when it moves.
    package var stalls: [String]

    private enum CodingKeys: String, CodingKey {
        case id = "jid"
        case name
        case isStoppable
        case state
        case jobType = "job-type"
        case startTime = "start-time"
        case endTime = "end-time"
        case durationMilliseconds = "duration"
        case maxParallelism
        case now
        case timestamps
        case vertices
        case statusCounts = "status-counts"
        case plan
        case pendingOperators = "pending-operators"
        case parallelism
        case restarts
        case slots
        case stalls
    }

    package init(
        id: String,
        name: String,
        isStoppable: Bool = true,
        state: JobStatus,
        jobType: String = "STREAMING",
        startTime: Int64,
        endTime: Int64 = -1,
        durationMilliseconds: Int64,
        maxParallelism: Int64,
        now: Int64,
        timestamps: [String: Int64],
        vertices: [JobVertex],
        statusCounts: [String: Int],
        plan: JobPlan,
        pendingOperators: Int = 0,
        parallelism: Int,
        restarts: Int64 = 0,
        slots: [SlotAssignment] = [],
        stalls: [String] = []
    ) {
        self.id = id
        self.name = name
        self.isStoppable = isStoppable
        self.state = state
        self.jobType = jobType
        self.startTime = startTime
        self.endTime = endTime
        self.durationMilliseconds = durationMilliseconds
        self.maxParallelism = maxParallelism
        self.now = now
        self.timestamps = timestamps
        self.vertices = vertices
        self.statusCounts = statusCounts
        self.plan = plan
        self.pendingOperators = pendingOperators
        self.parallelism = parallelism
        self.restarts = restarts
        self.slots = slots
        self.stalls = stalls
    }
}

/// Where one slot of a job runs.
package struct SlotAssignment: Codable, Hashable, Sendable {
    /// The index of the slot in the job.
    package var slot: Int
    /// The task manager.
    package var taskManagerID: String
    /// Its host and data port.
    package var endpoint: String
    /// The first key group of the slot.
    package var firstKeyGroup: Int
    /// The last key group of the slot.
    package var lastKeyGroup: Int
    /// What the slot does.
    package var status: TaskStatus

    private enum CodingKeys: String, CodingKey {
        case slot
        case taskManagerID = "taskmanager-id"
        case endpoint
        case firstKeyGroup = "first-key-group"
        case lastKeyGroup = "last-key-group"
        case status
    }

    package init(
        slot: Int,
        taskManagerID: String,
        endpoint: String,
        firstKeyGroup: Int,
        lastKeyGroup: Int,
        status: TaskStatus
    ) {
        self.slot = slot
        self.taskManagerID = taskManagerID
        self.endpoint = endpoint
        self.firstKeyGroup = firstKeyGroup
        self.lastKeyGroup = lastKeyGroup
        self.status = status
    }
}
