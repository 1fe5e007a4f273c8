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
    /// - Throws: when its manifest or the files of its sinks cannot be read, or are damaged.
    package init(_ point: RestorePoint, _ environment: TaskEnvironment) throws(CheckpointError) {
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
        found = try reader.read(point.manifest)
        var committables: [OperatorUID: [Committable]] = [:]
        for sink in found.manifest.sinks {
            for committable in sink.committables {
                let bytes = try reader.content(committable.file, of: found)
                committables[sink.uid, default: []].append(Committable(bytes: bytes))
            }
        }
        self.committables = committables
    }
}
