package import Core
package import ObjectStore

/// Deletes what a job's retention plan says; safe to stop at any point and to run again.
package struct RetentionExecutor: Sendable {
    private let store: any ObjectStore
    private let layout: CheckpointLayout
    private let keep: Int

    /// - Parameters:
    ///   - store: where the checkpoints are.
    ///   - layout: the names of the job's objects.
    ///   - keep: how many complete checkpoints stay.
    package init(store: any ObjectStore, layout: CheckpointLayout, keep: Int) {
        self.store = store
        self.layout = layout
        self.keep = keep
    }

    /// Deletes what is no longer needed; only the leader calls this.
    ///
    /// A checkpoint whose manifest is damaged, or appeared too late, is never restored: it counts as
    /// the oldest.
    /// Nothing is deleted while there is no whole one.
    ///
    /// - Parameter inProgress: checkpoints that are being made now.
    /// - Returns: what was deleted.
    /// - Throws: when the store fails.
    @discardableResult
    package func run(inProgress: Set<CheckpointID>) throws(CheckpointError) -> RetentionPlan {
        let objects: [String]
        do {
            objects = try store.list(layout.jobFolder).map(\.key)
        } catch {
            throw CheckpointError("the checkpoints cannot be listed for deletion", error)
        }
        let reader = CheckpointReader(store: store)
        let start = layout.newestStart(amongKeys: objects)
        var complete: [RetentionPlan.Entry] = []
        for key in objects {
            guard let id = layout.checkpoint(ofKey: key), key == layout.manifestKey(id) else {
                continue
            }
            complete.append(try entry(reader, key, id, start))
        }
        guard complete.contains(where: { $0.leaderEpoch > 0 }) else {
            return RetentionPlan(manifests: [], files: [])
        }
        let plan = RetentionPlan.decide(
            complete: complete,
            objects: objects,
            keep: keep,
            inProgress: inProgress,
            layout: layout
        )
        do {
            if !plan.manifests.isEmpty { try store.delete(plan.manifests) }
            if !plan.files.isEmpty { try store.delete(plan.files) }
        } catch {
            throw CheckpointError("old checkpoints cannot be deleted", error)
        }
        return plan
    }

    private func entry(
        _ reader: CheckpointReader,
        _ key: String,
        _ id: CheckpointID,
        _ start: LeaderStart?
    ) throws(CheckpointError) -> RetentionPlan.Entry {
        do throws(CheckpointError) {
            let found = try readTwice(reader, key)
            if let start, start.isTooLate(found.manifest) {
                return RetentionPlan.Entry(checkpointID: id, leaderEpoch: 0, keys: [key])
            }
            var keys = Set(found.manifest.objects.keys.map { found.base + $0 })
            keys.insert(key)
            return RetentionPlan.Entry(
                checkpointID: id,
                leaderEpoch: found.manifest.leaderEpoch,
                keys: keys
            )
        } catch {
            guard error.kind == .damaged else { throw error }
            return RetentionPlan.Entry(checkpointID: id, leaderEpoch: 0, keys: [key])
        }
    }

    /// Reads a manifest, again if it looks damaged: what a bad connection cut off is not deleted.
    private func readTwice(
        _ reader: CheckpointReader,
        _ key: String
    ) throws(CheckpointError) -> CheckpointReader.Found {
        do throws(CheckpointError) {
            return try reader.read(key)
        } catch {
            guard error.kind == .damaged else { throw error }
            return try reader.read(key)
        }
    }
}
