/// How far a checkpoint has come.
package enum CheckpointStatus: String, Codable, Hashable, Sendable, CaseIterable {
    case inProgress = "IN_PROGRESS"
    case completed = "COMPLETED"
    case failed = "FAILED"

    /// Flink's word for an entry of this status.
    package enum ClassName: String, Codable, Hashable, Sendable, CaseIterable {
        case inProgress = "in_progress"
        case completed
        case failed
    }

    /// The word for an entry of this status.
    package var className: ClassName {
        switch self {
        case .inProgress: .inProgress
        case .completed: .completed
        case .failed: .failed
        }
    }
}

/// What a checkpoint was taken for.
package enum CheckpointType: String, Codable, Hashable, Sendable, CaseIterable {
    case checkpoint = "CHECKPOINT"
    case unaligned = "UNALIGNED_CHECKPOINT"
    case savepoint = "SAVEPOINT"
    /// The savepoint that a job is stopped with.
    case stop = "SYNC_SAVEPOINT"
}

/// One checkpoint of a job, in progress, completed or failed (Flink's CheckpointStatistics and its
/// three subclasses).
package struct CheckpointStatistics: Codable, Hashable, Sendable {
    /// Flink's word for the kind of entry, by which its clients tell them apart.
    package var className: CheckpointStatus.ClassName
    /// The number of the checkpoint.
    package var id: UInt64
    /// How far it has come.
    package var status: CheckpointStatus
    /// Whether somebody asked for it and keeps it.
    package var isSavepoint: Bool
    /// `CANONICAL` or `NATIVE` for savepoints.
    package var savepointFormat: String?
    /// When it began, in milliseconds since 1970.
    package var triggerTimestamp: Int64
    /// When the last subtask acknowledged it; -1 before the first.
    package var latestAckTimestamp: Int64
    /// What was written for it alone.
    package var checkpointedSizeBytes: Int64
    /// What it refers to in all.
    package var stateSizeBytes: Int64
    /// From its begin to the last acknowledgement.
    package var endToEndMilliseconds: Int64
    /// Always 0, as in Flink.
    package var alignmentBuffered: Int64
    /// What was processed while channels were aligned.
    package var processedBytes: Int64
    /// Rows on their way that were stored: always 0 here.
    package var persistedBytes: Int64
    /// How many subtasks take part.
    package var subtasks: Int
    /// How many have acknowledged it.
    package var acknowledgedSubtasks: Int
    /// What it was taken for.
    package var checkpointType: CheckpointType
    /// Empty: details by vertex are not kept.
    package var tasks: [String: String]
    /// Where it lies, once completed.
    package var externalPath: String?
    /// Whether it was deleted, once completed.
    package var discarded: Bool?
    /// When it was given up.
    package var failureTimestamp: Int64?
    /// Why it was given up.
    package var failureMessage: String?

    private enum CodingKeys: String, CodingKey {
        case className
        case id
        case status
        case isSavepoint = "is_savepoint"
        case savepointFormat
        case triggerTimestamp = "trigger_timestamp"
        case latestAckTimestamp = "latest_ack_timestamp"
        case checkpointedSizeBytes = "checkpointed_size"
        case stateSizeBytes = "state_size"
        case endToEndMilliseconds = "end_to_end_duration"
        case alignmentBuffered = "alignment_buffered"
        case processedBytes = "processed_data"
        case persistedBytes = "persisted_data"
        case subtasks = "num_subtasks"
        case acknowledgedSubtasks = "num_acknowledged_subtasks"
        case checkpointType = "checkpoint_type"
        case tasks
        case externalPath = "external_path"
        case discarded
        case failureTimestamp = "failure_timestamp"
        case failureMessage = "failure_message"
    }

    package init(
        className: CheckpointStatus.ClassName,
        id: UInt64,
        status: CheckpointStatus,
        isSavepoint: Bool,
        savepointFormat: String? = nil,
        triggerTimestamp: Int64,
        latestAckTimestamp: Int64,
        checkpointedSizeBytes: Int64,
        stateSizeBytes: Int64,
        endToEndMilliseconds: Int64,
        alignmentBuffered: Int64 = 0,
        processedBytes: Int64 = 0,
        persistedBytes: Int64 = 0,
        subtasks: Int,
        acknowledgedSubtasks: Int,
        checkpointType: CheckpointType,
        tasks: [String: String] = [:],
        externalPath: String? = nil,
        discarded: Bool? = nil,
        failureTimestamp: Int64? = nil,
        failureMessage: String? = nil
    ) {
        self.className = className
        self.id = id
        self.status = status
        self.isSavepoint = isSavepoint
        self.savepointFormat = savepointFormat
        self.triggerTimestamp = triggerTimestamp
        self.latestAckTimestamp = latestAckTimestamp
        self.checkpointedSizeBytes = checkpointedSizeBytes
        self.stateSizeBytes = stateSizeBytes
        self.endToEndMilliseconds = endToEndMilliseconds
        self.alignmentBuffered = alignmentBuffered
        self.processedBytes = processedBytes
        self.persistedBytes = persistedBytes
        self.subtasks = subtasks
        self.acknowledgedSubtasks = acknowledgedSubtasks
        self.checkpointType = checkpointType
        self.tasks = tasks
        self.externalPath = externalPath
        self.discarded = discarded
        self.failureTimestamp = failureTimestamp
        self.failureMessage = failureMessage
    }
}
