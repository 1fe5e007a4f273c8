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

    /// Takes note of what a manifest lacks when it appears.
    func noteBirth(_ key: String) {
        guard key.hasSuffix("/" + CheckpointLayout.manifestName) else { return }
        do {
            let found = try CheckpointReader(store: store.objects).read(key)
            defectsAtBirth[key] = defects(found.manifest, found.base)
        } catch {
            defectsAtBirth[key] = ["\(error)"]
        }
    }

    /// A checkpoint is about to complete: every file that it names was there when it appeared and
    /// is there now, for all key groups.
    ///
    /// A leader that slept behind the write may find that a newer one has deleted them since.
    func checkDurable(_ manifest: CheckpointManifest, _ layout: CheckpointLayout) {
        let name = "checkpoint \(manifest.checkpointID) of \(manifest.jobID)"
        let groups = manifest.operators.flatMap(\.parts).reduce(0) { $0 + $1.keyGroups.count }
        if groups != ToyJob.keyGroups {
            simulation.violation("\(name) completes with \(groups) key groups")
        }
        let key = layout.manifestKey(manifest.checkpointID)
        var found = defectsAtBirth[key] ?? ["its manifest, which never appeared"]
        if !hasNewerLeader(manifest, layout) { found += defects(manifest, layout.jobFolder) }
        for defect in found { simulation.violation("\(name) completes without \(defect)") }
    }

    private func hasNewerLeader(
        _ manifest: CheckpointManifest,
        _ layout: CheckpointLayout
    ) -> Bool {
        let claims = (try? store.objects.list(layout.leaderFolder)) ?? []
        return claims.contains {
            (CheckpointLayout.leaderEpoch(ofKey: $0.key) ?? 0) > manifest.leaderEpoch
        }
    }

    private func defects(_ manifest: CheckpointManifest, _ base: String) -> [String] {
        manifest.files.compactMap { file in
            do {
                let bytes = try store.objects.get(base + file.key)
                let part = bytes[Int(file.offset)..<Int(file.offset + file.bytes)]
                let isSame = Checksum.of(Array(part).span) == file.checksum
                return isSame ? nil : "an unchanged \(file.key)"
            } catch {
                return "\(file.key): \(error)"
            }
        }
    }
}
