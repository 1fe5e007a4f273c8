import Checkpoints
import Connectors
import Core
import ObjectStore

/// Makes what a sink has prepared durable, as part of a checkpoint: one object for each writer and
/// checkpoint.
struct CommittableStore: Sendable {
    let store: any ObjectStore
    let stores: any StoreOpening
    let layout: CheckpointLayout
    let leaderEpoch: UInt64
    /// Tells the objects of all subtasks of all stages and sinks of a checkpoint apart.
    let number: Int

    /// Writes everything that is prepared and not committed.
    ///
    /// - Parameters:
    ///   - prepared: the epochs, in order.
    ///   - barrier: says for which checkpoint, and where to.
    /// - Returns: where each committable is, in the order to commit them in.
    /// - Throws: when it cannot be written; the next checkpoint may try again.
    func write(
        _ prepared: [PreparedEpoch],
        for barrier: Barrier
    ) throws(ObjectStoreError) -> [FileReference] {
        var pack = PackedFile()
        for epoch in prepared {
            for committable in epoch.committables {
                _ = pack.add(name: "epoch-\(epoch.epoch)", committable.bytes)
            }
        }
        let target = barrier.target
        var destination = store
        if let location = barrier.savepoint?.location { destination = try stores.open(location) }
        return try pack.write(
            to: destination,
            base: target.base(layout),
            key: target.packedKey(leaderEpoch: leaderEpoch, subtask: number)
        )
    }
}

/// What a sink has prepared for one epoch.
struct PreparedEpoch: Sendable {
    let epoch: CheckpointID
    let committables: [Committable]
}
