/// How `--memory` is divided.
package struct MemoryPlan: Hashable, Sendable {
    /// For the state tables of all slots.
    package let stateBytes: Int
    /// For RocksDB's blocks.
    package let blockCacheBytes: Int

    /// The rest is for batches on their way, checkpoints being written and the program itself.
    package init(_ memoryBytes: Int) {
        stateBytes = memoryBytes / 2
        blockCacheBytes = memoryBytes / 8
    }
}
