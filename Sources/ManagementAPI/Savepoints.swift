/// The body of `POST /jobs/:jobid/savepoints` (Flink's SavepointTriggerRequestBody).
package struct SavepointTrigger: Codable, Hashable, Sendable {
    /// The folder to write into; `execution.checkpointing.savepoint-dir` if absent.
    package var targetDirectory: String?
    /// Whether the job is cancelled once the savepoint is complete.
    package var cancelJob: Bool?
    /// `CANONICAL` or `NATIVE`; there is one format here, so that both are taken.
    package var formatType: String?
    /// The trigger id to use, so that a repeated request does nothing twice.
    package var triggerID: String?

    private enum CodingKeys: String, CodingKey {
        case targetDirectory = "target-directory"
        case cancelJob = "cancel-job"
        case formatType
        case triggerID = "triggerId"
    }

    package init(
        targetDirectory: String? = nil,
        cancelJob: Bool? = nil,
        formatType: String? = nil,
        triggerID: String? = nil
    ) {
        self.targetDirectory = targetDirectory
        self.cancelJob = cancelJob
        self.formatType = formatType
        self.triggerID = triggerID
    }
}

/// The body of `POST /jobs/:jobid/stop` (Flink's StopWithSavepointRequestBody).
package struct StopTrigger: Codable, Hashable, Sendable {
    /// The folder to write into; `execution.checkpointing.savepoint-dir` if absent.
    package var targetDirectory: String?
    /// Whether windows fire and timers run as at the end of input, so that the job cannot go on.
    package var drain: Bool?
    /// `CANONICAL` or `NATIVE`; there is one format here, so that both are taken.
    package var formatType: String?
    /// The trigger id to use, so that a repeated request does nothing twice.
    package var triggerID: String?

    private enum CodingKeys: String, CodingKey {
        case targetDirectory
        case drain
        case formatType
        case triggerID = "triggerId"
    }

    package init(
        targetDirectory: String? = nil,
        drain: Bool? = nil,
        formatType: String? = nil,
        triggerID: String? = nil
    ) {
        self.targetDirectory = targetDirectory
        self.drain = drain
        self.formatType = formatType
        self.triggerID = triggerID
    }
}

/// A request that was taken and goes on (Flink's TriggerResponse).
package struct TriggerResponse: Codable, Hashable, Sendable {
    /// What to ask for its outcome with: 32 hexadecimal digits.
    package var requestID: String

    private enum CodingKeys: String, CodingKey {
        case requestID = "request-id"
    }

    package init(
        requestID: String
    ) {
        self.requestID = requestID
    }
}
