import Core

/// The checkpoint that a leader started from, as a mark in the store.
///
/// A manifest whose write was given up can still appear, much later: the store may carry out a
/// request that nobody waits for any more. By then a newer leader has started from an older
/// checkpoint and rolled back the transactions that the late one holds. So a leader writes down
/// what it starts from before anything is rolled back, and what older leaders bring to light
/// afterwards is not used by anyone.
struct LeaderStart: Hashable, Sendable {
    /// The leader's own epoch.
    let leaderEpoch: UInt64
    /// The epoch of the leader that wrote the checkpoint; 0 without one.
    let fromEpoch: UInt64
    let from: CheckpointID

    /// Whether a checkpoint came to light after this leader had started from another.
    func isTooLate(_ manifest: CheckpointManifest) -> Bool {
        manifest.kind == .checkpoint && hasPassed(manifest)
    }

    /// Whether this leader started from less than an older leader wrote.
    func hasPassed(_ manifest: CheckpointManifest) -> Bool {
        manifest.leaderEpoch < leaderEpoch
            && (manifest.leaderEpoch, manifest.checkpointID) > (fromEpoch, from)
    }
}
