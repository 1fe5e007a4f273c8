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
    /// Where checkpoints go.
    package let store: any ObjectStore
    /// Opens the stores of savepoints.
    package let stores: any StoreOpening
    package let layout: CheckpointLayout

    package init(
        connectors: ConnectorRegistry,
        time: any TimeSource,
        folder: String,
        stateBytesPerSlot: Int,
        blockCache: BlockCache,
        store: any ObjectStore,
        stores: any StoreOpening,
        layout: CheckpointLayout
    ) {
        self.connectors = connectors
        self.time = time
        self.folder = folder
        self.stateBytesPerSlot = stateBytesPerSlot
        self.blockCache = blockCache
        self.store = store
        self.stores = stores
        self.layout = layout
    }

    /// The same with stores whose calls end once something is cancelled.
    func cancelled(by cancellation: Cancellation) -> TaskEnvironment {
        TaskEnvironment(
            connectors: connectors,
            time: time,
            folder: folder,
            stateBytesPerSlot: stateBytesPerSlot,
            blockCache: blockCache,
            store: store.cancelled(by: cancellation),
            stores: CancellableStores(stores: stores, cancellation: cancellation),
            layout: layout
        )
    }
}
