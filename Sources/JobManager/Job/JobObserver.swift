package import Checkpoints
package import Connectors
package import Core

/// Who is told of what happens to a job; calls come from the coordinator's thread.
package protocol JobObserver: Sendable {
    /// An attempt begins; `checkpoint` is what it starts from.
    func attemptStarted(_ attempt: Int, from checkpoint: CheckpointID?, notes: [String])
    /// All slots run.
    func running(_ counters: JobCounters)
    func checkpointTriggered(_ checkpoint: CheckpointID, isSavepoint: Bool)
    func checkpointCompleted(
        _ checkpoint: CheckpointID,
        microseconds: Int64,
        _ stats: CheckpointStats
    )
    func checkpointGivenUp(_ checkpoint: CheckpointID, reason: String)
    func savepointCompleted(
        _ request: SavepointRequest,
        checkpoint: CheckpointID,
        path: RestorePoint,
        microseconds: Int64
    )
    func savepointFailed(_ request: SavepointRequest, reason: String)
    /// The job failed and starts again after the pause.
    func restarting(_ failure: WrappedFailure, afterMicroseconds: Int64)
    /// The number of slots of the next attempt.
    func rescaled(_ parallelism: Int)
    func rescaleFailed(_ failure: WrappedFailure)
    func ended(_ outcome: JobOutcome)
    func report(_ report: ConnectorReport, from node: String)
}

extension JobObserver {
    package func checkpointTriggered(_: CheckpointID, isSavepoint _: Bool) {}
    package func savepointCompleted(
        _: SavepointRequest,
        checkpoint _: CheckpointID,
        path _: RestorePoint,
        microseconds _: Int64
    ) {}
    package func savepointFailed(_: SavepointRequest, reason _: String) {}
    package func rescaled(_: Int) {}
    package func rescaleFailed(_: WrappedFailure) {}
    package func ended(_: JobOutcome) {}
}
