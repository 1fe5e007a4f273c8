package import Columnar
package import Core

/// What a slot thread is told; everything that changes a running slot arrives this way.
package enum SlotMail: Sendable {
    /// The next element of a channel; `output` tells the outputs of a shared source apart.
    case element(ChannelAddress, output: Int, StreamElement)
    /// A receiver has taken batches that this slot sent over an edge.
    case credit(edge: Int, receiver: Int, batches: Int)
    /// A sink has taken batches of a node.
    case sinkCredit(node: Int, batches: Int)
    /// Something that held the slot back may be over.
    case wake
    case stop
}

/// What a sink thread is told.
package enum SinkMail: Sendable {
    case batch(RecordBatch)
    case barrier(Barrier)
    /// A checkpoint is complete: everything prepared up to it may become visible.
    case commit(CheckpointID)
    case stop
}

/// The slots of a job that other processes run.
package protocol RemoteSlots: Sendable {
    /// Delivers an element or credit to a slot elsewhere, in order; never blocks.
    func send(_ mail: SlotMail, toSlot slot: Int)
}

/// How a slot reaches the other slots of its job, in this process or elsewhere.
package protocol SlotRouter: Sendable {
    /// Delivers mail to a slot, in order; never blocks.
    func send(_ mail: SlotMail, toSlot slot: Int)
    /// Gives a source thread of this slot room for more batches.
    func creditSource(node: Int, slot: Int, batches: Int)
    /// Delivers mail to a sink thread of this slot.
    func send(_ mail: SinkMail, toSink node: Int, slot: Int)
}
