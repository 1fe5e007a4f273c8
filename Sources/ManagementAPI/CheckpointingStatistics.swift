/// The checkpoints of a job: `GET /jobs/:jobid/checkpoints` (Flink's CheckpointingStatistics).
package struct CheckpointingStatistics: Codable, Hashable, Sendable {
    /// How many there were.
    package var counts: CheckpointCounts
    /// How large and long they were.
    package var summary: CheckpointSummary
    /// The last of each kind.
    package var latest: LatestCheckpoints
    /// The last ones, newest first.
    package var history: [CheckpointStatistics]

    package init(
        counts: CheckpointCounts,
        summary: CheckpointSummary,
        latest: LatestCheckpoints,
        history: [CheckpointStatistics]
    ) {
        self.counts = counts
        self.summary = summary
        self.latest = latest
        self.history = history
    }
}

/// How many checkpoints a job has had.
package struct CheckpointCounts: Codable, Hashable, Sendable {
    /// How often the job started from one.
    package var restored: Int64
    /// All that were begun.
    package var total: Int64
    /// Those under way.
    package var inProgress: Int
    /// Those that exist or did.
    package var completed: Int64
    /// Those given up.
    package var failed: Int64

    private enum CodingKeys: String, CodingKey {
        case restored
        case total
        case inProgress = "in_progress"
        case completed
        case failed
    }

    package init(
        restored: Int64 = 0,
        total: Int64 = 0,
        inProgress: Int = 0,
        completed: Int64 = 0,
        failed: Int64 = 0
    ) {
        self.restored = restored
        self.total = total
        self.inProgress = inProgress
        self.completed = completed
        self.failed = failed
    }
}

/// How large and long the completed checkpoints of a job were.
package struct CheckpointSummary: Codable, Hashable, Sendable {
    /// What was written for each alone.
    package var checkpointedSizeBytes: StatisticsSummary
    /// What each refers to in all.
    package var stateSizeBytes: StatisticsSummary
    /// From the begin to the last acknowledgement.
    package var endToEndMilliseconds: StatisticsSummary
    /// Always 0, as in Flink.
    package var alignmentBuffered: StatisticsSummary
    /// What was processed while channels were aligned.
    package var processedBytes: StatisticsSummary
    /// Rows on their way that were stored.
    package var persistedBytes: StatisticsSummary

    private enum CodingKeys: String, CodingKey {
        case checkpointedSizeBytes = "checkpointed_size"
        case stateSizeBytes = "state_size"
        case endToEndMilliseconds = "end_to_end_duration"
        case alignmentBuffered = "alignment_buffered"
        case processedBytes = "processed_data"
        case persistedBytes = "persisted_data"
    }

    package init(
        checkpointedSizeBytes: StatisticsSummary = StatisticsSummary([]),
        stateSizeBytes: StatisticsSummary = StatisticsSummary([]),
        endToEndMilliseconds: StatisticsSummary = StatisticsSummary([]),
        alignmentBuffered: StatisticsSummary = StatisticsSummary([]),
        processedBytes: StatisticsSummary = StatisticsSummary([]),
        persistedBytes: StatisticsSummary = StatisticsSummary([])
    ) {
        self.checkpointedSizeBytes = checkpointedSizeBytes
        self.stateSizeBytes = stateSizeBytes
        self.endToEndMilliseconds = endToEndMilliseconds
        self.alignmentBuffered = alignmentBuffered
        self.processedBytes = processedBytes
        self.persistedBytes = persistedBytes
    }
}

/// The last checkpoint of each kind; null where there was none.
package struct LatestCheckpoints: Codable, Hashable, Sendable {
    /// The last that is complete and no savepoint.
    package var completed: CheckpointStatistics?
    /// The last complete savepoint.
    package var savepoint: CheckpointStatistics?
    /// The last that was given up.
    package var failed: CheckpointStatistics?
    /// The one that the running attempt started from.
    package var restored: RestoredCheckpoint?

    private enum CodingKeys: String, CodingKey {
        case completed
        case savepoint
        case failed
        case restored
    }

    package init(
        completed: CheckpointStatistics? = nil,
        savepoint: CheckpointStatistics? = nil,
        failed: CheckpointStatistics? = nil,
        restored: RestoredCheckpoint? = nil
    ) {
        self.completed = completed
        self.savepoint = savepoint
        self.failed = failed
        self.restored = restored
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(completed, forKey: .completed)
        try container.encode(savepoint, forKey: .savepoint)
        try container.encode(failed, forKey: .failed)
        try container.encode(restored, forKey: .restored)
    }
}

/// The checkpoint that an attempt started from.
package struct RestoredCheckpoint: Codable, Hashable, Sendable {
    /// The number of the checkpoint.
    package var id: UInt64
    /// When the attempt started.
    package var restoreTimestamp: Int64
    /// Whether it is a savepoint.
    package var isSavepoint: Bool
    /// Where it lies.
    package var externalPath: String?

    private enum CodingKeys: String, CodingKey {
        case id
        case restoreTimestamp = "restore_timestamp"
        case isSavepoint = "is_savepoint"
        case externalPath = "external_path"
    }

    package init(
        id: UInt64,
        restoreTimestamp: Int64,
        isSavepoint: Bool,
        externalPath: String? = nil
    ) {
        self.id = id
        self.restoreTimestamp = restoreTimestamp
        self.isSavepoint = isSavepoint
        self.externalPath = externalPath
    }
}
