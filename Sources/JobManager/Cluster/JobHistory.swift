import Checkpoints
import ClusterMessages
package import Connectors
package import Core
import ManagementAPI
import Synchronization

/// What has happened to a job, for people; bounded.
package struct JobHistory: Sendable {
    /// A checkpoint or savepoint, under way or over.
    package struct Checkpoint: Sendable {
        /// How it stands.
        package enum Status: String, Sendable {
            case inProgress = "IN_PROGRESS"
            case completed = "COMPLETED"
            case failed = "FAILED"
        }

        package let id: CheckpointID
        package let isSavepoint: Bool
        package let triggeredMicroseconds: Int64
        package internal(set) var status = Status.inProgress
        package internal(set) var durationMicroseconds: Int64 = 0
        package internal(set) var stateBytes: Int64 = 0
        /// What of it was uploaded for this checkpoint.
        package internal(set) var newBytes: Int64 = 0
        /// Where it can be restored from, once it is complete.
        package internal(set) var path: String?
        package internal(set) var failure: String?
        /// Whether its files were deleted when the job had ended.
        package internal(set) var isDiscarded = false
    }

    /// A failure that ended an attempt.
    package struct Failure: Sendable {
        package let atMicroseconds: Int64
        package let failure: WrappedFailure
    }

    /// Something that was said of the job.
    package struct Note: Sendable {
        package let atMicroseconds: Int64
        package let level: ConnectorReport.Level
        package let text: String
        /// The operator that said it.
        package let source: String
    }

    /// How a savepoint that somebody asked for went; by the id of the request.
    package enum Savepoint: Sendable {
        case inProgress
        case completed(path: String)
        case failed(String)
    }

    /// The savepoint that a job is about to end with.
    struct EndingSavepoint: Sendable {
        let request: SavepointRequest
        /// Its folder.
        let path: String

        /// What whoever asked for it is told when the job has ended.
        func result(of outcome: JobOutcome?) -> Savepoint {
            let cause: String
            switch outcome {
            case .finished: return .completed(path: path)
            case .cancelled, nil: cause = "the job was cancelled."
            case .failed(let failure): cause = "the job failed. \(failure.message)"
            }
            return .failed(
                "A savepoint has been created at \(path), but sinks may not have committed it: "
                    + cause
            )
        }
    }

    package internal(set) var checkpoints: [Checkpoint] = []
    package internal(set) var completedCheckpoints = 0
    package internal(set) var failedCheckpoints = 0
    package internal(set) var restored: (checkpoint: CheckpointID, atMicroseconds: Int64)?
    package internal(set) var failures: [Failure] = []
    package internal(set) var notes: [Note] = []
    package internal(set) var savepoints: [String: Savepoint] = [:]
    package internal(set) var attemptMicroseconds: Int64 = 0
    package internal(set) var runningMicroseconds: Int64?
    package internal(set) var counters: JobCounters?
    package internal(set) var rescaleFailure: WrappedFailure?
    var endingSavepoint: EndingSavepoint?
    /// How the job has ended, until the registry holds it.
    var outcome: JobOutcome?

    package init() {}
}

/// Writes a job's history; told on the cluster's thread, read from any.
final class JobHistorian: JobObserver {
    private let state = Mutex(JobHistory())
    private let seen = Mutex(JobTimes())
    private let time: any TimeSource
    /// The location of the checkpoints, with the job's folder.
    private let root: String
    private let say: @Sendable (_ level: ProgramLogLevel, _ text: String) -> Void

    init(
        _ time: any TimeSource,
        root: String,
        say: @escaping @Sendable (_ level: ProgramLogLevel, _ text: String) -> Void
    ) {
        self.time = time
        self.root = root
        self.say = say
    }

    var history: JobHistory { state.withLock { $0 } }

    /// How long the job was in which state; for a job of a cluster.
    var times: JobTimes { seen.withLock { $0 } }

    /// The job is in that state now.
    func saw(_ status: JobStatus, at now: Int64) {
        seen.withLock { $0.note(status, at: now) }
    }

    /// Notes that a savepoint was asked for.
    func asked(_ request: SavepointRequest) {
        state.withLock { state in
            state.savepoints[request.place.id] = .inProgress
        }
    }

    func attemptStarted(_ attempt: Int, from checkpoint: CheckpointID?, notes: [String]) {
        let now = time.nowMicroseconds
        state.withLock { state in
            state.attemptMicroseconds = now
            state.runningMicroseconds = nil
            if let checkpoint { state.restored = (checkpoint, now) }
        }
        for note in notes { report(.init(.warning, note), from: "checkpoints") }
        let origin = checkpoint.map { "from checkpoint \($0)" } ?? "without earlier state"
        say(.info, "Attempt \(attempt) starts \(origin).")
    }

    func running(_ counters: JobCounters) {
        let now = time.nowMicroseconds
        state.withLock { state in
            state.counters = counters
            state.runningMicroseconds = now
        }
        say(.info, "The job is running.")
    }

    func checkpointTriggered(_ checkpoint: CheckpointID, isSavepoint: Bool) {
        let now = time.nowMicroseconds
        state.withLock { state in
            state.checkpoints.append(
                JobHistory.Checkpoint(
                    id: checkpoint,
                    isSavepoint: isSavepoint,
                    triggeredMicroseconds: now
                )
            )
            if state.checkpoints.count > HistoryLimits.checkpoints {
                state.checkpoints.removeFirst()
            }
        }
    }

