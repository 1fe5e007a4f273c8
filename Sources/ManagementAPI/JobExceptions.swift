/// Why a job failed: `GET /jobs/:jobid/exceptions` (Flink's JobExceptionsInfoWithHistory).
package struct JobExceptions: Codable, Hashable, Sendable {
    /// The last failure; null where there was none.
    package var rootException: String?
    /// When it happened.
    package var timestamp: Int64?
    /// Empty: the history has them.
    package var allExceptions: [ExceptionInfo]
    /// Always false: the history says it.
    package var truncated: Bool
    /// The failures, newest first.
    package var history: ExceptionHistory

    private enum CodingKeys: String, CodingKey {
        case rootException = "root-exception"
        case timestamp
        case allExceptions = "all-exceptions"
        case truncated
        case history = "exceptionHistory"
    }

    package init(
        rootException: String? = nil,
        timestamp: Int64? = nil,
        allExceptions: [ExceptionInfo] = [],
        truncated: Bool = false,
        history: ExceptionHistory
    ) {
        self.rootException = rootException
        self.timestamp = timestamp
        self.allExceptions = allExceptions
        self.truncated = truncated
        self.history = history
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rootException, forKey: .rootException)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode(allExceptions, forKey: .allExceptions)
        try container.encode(truncated, forKey: .truncated)
        try container.encode(history, forKey: .history)
    }

    /// The failures of a job, newest first.
    package init(_ entries: [ExceptionInfo], isTruncated: Bool = false) {
        self.init(
            rootException: entries.first?.stackTrace,
            timestamp: entries.first?.timestamp,
            history: ExceptionHistory(entries: entries, truncated: isTruncated)
        )
    }
}

/// The failures of a job that are remembered.
package struct ExceptionHistory: Codable, Hashable, Sendable {
    /// Newest first.
    package var entries: [ExceptionInfo]
    /// Whether there were more.
    package var truncated: Bool

    package init(
        entries: [ExceptionInfo],
        truncated: Bool
    ) {
        self.entries = entries
        self.truncated = truncated
    }
}

/// One failure (Flink's RootExceptionInfo).
package struct ExceptionInfo: Codable, Hashable, Sendable {
    /// The kind of failure, such as `external` or `user`.
    package var name: String
    /// The message for people, with the causes below it.
    package var stackTrace: String
    /// When it happened, in milliseconds since 1970.
    package var timestamp: Int64
    /// The operator and subtask that failed first.
    package var taskName: String?
    /// Host and port of its task manager, under the name that Flink had before 1.18.
    package var location: String?
    /// Host and port of its task manager.
    package var endpoint: String?
    /// Its task manager.
    package var taskManagerID: String?
    /// Who has to act, under `blame`.
    package var failureLabels: [String: String]
    /// What failed because of it.
    package var concurrentExceptions: [ExceptionInfo]

    private enum CodingKeys: String, CodingKey {
        case name = "exceptionName"
        case stackTrace = "stacktrace"
        case timestamp
        case taskName
        case location
        case endpoint
        case taskManagerID = "taskManagerId"
        case failureLabels = "failureLabels"
        case concurrentExceptions
    }

    package init(
        name: String,
        stackTrace: String,
        timestamp: Int64,
        taskName: String? = nil,
        location: String? = nil,
        endpoint: String? = nil,
        taskManagerID: String? = nil,
        failureLabels: [String: String] = [:],
        concurrentExceptions: [ExceptionInfo] = []
    ) {
        self.name = name
        self.stackTrace = stackTrace
        self.timestamp = timestamp
        self.taskName = taskName
        self.location = location
        self.endpoint = endpoint
        self.taskManagerID = taskManagerID
        self.failureLabels = failureLabels
        self.concurrentExceptions = concurrentExceptions
    }
}
