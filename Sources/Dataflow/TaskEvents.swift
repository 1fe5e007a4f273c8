package import Checkpoints
package import Connectors
package import Core
package import KeyedState

/// What the threads of a job's slots tell the job manager.
package enum TaskEvent: Sendable, Codable {
    /// A slot has built its operators and restored their state.
    case slotRunning(slot: Int)
    /// A reader has nothing to read and wants a split.
    case splitRequested(node: Int, subtask: Int)
    /// A reader has read a split to its end.
    case splitFinished(node: Int, subtask: Int, split: FinishedSplit)
    /// A reader has read all that it will ever be given.
    case readerFinished(node: Int, subtask: Int)
    /// A source thread has injected the barrier of a checkpoint.
    case sourceSnapshot(
        node: Int,
        subtask: Int,
        checkpoint: CheckpointID,
        snapshot: ReaderSnapshot
    )
    /// A stage's part of a checkpoint is durable.
    case stageSnapshot(stage: Int, slot: Int, checkpoint: CheckpointID, states: [StoredNodeState])
    /// A sink has prepared an epoch; what all epochs hold that are prepared and not committed is
    /// durable, in the order to commit it in.
    case sinkSnapshot(
        node: Int,
        subtask: Int,
        checkpoint: CheckpointID,
        committables: [FileReference]
    )
    /// A sink has committed everything up to a checkpoint.
    case sinkCommitted(node: Int, subtask: Int, checkpoint: CheckpointID)
    /// A reader cannot take part in a checkpoint now; the job goes on.
    case checkpointDeclined(checkpoint: CheckpointID, reason: String)
    /// A part of a checkpoint could not be made durable; the job goes on.
    case checkpointFailed(checkpoint: CheckpointID, reason: String)
    /// Changed state could not be written to disk; it stays in memory, and is tried again.
    case persistFailed(slot: Int, reason: String)
    /// A connector has something to say.
    case report(node: Int, subtask: Int, report: ConnectorReport)
    /// A thread has failed; the job does.
    case failed(WrappedFailure)
}

/// A reader's part of a checkpoint.
package struct ReaderSnapshot: Hashable, Sendable, Codable {
    /// The splits that the reader holds, with the position behind everything sent.
    package let held: [SourceSplit]
    /// The splits that the reader finished since the last completed checkpoint.
    package let finished: [FinishedSplit]

    package init(held: [SourceSplit], finished: [FinishedSplit]) {
        self.held = held
        self.finished = finished
    }
}

/// The state of one operator in one slot, made durable for a checkpoint.
package struct StoredNodeState: Hashable, Sendable, Codable {
    package let node: Int
    package let declarations: [StateDeclaration]
    package let part: OperatorSnapshot.Part
    /// How many bytes of tables this checkpoint had to upload.
    package let newBytes: Int64

    package init(
        node: Int,
        declarations: [StateDeclaration],
        part: OperatorSnapshot.Part,
        newBytes: Int64
    ) {
        self.node = node
        self.declarations = declarations
        self.part = part
        self.newBytes = newBytes
    }
}
