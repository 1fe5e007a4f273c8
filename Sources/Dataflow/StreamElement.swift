package import Checkpoints
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
package struct Barrier: Hashable, Sendable, Codable {
    package let checkpoint: CheckpointID
    /// Whether the job ends with this checkpoint: operators finish before it is taken.
    package let isFinal: Bool
    /// Whether sources send nothing behind it, since the job stops with this checkpoint.
    package let stopsSources: Bool
    /// Where the savepoint goes; nil for a checkpoint.
    package let savepoint: SavepointPlace?

    package init(
        checkpoint: CheckpointID,
        isFinal: Bool,
        stopsSources: Bool = false,
        savepoint: SavepointPlace? = nil
    ) {
        self.checkpoint = checkpoint
        self.isFinal = isFinal
        self.stopsSources = stopsSources
        self.savepoint = savepoint
    }

    /// Where the files of the checkpoint go.
    package var target: CheckpointTarget {
        guard let savepoint else { return .checkpoint(checkpoint) }
        return .savepoint(checkpoint, id: savepoint.id)
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
