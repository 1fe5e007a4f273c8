import Checkpoints
import Core
import Dataflow
package import KeyedState
import ObjectStore

/// What slots in this process may use.
package struct LocalSlots: Sendable {
    /// A local folder for state databases and scratch space; its content does not outlive a run.
    private let folder: String
    /// Memory for the state tables of one slot, in bytes.
    private let stateBytesPerSlot: Int
    private let blockCache: BlockCache

    package init(folder: String, stateBytesPerSlot: Int, blockCache: BlockCache) {
        self.folder = folder
        self.stateBytesPerSlot = stateBytesPerSlot
        self.blockCache = blockCache
    }

    /// What is planned for the state of so many slots.
    func stateBytes(of slots: Int) -> Int { stateBytesPerSlot * slots }

    func environment(_ resources: JobResources, _ deployment: TaskDeployment) -> TaskEnvironment {
        TaskEnvironment(
            connectors: resources.connectors,
            time: resources.time,
            folder: "\(folder)/attempt-\(deployment.attempt)",
            stateBytesPerSlot: stateBytesPerSlot,
            blockCache: blockCache,
            store: resources.store,
            stores: resources.stores,
            layout: CheckpointLayout(jobID: deployment.jobID)
        )
    }

    /// Removes what earlier attempts left.
    func clear() throws(SystemFault) {
        try LocalFiles.removeAll(folder)
    }
}
