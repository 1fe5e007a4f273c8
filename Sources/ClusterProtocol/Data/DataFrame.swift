package import Columnar
package import Core

/// The border between two epochs, on the wire.
package struct BarrierMark: Hashable, Sendable {
    package let checkpoint: CheckpointID
    /// Bits whose meaning the data flow defines.
    package let flags: UInt8
    /// More about the checkpoint, for example the path of a savepoint; empty as a rule.
    package let text: String

    package init(checkpoint: CheckpointID, flags: UInt8 = 0, text: String = "") {
        self.checkpoint = checkpoint
        self.flags = flags
        self.text = text
    }
}

/// What travels through a channel, in order.
package enum DataElement: Sendable {
    case batch(RecordBatch)
    case watermark(WatermarkMilliseconds)
    /// The channel holds back event time no longer, until its next watermark.
    case idle
    case barrier(BarrierMark)
    /// The receiver of the channel has taken batches and has room for as many more.
    case credit(batches: UInt32)

    package var kind: FrameKind {
        switch self {
        case .batch: .batch
        case .watermark: .watermark
        case .idle: .idle
        case .barrier: .barrier
        case .credit: .credit
        }
    }
}

/// An element, its channel and its place in it.
package struct DataFrame: Sendable {
    package let channel: ChannelID
    /// Counts the frames of a channel in one direction, from 0.
    package let sequence: UInt32
    /// Tells the outputs of a shared source apart.
    package let output: UInt8
    package let element: DataElement
    /// Whether more pieces of this batch follow.
    package let isContinued: Bool

    package init(
        channel: ChannelID,
        sequence: UInt32,
        output: UInt8,
        element: DataElement,
        isContinued: Bool = false
    ) {
        self.channel = channel
        self.sequence = sequence
        self.output = output
        self.element = element
        self.isContinued = isContinued
    }
}