    func checkpointCompleted(
        _ checkpoint: CheckpointID,
        microseconds: Int64,
        _ stats: CheckpointStats
    ) {
        let path = "\(root)/chk-\(checkpoint)"
        update(checkpoint) { entry in
            entry.status = .completed
            entry.durationMicroseconds = microseconds
            entry.stateBytes = stats.stateBytes
            entry.newBytes = stats.newBytes
            entry.path = entry.path ?? path
        }
        state.withLock { $0.completedCheckpoints += 1 }
    }

    func checkpointGivenUp(_ checkpoint: CheckpointID, reason: String) {
        update(checkpoint) { entry in
            entry.status = .failed
            entry.failure = reason
        }
        state.withLock { $0.failedCheckpoints += 1 }
        say(.warning, "Checkpoint \(checkpoint) was given up, the job goes on: \(reason)")
    }

    /// All checkpoints of the job were deleted; savepoints were not.
    func checkpointsDiscarded() {
        state.withLock { state in
            for index in state.checkpoints.indices where !state.checkpoints[index].isSavepoint {
                state.checkpoints[index].isDiscarded = true
            }
        }
    }

    func savepointCompleted(
        _ request: SavepointRequest,
        checkpoint: CheckpointID,
        path: RestorePoint,
        microseconds: Int64
    ) {
        let folder =
            path.path.hasSuffix("/\(CheckpointLayout.manifestName)")
            ? String(path.path.dropLast(CheckpointLayout.manifestName.count + 1)) : path.path
        update(checkpoint) { entry in
            entry.status = .completed
            entry.durationMicroseconds = microseconds
            entry.path = folder
        }
        state.withLock { state in
            if request.ending == .goesOn {
                state.savepoints[request.place.id] = .completed(path: folder)
            } else {
                // Whoever waits is told when everything is committed and the job has ended.
                state.endingSavepoint = .init(request: request, path: folder)
            }
        }
        say(.info, "Savepoint \(checkpoint) is complete: \(folder)")
    }

    func savepointFailed(_ request: SavepointRequest, reason: String) {
        state.withLock { $0.savepoints[request.place.id] = .failed(reason) }
        say(.warning, "The savepoint '\(request.place.id)' failed: \(reason)")
    }

    func forgetRescaleFailure() {
        state.withLock { $0.rescaleFailure = nil }
    }

    func restarting(_ failure: WrappedFailure, afterMicroseconds: Int64) {
        note(failure)
        state.withLock { state in
            // A job that was drained only commits and ends in its next attempt.
            guard let ending = state.endingSavepoint, ending.request.ending == .stops else {
                return
            }
            state.endingSavepoint = nil
            state.savepoints[ending.request.place.id] = .failed(
                "A savepoint has been created at \(ending.path), but the job did not end with it: "
                    + "it goes on from there. \(failure.message)"
            )
        }
        let pause = DurationText.short(microseconds: afterMicroseconds)
        say(
            .warning,
            "The job failed and starts again from its last checkpoint in \(pause): "
                + failure.message
        )
    }

    func rescaled(_ parallelism: Int) {
        state.withLock { $0.rescaleFailure = nil }
        say(.info, "The job goes on with parallelism \(parallelism).")
    }

    func rescaleFailed(_ failure: WrappedFailure) {
        state.withLock { $0.rescaleFailure = failure }
        say(.warning, "The job was not rescaled: \(failure.message)")
    }

    /// Nobody is told before `endIsOnRecord`: the next leader might run the job again.
    func ended(_ outcome: JobOutcome) {
        if case .failed(let failure) = outcome { note(failure) }
        state.withLock { $0.outcome = outcome }
    }

    /// The registry holds that the job has ended.
    func endIsOnRecord() {
        let outcome = state.withLock { state in
            if let ending = state.endingSavepoint {
                state.endingSavepoint = nil
                state.savepoints[ending.request.place.id] = ending.result(of: state.outcome)
            }
            defer { state.outcome = nil }
            return state.outcome
        }
        switch outcome {
        case .finished: say(.info, "The job has finished.")
        case .cancelled: say(.info, "The job was cancelled.")
        case .failed(let failure): say(.error, "The job failed: \(failure.message)")
        case nil: break
        }
    }

    func report(_ report: ConnectorReport, from node: String) {
        let now = time.nowMicroseconds
        state.withLock { state in
            state.notes.append(
                JobHistory.Note(
                    atMicroseconds: now,
                    level: report.level,
                    text: report.message,
                    source: node
                )
            )
            if state.notes.count > HistoryLimits.notes { state.notes.removeFirst() }
        }
        say(report.level == .warning ? .warning : .info, "\(report.message) [\(node)]")
    }

    private func note(_ failure: WrappedFailure) {
        let now = time.nowMicroseconds
        state.withLock { state in
            state.failures.append(JobHistory.Failure(atMicroseconds: now, failure: failure))
            if state.failures.count > HistoryLimits.failures { state.failures.removeFirst() }
            // What was under way is over with its attempt.
            for index in state.checkpoints.indices
            where state.checkpoints[index].status == .inProgress {
                state.checkpoints[index].status = .failed
                state.checkpoints[index].failure = "the attempt ended"
            }
        }
    }

    private func update(_ id: CheckpointID, _ change: (inout JobHistory.Checkpoint) -> Void) {
        state.withLock { state in
            guard let index = state.checkpoints.lastIndex(where: { $0.id == id }) else { return }
            change(&state.checkpoints[index])
        }
    }
}

/// How much is remembered of a job.
enum HistoryLimits {
    static let checkpoints = 100
    static let failures = 32
    static let notes = 200
}
