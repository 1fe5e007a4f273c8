import Core
import ManagementAPI

// Checkpoints and failures.
extension JobView {
    var checkpoints: CheckpointingStatistics {
        let all = history.checkpoints.map(statistics)
        let done = all.filter { $0.status == .completed }
        let counts = CheckpointCounts(
            restored: history.restored == nil ? 0 : 1,
            total: Int64(history.completedCheckpoints + history.failedCheckpoints)
                + Int64(all.count { $0.status == .inProgress }),
            inProgress: all.count { $0.status == .inProgress },
            completed: Int64(history.completedCheckpoints),
            failed: Int64(history.failedCheckpoints)
        )
        return CheckpointingStatistics(
            counts: counts,
            summary: CheckpointSummary(
                checkpointedSizeBytes: StatisticsSummary(done.map(\.checkpointedSizeBytes)),
                stateSizeBytes: StatisticsSummary(done.map(\.stateSizeBytes)),
                endToEndMilliseconds: StatisticsSummary(done.map(\.endToEndMilliseconds))
            ),
            latest: LatestCheckpoints(
                completed: done.last { !$0.isSavepoint },
                savepoint: done.last { $0.isSavepoint },
                failed: all.last { $0.status == .failed },
                restored: history.restored.map {
                    RestoredCheckpoint(
                        id: $0.checkpoint,
                        restoreTimestamp: $0.atMicroseconds / 1000,
                        isSavepoint: false
                    )
                }
            ),
            history: all.reversed()
        )
    }

    private func statistics(_ entry: JobHistory.Checkpoint) -> CheckpointStatistics {
        let status: CheckpointStatus =
            switch entry.status {
            case .inProgress: .inProgress
            case .completed: .completed
            case .failed: .failed
            }
        let triggered = entry.triggeredMicroseconds / 1000
        let duration = entry.durationMicroseconds / 1000
        let subtasks = vertices.count * parallelism
        let waiting = machine?.coordinator?.waitingFor(entry.id).count ?? 0
        return CheckpointStatistics(
            className: status.className,
            id: entry.id,
            status: status,
            isSavepoint: entry.isSavepoint,
            triggerTimestamp: triggered,
            latestAckTimestamp: triggered + duration,
            checkpointedSizeBytes: entry.newBytes,
            stateSizeBytes: entry.stateBytes,
            endToEndMilliseconds: duration,
            subtasks: subtasks,
            acknowledgedSubtasks: status == .completed ? subtasks : max(0, subtasks - waiting),
            checkpointType: entry.isSavepoint ? .savepoint : .checkpoint,
            externalPath: entry.path,
            discarded: entry.status == .completed ? entry.isDiscarded : nil,
            failureTimestamp: entry.failure == nil ? nil : triggered + duration,
            failureMessage: entry.failure
        )
    }

    /// The failures, newest first.
    var exceptions: [ExceptionInfo] {
        var all = history.failures.map { entry in
            ExceptionInfo(
                name: entry.failure.blame.rawValue,
                stackTrace: entry.failure.message,
                timestamp: entry.atMicroseconds / 1000,
                failureLabels: ["blame": entry.failure.blame.rawValue]
            )
        }
        if all.isEmpty, let failure = job.record.failure {
            all.append(
                ExceptionInfo(
                    name: failure.blame.rawValue,
                    stackTrace: failure.message,
                    timestamp: endMilliseconds,
                    failureLabels: ["blame": failure.blame.rawValue]
                )
            )
        }
        return all.reversed()
    }

    /// Not measured for a vertex that does not run.
    func backPressure(_ id: String) -> VertexBackPressure? {
        guard let vertex = vertex(id), let stage = stage(id) else { return nil }
        guard !vertex.subtasks.isEmpty, times(stage, 0) != nil else {
            return VertexBackPressure(status: .deprecated)
        }
        return VertexBackPressure(
            endTimestamp: nowMilliseconds,
            subtasks: vertex.subtasks.map { subtask in
                let times = times(stage, subtask.subtask) ?? (busy: 0, backPressured: 0)
                return SubtaskBackPressure(
                    subtask: subtask.subtask,
                    attempt: subtask.attempt,
                    ratio: times.backPressured,
                    idleRatio: max(0, 1 - times.busy - times.backPressured),
                    busyRatio: times.busy
                )
            }
        )
    }
}
