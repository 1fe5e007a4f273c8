package import ObjectStore

/// Deletes all checkpoints of a job that has ended for good; safe to stop and to run again.
///
/// Savepoints stay: they belong to whoever asked for them. So do the claims of leaders, a few empty
/// objects: one that was deposed and does not know it yet would find itself alone without them, and
/// commit.
package struct CheckpointDisposal: Sendable {
    private let store: any ObjectStore
    private let layout: CheckpointLayout

    /// - Parameters:
    ///   - store: where the checkpoints are.
    ///   - layout: the names of the job's objects.
    package init(store: any ObjectStore, layout: CheckpointLayout) {
        self.store = store
        self.layout = layout
    }

    /// Deletes manifests first: without them the rest is no checkpoint, whatever happens.
    ///
    /// - Returns: how many checkpoints there were.
    /// - Throws: when the store fails; it may then be called again.
    package func run() throws(CheckpointError) -> Int {
        do {
            let keys = try store.list(layout.jobFolder).map(\.key)
            var manifests: [String] = []
            var files: [String] = []
            for key in keys {
                if let id = layout.checkpoint(ofKey: key) {
                    if key == layout.manifestKey(id) {
                        manifests.append(key)
                    } else {
                        files.append(key)
                    }
                } else if key.hasPrefix(layout.sharedFolder) {
                    files.append(key)
                }
            }
            if !manifests.isEmpty { try store.delete(manifests) }
            if !files.isEmpty { try store.delete(files) }
            return manifests.count
        } catch {
            throw CheckpointError("the checkpoints cannot be deleted", error)
        }
    }
}
