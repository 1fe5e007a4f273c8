import Checkpoints
import Core
import ObjectStore
import Testing

/// Manifests whose write was given up, and that appear when a newer leader has started.
@Suite struct LateManifestTests {
    private let store = MemoryStore()
    private let layout = CheckpointLayout(jobID: JobID(text: "job"))

    private func writer() throws -> CheckpointWriter {
        try CheckpointWriter.claimNext(store: store, layout: layout)
    }

    private func manifest(
        _ id: CheckpointID,
        _ epoch: UInt64,
        job: JobID = JobID(text: "job")
    ) -> CheckpointManifest {
        CheckpointManifest(
            kind: .checkpoint,
            jobID: job,
            checkpointID: id,
            leaderEpoch: epoch,
            createdMicroseconds: 0,
            sqlHash: "",
            jobGraph: "",
            parallelism: 1,
            maxParallelism: 128,
            sources: [],
            sinks: [],
            operators: []
        )
    }

    /// What a request that nobody waits for any more does in the end.
    private func appears(_ manifest: CheckpointManifest) throws {
        let key = layout.manifestKey(manifest.checkpointID)
        try store.put(key, try ManifestCodec.encode(manifest), ifAbsent: true)
    }

    private func newest() throws -> (id: CheckpointID?, notes: [String]) {
        let chosen = try CheckpointReader(store: store).choose(layout, .newest)
        return (chosen.found?.manifest.checkpointID, chosen.notes)
    }

    @Test func `a manifest that appears after a newer leader has started does not count`() throws {
        let first = try writer()
        try first.markStart(from: nil)
        try first.write(manifest(1, 1), for: .checkpoint(1))
        let second = try writer()
        #expect(try newest().id == 1)
        try second.markStart(from: manifest(1, 1))
        try appears(manifest(2, 1))
        let (id, notes) = try newest()
        #expect(id == 1)
        #expect(
            notes == [
                "Checkpoint 'chk-2' is passed over: it appeared after the job had started from "
                    + "checkpoint 1."
            ]
        )
        try second.write(manifest(3, 2), for: .checkpoint(3))
        #expect(try newest().id == 3)
    }

    @Test func `one that appears before a newer leader looks counts`() throws {
        let first = try writer()
        try first.markStart(from: nil)
        try appears(manifest(1, 1))
        _ = try writer()
        #expect(try newest().id == 1)
    }

    @Test func `after a fresh start nothing older counts, and that is no damage`() throws {
        _ = try writer()
        try writer().markStart(from: nil)
        try appears(manifest(1, 1))
        let (id, notes) = try newest()
        #expect(id == nil)
        #expect(notes.count == 1)
    }

    @Test func `what another job left is no checkpoint of this one`() throws {
        try writer().markStart(from: manifest(7, 9, job: JobID(text: "other")))
        try appears(manifest(1, 0))
        #expect(try newest().id == nil)
    }

    @Test func `a job that was restored from an old checkpoint does not jump to a newer one`()
        throws
    {
        let first = try writer()
        for id in 1...3 as ClosedRange<CheckpointID> {
            try first.write(manifest(id, 1), for: .checkpoint(id))
        }
        let reader = CheckpointReader(store: store)
        let chosen = try reader.choose(layout, .exactly("job/chk-1"))
        try writer().markStart(from: chosen.found?.manifest)
        #expect(try newest().id == 1)
        let asked = try reader.choose(layout, .exactly("job/chk-3"))
        #expect(asked.found?.manifest.checkpointID == 3)
    }

    @Test func `a leader that was deposed may not start`() throws {
        let first = try writer()
        _ = try writer()
        #expect(throws: CheckpointError.self) { try first.markStart(from: nil) }
    }

    @Test func `claims and marks do not pile up`() throws {
        for _ in 0..<50 { try writer().markStart(from: nil) }
        #expect(try store.list(layout.jobFolder).count == 32)
    }

    @Test func `retention deletes what appeared too late`() throws {
        let first = try writer()
        try first.write(manifest(1, 1), for: .checkpoint(1))
        let second = try writer()
        try second.markStart(from: manifest(1, 1))
        try appears(manifest(2, 1))
        try second.write(manifest(3, 2), for: .checkpoint(3))
        let executor = RetentionExecutor(store: store, layout: layout, keep: 2)
        #expect(try executor.run(inProgress: []).manifests == ["job/chk-2/_metadata"])
    }

    @Test func `a manifest in a store that ignores conditions completes no checkpoint`() throws {
        let careless = FaultyStore(store)
        let first = try CheckpointWriter.claimNext(store: careless, layout: layout)
        // After the look for newer claims.
        careless.failCall(2, .refuseAfterwards)
        let written = failureKind { try first.write(manifest(1, 1), for: .checkpoint(1)) }
        #expect(written == .unsupported)
        careless.failCall(3, .refuseAfterwards)
        let claimed = failureKind {
            _ = try CheckpointWriter.claimNext(store: careless, layout: layout)
        }
        #expect(claimed == .unsupported)
    }
}
