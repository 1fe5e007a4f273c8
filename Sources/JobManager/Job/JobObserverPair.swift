import Checkpoints
import Connectors
import Core

/// Tells two observers the same.
struct JobObserverPair: JobObserver {
    let first: any JobObserver
    let second: any JobObserver

    private func both(_ tell: (any JobObserver) -> Void) {
        tell(first)
        tell(second)
    }

    func attemptStarted(_ attempt: Int, from checkpoint: CheckpointID?, notes: [String]) {
        both { $0.attemptStarted(attempt, from: checkpoint, notes: notes) }
    }

    func running(_ counters: JobCounters) {
        both { $0.running(counters) }
    }

    func checkpointTriggered(_ checkpoint: CheckpointID, isSavepoint: Bool) {
        both { $0.checkpointTriggered(checkpoint, isSavepoint: isSavepoint) }
    }

    func checkpointCompleted(
        _ checkpoint: CheckpointID,
        microseconds: Int64,
        _ stats: CheckpointStats
    ) {
        both { $0.checkpointCompleted(checkpoint, microseconds: microseconds, stats) }
    }

    func checkpointGivenUp(_ checkpoint: CheckpointID, reason: String) {
        both { $0.checkpointGivenUp(checkpoint, reason: reason) }
    }

    func savepointCompleted(
        _ request: SavepointRequest,
        checkpoint: CheckpointID,
        path: RestorePoint,
        microseconds: Int64
    ) {
        both {
            $0.savepointCompleted(
                request,
                checkpoint: checkpoint,
                path: path,
                microseconds: microseconds
            )
        }
    }

    func savepointFailed(_ request: SavepointRequest, reason: String) {
        both { $0.savepointFailed(request, reason: reason) }
    }

    func restarting(_ failure: WrappedFailure, afterMicroseconds pause: Int64) {
        both { $0.restarting(failure, afterMicroseconds: pause) }
    }

    func rescaled(_ parallelism: Int) {
        both { $0.rescaled(parallelism) }
    }

    func rescaleFailed(_ failure: WrappedFailure) {
        both { $0.rescaleFailed(failure) }
    }

    func ended(_ outcome: JobOutcome) {
        both { $0.ended(outcome) }
    }

    func report(_ report: ConnectorReport, from node: String) {
        both { $0.report(report, from: node) }
    }
}
