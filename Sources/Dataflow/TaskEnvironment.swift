package import Checkpoints
package import Connectors
package import Core
package import KeyedState
package import ObjectStore

/// What the slots of a job get from the process that runs them.
package struct TaskEnvironment: Sendable {
    package let connectors: ConnectorRegistry
    package let time: any TimeSource
    /// A local folder of this run of the job alone: state databases and scratch space.
    package let folder: String
    /// Memory for the state tables of one slot, in bytes.
    package let stateBytesPerSlot: Int
    /// RocksDB's cache, shared by all slots.
    package let blockCache: BlockCache
    package let store: any ObjectStore
    package let layout: CheckpointLayout
    package let leaderEpoch: UInt64

    package init(
        connectors: ConnectorRegistry,
        time: any TimeSource,
        folder: String,
        stateBytesPerSlot: Int,
        blockCache: BlockCache,
        store: any ObjectStore,
        layout: CheckpointLayout,
        leaderEpoch: UInt64
    ) {
        self.connectors = connectors
        self.time = time
        self.folder = folder
        self.stateBytesPerSlot = stateBytesPerSlot
        self.blockCache = blockCache
        self.store = store
        self.layout = layout
        self.leaderEpoch = leaderEpoch
    }
}

/// What a job starts from.
package struct TaskRestore: Sendable {
    package let found: CheckpointReader.Found
    /// For each sink, by uid, what its writers had prepared.
    package let committables: [OperatorUID: [Committable]]

    package init(found: CheckpointReader.Found, committables: [OperatorUID: [Committable]]) {
        self.found = found
        self.committables = committables
    }
}
