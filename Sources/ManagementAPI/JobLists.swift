/// All jobs by id: `GET /jobs` (Flink's JobIdsWithStatusOverview).
package struct JobIDList: Codable, Hashable, Sendable {
    /// One entry for each job that the cluster remembers.
    package var jobs: [Entry]

    package init(
        jobs: [Entry]
    ) {
        self.jobs = jobs
    }

    /// A job's id and status.
    package struct Entry: Codable, Hashable, Sendable {
        package var id: String
        package var status: JobStatus

        package init(id: String, status: JobStatus) {
            self.id = id
            self.status = status
        }
    }
}

/// All jobs in one line each: `GET /jobs/overview` (Flink's MultipleJobsDetails).
package struct JobsOverview: Codable, Hashable, Sendable {
    /// One entry for each job that the cluster remembers.
    package var jobs: [JobSummary]

    package init(
        jobs: [JobSummary]
    ) {
        self.jobs = jobs
    }
}

/// One job in one line (Flink's JobDetails).
package struct JobSummary: Codable, Hashable, Sendable {
    /// The job id: 32 hexadecimal digits.
    package var id: String
    /// The name given at submission.
    package var name: String
    /// When it was submitted, in milliseconds since 1970.
    package var startTime: Int64
    /// When it ended; -1 while it has not.
    package var endTime: Int64
    /// How long it has existed.
    package var durationMilliseconds: Int64
    /// Its status.
    package var state: JobStatus
    /// When its status last changed.
    package var lastModification: Int64
    /// Subtasks by lower-case status, and `total`; see `TaskCounts`.
    package var tasks: [String: Int]
    /// Operators still to be planned: always 0 here.
    package var pendingOperators: Int
    /// `STREAMING`, or `BATCH` for bounded jobs.
    package var jobType: String

    private enum CodingKeys: String, CodingKey {
        case id = "jid"
        case name
        case startTime = "start-time"
        case endTime = "end-time"
        case durationMilliseconds = "duration"
        case state
        case lastModification = "last-modification"
        case tasks
        case pendingOperators = "pending-operators"
        case jobType = "job-type"
    }

    package init(
        id: String,
        name: String,
        startTime: Int64,
        endTime: Int64 = -1,
        durationMilliseconds: Int64,
        state: JobStatus,
        lastModification: Int64,
        tasks: [String: Int],
        pendingOperators: Int = 0,
        jobType: String = "STREAMING"
    ) {
        self.id = id
        self.name = name
        self.startTime = startTime
        self.endTime = endTime
        self.durationMilliseconds = durationMilliseconds
        self.state = state
        self.lastModification = lastModification
        self.tasks = tasks
        self.pendingOperators = pendingOperators
        self.jobType = jobType
    }
}
