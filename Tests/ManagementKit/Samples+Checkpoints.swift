package import ManagementAPI

// The checkpoints of the samples.
extension Samples {
    package static let checkpoints = CheckpointingStatistics(
        counts: CheckpointCounts(restored: 1, total: 4, inProgress: 1, completed: 2, failed: 1),
        summary: CheckpointSummary(
            checkpointedSizeBytes: StatisticsSummary([3 << 20, 5 << 20]),
            stateSizeBytes: StatisticsSummary([40 << 20, 60 << 20]),
            endToEndMilliseconds: StatisticsSummary([110, 2400])
        ),
        latest: LatestCheckpoints(
            completed: completed,
            savepoint: nil,
            failed: failed,
            restored: RestoredCheckpoint(
                id: 9,
                restoreTimestamp: now - 7_979_000,
                isSavepoint: false,
                externalPath: "s3://state/\(jobID)/chk-9"
            )
        ),
        history: [inProgress, completed, failed]
    )

    package static let completed = checkpoint(
        12,
        .completed,
        at: now - 8000,
        acknowledged: 12,
        path: "s3://state/\(jobID)/chk-12"
    )

    package static let inProgress = checkpoint(13, .inProgress, at: now - 500, acknowledged: 7)

    package static let failed = checkpoint(
        11,
        .failed,
        at: now - 60_000,
        acknowledged: 11,
        failure: "not acknowledged within 600 s by 1 of 12 (sink-1, subtask 1)"
    )

    private static func checkpoint(
        _ id: UInt64,
        _ status: CheckpointStatus,
        at time: Int64,
        acknowledged: Int,
        path: String? = nil,
        failure: String? = nil
    ) -> CheckpointStatistics {
        CheckpointStatistics(
            className: status.className,
            id: id,
            status: status,
            isSavepoint: false,
            triggerTimestamp: time,
            latestAckTimestamp: time + 110,
            checkpointedSizeBytes: 3 << 20,
            stateSizeBytes: 40 << 20,
            endToEndMilliseconds: 110,
            subtasks: 12,
            acknowledgedSubtasks: acknowledged,
            checkpointType: .checkpoint,
            externalPath: path,
            discarded: path.map { _ in false },
            failureTimestamp: failure.map { _ in time + 600 },
            failureMessage: failure
        )
    }
}
