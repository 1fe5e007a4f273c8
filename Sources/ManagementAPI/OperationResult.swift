/// Whether an operation is over.
package struct OperationStatus: Codable, Hashable, Sendable {
    /// Flink's words.
    package enum Word: String, Codable, Hashable, Sendable, CaseIterable {
        case inProgress = "IN_PROGRESS"
        case completed = "COMPLETED"
    }

    package var id: Word

    package init(_ id: Word) {
        self.id = id
    }
}

/// How far a triggered operation has come (Flink's AsynchronousOperationResult).
package struct OperationResult: Codable, Hashable, Sendable {
    /// Whether it is over.
    package var status: OperationStatus
    /// How it ended; null before.
    package var operation: OperationOutcome?

    private enum CodingKeys: String, CodingKey {
        case status
        case operation
    }

    package init(
        status: OperationStatus,
        operation: OperationOutcome? = nil
    ) {
        self.status = status
        self.operation = operation
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(status, forKey: .status)
        try container.encode(operation, forKey: .operation)
    }

    /// The operation goes on.
    package static let inProgress = OperationResult(status: OperationStatus(.inProgress))

    /// The operation is done; a savepoint lies at the location.
    package static func completed(location: String? = nil) -> OperationResult {
        OperationResult(
            status: OperationStatus(.completed),
            operation: OperationOutcome(location: location)
        )
    }

    /// The operation came to nothing.
    package static func failed(_ message: String) -> OperationResult {
        OperationResult(
            status: OperationStatus(.completed),
            operation: OperationOutcome(
                failureCause: FailureCause(
                    name: "org.apache.flink.util.FlinkException",
                    text: message
                )
            )
        )
    }
}

/// How a triggered operation ended.
package struct OperationOutcome: Codable, Hashable, Sendable {
    /// Where the savepoint lies, if it was one and succeeded.
    package var location: String?
    /// Why it came to nothing.
    package var failureCause: FailureCause?

    private enum CodingKeys: String, CodingKey {
        case location
        case failureCause = "failure-cause"
    }

    package init(
        location: String? = nil,
        failureCause: FailureCause? = nil
    ) {
        self.location = location
        self.failureCause = failureCause
    }
}

/// Why an operation came to nothing (Flink's SerializedThrowable without the Java object).
package struct FailureCause: Codable, Hashable, Sendable {
    /// The kind of failure.
    package var name: String
    /// The message for people, with the causes below it.
    package var text: String

    private enum CodingKeys: String, CodingKey {
        case name = "class"
        case text = "stack-trace"
    }

    package init(
        name: String,
        text: String
    ) {
        self.name = name
        self.text = text
    }
}
