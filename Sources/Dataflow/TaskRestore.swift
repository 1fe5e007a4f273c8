package import Checkpoints
package import Connectors
package import Core
import JobGraph
package import ObjectStore

/// What the slots of a job start from.
package struct TaskRestore: Sendable {
    package let found: CheckpointReader.Found
    /// Where its files are.
    package let store: any ObjectStore
    /// For each sink, by uid, what its writers had prepared, in the order to commit it in.
    package let committables: [OperatorUID: [Committable]]

    /// Reads what a checkpoint or savepoint holds beside keyed state; blocks.
    ///
    /// - Parameters:
    ///   - point: the checkpoint or savepoint.
    ///   - environment: what the slots may use.
    ///   - withCommittables: whether a sink here takes over what the former ones had prepared.
    /// - Throws: when its manifest or the files of its sinks cannot be read, or are damaged.
    package init(
        _ point: RestorePoint,
        _ environment: TaskEnvironment,
        withCommittables: Bool
    ) throws(CheckpointError) {
        do throws(ObjectStoreError) {
            store =
                try point.location.map { location throws(ObjectStoreError) in
                    try environment.stores.open(location)
                } ?? environment.store
        } catch {
            throw CheckpointError(
                .failed,
                "the checkpoint '\(point.manifest)' cannot be opened",
                cause: error
            )
        }
        let reader = CheckpointReader(store: store)
        do throws(CheckpointError) {
            found = try reader.read(point.manifest)
        } catch {
            throw error.inUse
        }
        var committables: [OperatorUID: [Committable]] = [:]
        for sink in found.manifest.sinks where withCommittables {
            committables[sink.uid] =
                try reader.contents(sink.committables.map(\.file), of: found)
                .map { Committable(bytes: $0) }
        }
        self.committables = committables
    }
}
