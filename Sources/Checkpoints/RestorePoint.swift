package import Core

/// The checkpoint or savepoint that a job starts from, as one process tells another.
package struct RestorePoint: Hashable, Sendable, Codable {
    /// The store; nil for that of the job's checkpoints.
    package let location: String?
    /// The key of the manifest in it.
    package let manifest: String
    /// The number of the checkpoint, where it is known without reading.
    package let checkpoint: CheckpointID?

    package init(location: String?, manifest: String, checkpoint: CheckpointID? = nil) {
        self.location = location
        self.manifest = manifest
        self.checkpoint = checkpoint
    }
}
