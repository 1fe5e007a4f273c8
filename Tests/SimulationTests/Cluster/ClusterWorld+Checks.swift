import Checkpoints
import Core
import JobManager
import ObjectStore

extension ClusterWorld {
    /// The store as a leader sees it; a sabotaged one does not see the claims of newer leaders.
    func fenced(_ store: SimulatedStore, _ epoch: UInt64) -> any ObjectStore {
        guard sabotage == .ignoresTheEpoch else { return store }
        return BlindStore(store: store, epoch: epoch)
    }

    /// A checkpoint is about to complete: every file that it names is there, for all key groups.
    func checkDurable(_ manifest: CheckpointManifest, _ layout: CheckpointLayout) {
        let name = "checkpoint \(manifest.checkpointID) of \(manifest.jobID)"
        let groups = manifest.operators.flatMap(\.parts).reduce(0) { $0 + $1.keyGroups.count }
        if groups != ToyJob.keyGroups {
            simulation.violation("\(name) completes with \(groups) key groups")
        }
        for file in manifest.files {
            do {
                let bytes = try store.objects.get(layout.jobFolder + file.key)
                let part = bytes[Int(file.offset)..<Int(file.offset + file.bytes)]
                if Checksum.of(Array(part).span) != file.checksum {
                    simulation.violation("\(name) completes with a changed \(file.key)")
                }
            } catch {
                simulation.violation("\(name) completes without \(file.key): \(error)")
            }
        }
    }
}
