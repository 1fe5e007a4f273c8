package import Checkpoints
import ClusterMessages
package import Core
import JobGraph
import ObjectStore

/// What an attempt starts with: the claim on the job's checkpoints, and the one to restore.
package struct PreparedAttempt: Sendable {
    package let writer: CheckpointWriter
    package let found: CheckpointReader.Found?
    /// How other processes find what was found.
    package let restore: RestorePoint?
    /// What was found, if event time has ended in it for this very job: there is no going on.
    package let drained: CheckpointManifest?
    /// The first number that no checkpoint has used.
    package let nextCheckpoint: CheckpointID
    /// Checkpoints that were passed over, and why.
    package let notes: [String]
    /// What people should know of state that finds no operator, or operators without state.
    package let warnings: [String]
}

/// Claims a job and chooses its checkpoint; blocks on the store.
struct AttemptPreparation: Sendable {
    let job: JobDescription
    let resources: JobResources
    let attempt: Int
    let request: RecoveryDecision.Request
    /// The savepoint of this job that is newer than its checkpoints, or that it was submitted with.
    let savepoint: RestorePoint?
    /// How much of a checkpoint is looked at before it is chosen.
    ///
    /// The task managers check every byte that they fetch.
    let depth: CheckpointReader.Depth

    func run() throws -> PreparedAttempt {
        let layout = CheckpointLayout(jobID: job.id)
        let writer = try claim(layout)
        let reader = CheckpointReader(store: resources.store)
        var (newest, notes) = try reader.choose(layout, request, depth: depth)
        var found = newest
        var restore = newest.map { RestorePoint(location: nil, manifest: $0.name) }
        if let savepoint, let better = try newer(savepoint, than: newest, &notes) {
            found = better
            restore = savepoint
        }
        let mapping = found.map { RestoreMapping($0.manifest, job.graph) }
        if !job.dropsUntakenState { try mapping?.requireAllTaken() }
        // From here on the attempt may roll back what it does not start from.
        try writer.markStart(from: found?.manifest)
        let used = found.map(\.manifest.checkpointID) ?? 0
        let drained = found.map(\.manifest).flatMap { manifest in
            manifest.isDrained == true && manifest.jobID == job.id ? manifest : nil
        }
        if drained != nil {
            notes.append(
                "the job was drained: it commits what sinks have prepared, and ends"
            )
        }
        return PreparedAttempt(
            writer: writer,
            found: found,
            restore: restore,
            drained: drained,
            nextCheckpoint: max(try writer.nextCheckpointID(), used + 1),
            notes: notes,
            warnings: (mapping?.warnings ?? []) + (drained == nil ? drainedWarnings(found) : [])
        )
    }

    /// What people should know of a start from the state of another job that was drained.
    private func drainedWarnings(_ found: CheckpointReader.Found?) -> [String] {
        guard let manifest = found?.manifest, manifest.isDrained == true else { return [] }
        return [
            "Job \(manifest.jobID) was drained for 'chk-\(manifest.checkpointID)': its windows have "
                + "fired, and rows that belong to event time before its end are late."
        ]
    }

    private func claim(_ layout: CheckpointLayout) throws(CheckpointError) -> CheckpointWriter {
        guard let epoch = resources.leaderEpoch else {
            return try .claimNext(store: resources.store, layout: layout)
        }
        return try CheckpointWriter(
            store: resources.store,
            layout: layout,
            claiming: AttemptClaim.number(leaderEpoch: epoch, attempt: attempt)
        )
    }

    /// The savepoint, if it is what to start from.
    private func newer(
        _ savepoint: RestorePoint,
        than newest: CheckpointReader.Found?,
        _ notes: inout [String]
    ) throws -> CheckpointReader.Found? {
        // With one of its own the job ended, and sinks may have committed it: without it there is
        // no going on. Any other is what the job began with, and may have been deleted since.
        let isOwn = savepoint.path.contains("\(job.id)/savepoint-")
        if newest != nil, !isOwn { return nil }
        if let newest, let number = savepoint.checkpoint, newest.manifest.checkpointID > number {
            return nil
        }
        let store =
            try savepoint.location.map { try resources.stores.open($0) } ?? resources.store
        let reader = CheckpointReader(store: store)
        let found = try reader.read(savepoint.manifest)
        if let newest {
            guard found.manifest.checkpointID > newest.manifest.checkpointID else { return nil }
            let layout = CheckpointLayout(jobID: job.id)
            if try CheckpointReader(store: resources.store).isPassed(found, layout) {
                notes.append(
                    "the savepoint '\(savepoint.path)' is passed over: the job has gone on from an "
                        + "older checkpoint since"
                )
                return nil
            }
        }
        let defects = try reader.defects(found, depth)
        guard defects.isEmpty else {
            throw CheckpointError(
                .damaged,
                """
                The savepoint '\(savepoint.path)' cannot be used: \
                \(defects.joined(separator: "; ")).
                """
            )
        }
        return found
    }
}

extension RestorePoint {
    /// As people name it.
    package var path: String {
        guard let location else { return manifest }
        return location.hasSuffix("/") ? location + manifest : "\(location)/\(manifest)"
    }
}
