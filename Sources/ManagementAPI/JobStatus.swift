/// The status of a job, in Flink's words.
package enum JobStatus: String, Codable, Hashable, Sendable, CaseIterable {
    case initializing = "INITIALIZING"
    case created = "CREATED"
    case running = "RUNNING"
    case failing = "FAILING"
    case failed = "FAILED"
    case cancelling = "CANCELLING"
    case canceled = "CANCELED"
    case finished = "FINISHED"
    case restarting = "RESTARTING"
    case suspended = "SUSPENDED"
    case reconciling = "RECONCILING"

    /// Whether the job is over, wherever it ran.
    package var isTerminal: Bool { [.failed, .canceled, .finished].contains(self) }
}

/// The answer of `GET /jobs/:jobid/status` (Flink's JobStatusInfo).
package struct JobStatusInfo: Codable, Hashable, Sendable {
    package var status: JobStatus

    package init(status: JobStatus) {
        self.status = status
    }
}

/// The status of a subtask, in Flink's words (its ExecutionState).
package enum TaskStatus: String, Codable, Hashable, Sendable, CaseIterable {
    case created = "CREATED"
    case scheduled = "SCHEDULED"
    case deploying = "DEPLOYING"
    case running = "RUNNING"
    case finished = "FINISHED"
    case canceling = "CANCELING"
    case canceled = "CANCELED"
    case failed = "FAILED"
    case reconciling = "RECONCILING"
    case initializing = "INITIALIZING"

    /// The status of a vertex, from those of its subtasks (Flink's ExecutionJobVertex).
    package static func aggregate(_ subtasks: some Sequence<TaskStatus>) -> TaskStatus {
        let present = Set(subtasks)
        let precedence: [TaskStatus] = [
            .failed, .canceling, .canceled, .initializing, .deploying, .scheduled, .created,
            .reconciling, .running,
        ]
        return precedence.first { present.contains($0) } ?? (present.isEmpty ? .created : .finished)
    }
}

/// Numbers of subtasks by status, in the two forms that Flink's answers have.
package struct TaskCounts: Hashable, Sendable {
    package var byStatus: [TaskStatus: Int]

    package init(_ subtasks: some Sequence<TaskStatus>) {
        byStatus = Dictionary(subtasks.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// Every status in capitals: for vertices, and for the vertices of a job.
    package var upperCased: [String: Int] {
        Dictionary(
            uniqueKeysWithValues: TaskStatus.allCases.map { ($0.rawValue, byStatus[$0] ?? 0) }
        )
    }

    /// Every status in small letters and the `total`: for the overview of jobs.
    package var lowerCasedWithTotal: [String: Int] {
        var counts = Dictionary(
            uniqueKeysWithValues: TaskStatus.allCases.map {
                ($0.rawValue.lowercased(), byStatus[$0] ?? 0)
            }
        )
        counts["total"] = byStatus.values.reduce(0, +)
        return counts
    }
}
