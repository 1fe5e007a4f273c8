package import Core
package import ObjectStore

/// Writes manifests for one leader, and sees to it that an older leader's are refused.
///
/// A leader claims its epoch with an object before it reads the newest checkpoint, and looks for
/// newer claims before and after it writes one. So either the old leader sees the claim and
/// commits nothing, or the new leader sees the manifest and commits what is in it.
package struct CheckpointWriter: Sendable {
    private var store: any ObjectStore
    package let layout: CheckpointLayout
    package let leaderEpoch: UInt64

    /// The same whose calls end once something is cancelled.
    package func cancelled(by cancellation: Cancellation) -> CheckpointWriter {
        var writer = self
        writer.store = store.cancelled(by: cancellation)
        return writer
    }

    /// Claims leadership of the job's checkpoints.
    ///
    /// - Throws: `fenced` when the epoch is not higher than all that were claimed before.
    package init(
        store: any ObjectStore,
        layout: CheckpointLayout,
        claiming leaderEpoch: UInt64
    ) throws(CheckpointError) {
        self.store = store
        self.layout = layout
        self.leaderEpoch = leaderEpoch
        let newest = try Self.newestClaim(store, layout)
        if let newest, newest >= leaderEpoch { throw Self.fenced(leaderEpoch, newest) }
        // Nobody else writes the same: a claim that is found may be this one, sent again after its
        // answer was lost.
        let mark = Array(
            "\(UInt64.random(in: .min ... .max)) \(UInt64.random(in: .min ... .max))".utf8
        )
        let key = layout.leaderKey(leaderEpoch)
        do {
            try store.put(key, mark, ifAbsent: true)
        } catch {
            guard error.kind == .exists else {
                throw CheckpointError("leadership could not be claimed", error)
            }
            guard try Self.content(key, of: store) == mark else {
                throw Self.fenced(leaderEpoch, leaderEpoch)
            }
        }
    }

    /// Claims leadership with the next free epoch: for a job that runs in one process.
    package static func claimNext(
        store: any ObjectStore,
        layout: CheckpointLayout
    ) throws(CheckpointError) -> CheckpointWriter {
        let newest = try newestClaim(store, layout) ?? 0
        return try CheckpointWriter(store: store, layout: layout, claiming: newest + 1)
    }

    private static func newestClaim(
        _ store: any ObjectStore,
        _ layout: CheckpointLayout
    ) throws(CheckpointError) -> UInt64? {
        do {
            return try store.list(layout.leaderFolder)
                .compactMap { CheckpointLayout.leaderEpoch(ofKey: $0.key) }.max()
        } catch {
            throw CheckpointError("the claims of leaders could not be listed", error)
        }
    }

    private static func fenced(_ mine: UInt64, _ newest: UInt64) -> CheckpointError {
        CheckpointError(
            .fenced,
            "leader epoch \(mine) is not the newest any more: epoch \(newest) has taken over"
        )
    }

    private func checkLeadership() throws(CheckpointError) {
        if let newest = try Self.newestClaim(store, layout), newest > leaderEpoch {
            throw Self.fenced(leaderEpoch, newest)
        }
    }

    /// Writes down what this leader starts from, before it changes anything outside of the store.
    ///
    /// As with manifests it looks for newer claims afterwards: either this leader sees the claim
    /// and starts nothing, or the newer one sees the mark.
    ///
    /// - Throws: `fenced` when a newer leader has claimed the job: nothing may be started then.
    package func markStart(from manifest: CheckpointManifest?) throws(CheckpointError) {
        let own = manifest.flatMap { $0.jobID == layout.jobID ? $0 : nil }
        let start = LeaderStart(
            leaderEpoch: leaderEpoch,
            fromEpoch: own?.leaderEpoch ?? 0,
            from: own?.checkpointID ?? 0
        )
        do {
            try store.put(layout.startedKey(start), [], ifAbsent: false)
        } catch {
            throw CheckpointError("what the job starts from could not be written down", error)
        }
        try checkLeadership()
        removeOldMarks()
    }

    /// Deletes claims and marks that only count until there is a newer one, if it can.
    private func removeOldMarks() {
        do throws(ObjectStoreError) {
            for folder in [layout.leaderFolder, layout.startedFolder] {
                let old = try store.list(folder).dropLast(CheckpointLimits.marksKept)
                if !old.isEmpty { try store.delete(old.map(\.key)) }
            }
        } catch {
            // The next leader tries again.
            return
        }
    }

    /// Makes a checkpoint exist; all its files are durable already.
    ///
    /// A savepoint may go to a store of its own; the claims are always in that of the checkpoints.
    ///
    /// - Throws: `fenced` when a newer leader has claimed the job: nothing may be committed then.
    package func write(
        _ manifest: CheckpointManifest,
        for target: CheckpointTarget,
        to destination: (any ObjectStore)? = nil
    ) throws(CheckpointError) {
        let destination = destination ?? store
        precondition(manifest.leaderEpoch == leaderEpoch, "a manifest of another leader")
        precondition(manifest.kind == target.kind, "a manifest of another kind")
        try checkLeadership()
        let bytes = try ManifestCodec.encode(manifest)
        let key = target.manifestKey(layout)
        do {
            try destination.put(key, bytes, ifAbsent: true)
        } catch {
            // The answer may have been lost on its way: what counts is what is there.
            guard error.kind != .unsupported, Self.isThere(key, bytes, in: destination) else {
                throw CheckpointError(
                    "checkpoint \(manifest.checkpointID) could not be completed",
                    error
                )
            }
        }
        try checkLeadership()
    }

    private static func content(
        _ key: String,
        of store: any ObjectStore
    ) throws(CheckpointError) -> [UInt8]? {
        do {
            return try store.get(key)
        } catch {
            // A newer leader has removed it.
            if error.kind == .notFound { return nil }
            throw CheckpointError("the claim '\(key)' cannot be read", error)
        }
    }

    private static func isThere(
        _ key: String,
        _ bytes: [UInt8],
        in store: any ObjectStore
    ) -> Bool {
        do {
            return try store.get(key) == bytes
        } catch {
            return false
        }
    }

    /// The lowest checkpoint number that was never used, complete or not.
    package func nextCheckpointID() throws(CheckpointError) -> CheckpointID {
        do {
            let used = try store.list(layout.jobFolder).compactMap { object in
                layout.checkpoint(ofKey: object.key) ?? layout.uploadCheckpoint(ofKey: object.key)
            }
            return (used.max() ?? 0) + 1
        } catch {
            throw CheckpointError("the checkpoints could not be listed", error)
        }
    }
}
