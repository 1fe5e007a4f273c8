package import Core

/// What may be deleted of a job's checkpoints.
package struct RetentionPlan: Hashable, Sendable {
    /// A complete checkpoint, as retention sees it.
    package struct Entry: Hashable, Sendable {
        package let checkpointID: CheckpointID
        package let leaderEpoch: UInt64
        /// The full keys of all objects that it refers to.
        package let keys: Set<String>

        package init(checkpointID: CheckpointID, leaderEpoch: UInt64, keys: Set<String>) {
            self.checkpointID = checkpointID
            self.leaderEpoch = leaderEpoch
            self.keys = keys
        }
    }

    /// The manifests to delete first: without them the rest is unreferenced, whatever happens.
    package let manifests: [String]
    /// Everything else to delete, afterwards.
    package let files: [String]

    package var isEmpty: Bool { manifests.isEmpty && files.isEmpty }

    /// Decides; pure.
    ///
    /// A checkpoint that is being made uses files of the newest complete one, and files uploaded
    /// under its own number or under the numbers of attempts since the newest complete one. An
    /// unreferenced file uploaded under a number up to the newest complete one's is used by nobody:
    /// if a state database still had it, the newest complete checkpoint would refer to it.
    ///
    /// - Parameters:
    ///   - complete: the complete checkpoints; savepoints are not among them and never deleted.
    ///   - objects: the keys of all objects in the job's folder.
    ///   - keep: how many complete checkpoints stay.
    ///   - inProgress: checkpoints that are being made now.
    ///   - layout: the names of the job's objects.
    /// - Returns: the result.
    package static func decide(
        complete: [Entry],
        objects: [String],
        keep: Int,
        inProgress: Set<CheckpointID>,
        layout: CheckpointLayout
    ) -> RetentionPlan {
        precondition(keep > 0, "at least one checkpoint must stay")
        let sorted = complete.sorted {
            ($0.leaderEpoch, $0.checkpointID) > ($1.leaderEpoch, $1.checkpointID)
        }
        guard let newest = sorted.first else { return RetentionPlan(manifests: [], files: []) }
        let kept = sorted.prefix(keep)
        let keptIDs = Set(kept.map(\.checkpointID))
        let referenced = kept.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
        let completeIDs = Set(complete.map(\.checkpointID))
        let horizon = min(newest.checkpointID, (inProgress.min() ?? .max) - 1)
        var manifests: [String] = []
        var files: [String] = []
        for key in objects where !referenced.contains(key) {
            if let id = layout.checkpoint(ofKey: key) {
                guard !keptIDs.contains(id), !inProgress.contains(id) else {
                    // A leftover of an earlier attempt in the folder of a kept checkpoint.
                    continue
                }
                if key == layout.manifestKey(id) {
                    if completeIDs.contains(id) { manifests.append(key) }
                } else if id <= newest.checkpointID {
                    files.append(key)
                }
            } else if let id = layout.uploadCheckpoint(ofKey: key), id <= horizon {
                files.append(key)
            }
        }
        return RetentionPlan(manifests: manifests.sorted(), files: files.sorted())
    }
}
