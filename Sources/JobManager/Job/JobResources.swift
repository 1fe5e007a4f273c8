package import Checkpoints
package import Connectors
package import Core
package import ObjectStore

/// What the process that coordinates a job gives it.
package struct JobResources: Sendable {
    package let connectors: ConnectorRegistry
    /// Where checkpoints go.
    package let store: any ObjectStore
    /// Opens the stores of savepoints.
    package let stores: any StoreOpening
    package let time: any TimeSource
    /// The epoch of the leader on whose behalf the job runs; nil where there can be no other.
    package let leaderEpoch: UInt64?
    /// Remembers the savepoint that a job ends with, so that a crash before its end finds it.
    package let recordSavepoint: @Sendable (RestorePoint) throws -> Void

    package init(
        connectors: ConnectorRegistry,
        store: any ObjectStore,
        stores: any StoreOpening = FolderOpening(),
        time: any TimeSource,
        leaderEpoch: UInt64? = nil,
        recordSavepoint: @escaping @Sendable (RestorePoint) throws -> Void = { _ in }
    ) {
        self.connectors = connectors
        self.store = store
        self.stores = stores
        self.time = time
        self.leaderEpoch = leaderEpoch
        self.recordSavepoint = recordSavepoint
    }

    /// The same with stores whose calls end once something is cancelled.
    func cancelled(by cancellation: Cancellation) -> JobResources {
        JobResources(
            connectors: connectors,
            store: store.cancelled(by: cancellation),
            stores: CancellableStores(stores: stores, cancellation: cancellation),
            time: time,
            leaderEpoch: leaderEpoch,
            recordSavepoint: recordSavepoint
        )
    }
}
