package import Columnar
package import Core

/// What travels through a channel, in order.
package enum StreamElement: Sendable {
    case batch(RecordBatch)
    case watermark(WatermarkMilliseconds)
    /// The channel holds back event time no longer, until its next watermark.
    case idle
    case barrier(Barrier)
}

/// The border between two epochs.
package struct Barrier: Hashable, Sendable {
    package let checkpoint: CheckpointID
    /// Whether the job ends with this checkpoint: operators finish before it is taken.
    package let isFinal: Bool

    package init(checkpoint: CheckpointID, isFinal: Bool) {
        self.checkpoint = checkpoint
        self.isFinal = isFinal
    }
}

/// One channel into a stage of one slot: an edge between stages and the subtask that sends.
package struct ChannelAddress: Hashable, Sendable {
    /// A position in `StagePlan.edges`.
    package let edge: Int
    package let sender: Int

    package init(edge: Int, sender: Int) {
        self.edge = edge
        self.sender = sender
    }
}
