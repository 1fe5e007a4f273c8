import Connectors
import Core
import Dataflow

extension ToJobManager {
    /// What is sent instead of a message that is too large; nil when there is nothing to say.
    ///
    /// Only the job that it is about fails, since all jobs share the connection. It would be as large
    /// again, so that it is not for a restart to heal.
    package func replacement(byteCount: Int, byteCountMax: Int) -> ToJobManager? {
        switch self {
        case .event(let deployment, let event):
            if let shorter = event.shortened {
                return .event(deployment: deployment, shorter)
            }
            return .event(
                deployment: deployment,
                .failed(
                    WrappedFailure(
                        blame: .user,
                        message: """
                            What a task has to tell the job manager, \(event.subject), takes up \
                            \(byteCount) bytes, and a message has at most \(byteCountMax). A higher \
                            parallelism makes it smaller.
                            """
                    )
                )
            )
        case .heartbeat(let report):
            // It says that the task manager is there, if not what it does.
            return .heartbeat(
                TaskManagerReport(
                    slots: [],
                    residentBytes: report.residentBytes,
                    cpuMicroseconds: report.cpuMicroseconds
                )
            )
        case .log(let request, _): return .log(request: request, lines: [])
        case .leaving(let reason): return .leaving(reason: reason.shortened)
        case .register, .deployed, .stopped: return nil
        }
    }
}

extension String {
    fileprivate var shortened: String { prefix(MessageLimits.cutCharactersMax) + "…" }
}

extension TaskEvent {
    /// The same with less to say; nil for one that is more than a text.
    fileprivate var shortened: TaskEvent? {
        switch self {
        case .checkpointDeclined(let checkpoint, let reason):
            .checkpointDeclined(checkpoint: checkpoint, reason: reason.shortened)
        case .checkpointFailed(let checkpoint, let reason):
            .checkpointFailed(checkpoint: checkpoint, reason: reason.shortened)
        case .persistFailed(let slot, let reason):
            .persistFailed(slot: slot, reason: reason.shortened)
        case .report(let node, let subtask, let report):
            .report(
                node: node,
                subtask: subtask,
                report: ConnectorReport(report.level, report.message.shortened)
            )
        case .failed(let failure):
            .failed(
                WrappedFailure(
                    blame: failure.blame,
                    isRetryable: failure.isRetryable,
                    message: failure.message.shortened
                )
            )
        case .slotRunning, .splitRequested, .splitFinished, .readerFinished, .sourceSnapshot,
            .stageSnapshot, .sinkSnapshot, .sinkCommitted:
            nil
        }
    }

    /// What it is about, as a part of a sentence.
    fileprivate var subject: String {
        switch self {
        case .slotRunning: "that a slot runs"
        case .splitRequested, .splitFinished, .readerFinished: "how far a source has read"
        case .sourceSnapshot: "the positions of a source in a checkpoint"
        case .stageSnapshot: "the files of a stage in a checkpoint"
        case .sinkSnapshot: "what a sink has prepared in a checkpoint"
        case .sinkCommitted: "what a sink has committed"
        case .checkpointDeclined, .checkpointFailed: "why a checkpoint failed"
        case .persistFailed: "why state could not be written"
        case .report: "a report of a connector"
        case .failed: "why it failed"
        }
    }
}
