package import Core
package import ObjectStore

/// The jobs of a cluster in the object store, as one leader reads and writes them.
///
/// Why an acknowledged job is never lost, and a zombie's late write never counts:
///
/// - A leader claims its epoch before it reads the registry (`takeOver`), and looks for newer
///   claims *after* each write, before it acknowledges anything. So either the old leader sees the
///   claim and acknowledges nothing, or the new leader's listing starts after the write and has it.
/// - A new leader writes every record again under its own epoch, then a mark that it has done so.
///   From then on records of older epochs are not read any more: what a zombie writes later, be it
///   a change, a job of its own or one that was removed long ago, is not seen by anyone. Without
///   the mark, because the leader died before, the next one reads the older records as well.
/// - Within an epoch the highest version counts, and a number is used once: a version that is
///   written late, after its request was given up, loses as well.
///
/// Belongs to one thread; its calls block.
package struct JobRegistry: Sendable {
    private var store: any ObjectStore
    private let layout: ClusterLayout
    package let leaderEpoch: UInt64
    /// The newest version of each record under this epoch.
    private var versions: [JobID: UInt64] = [:]

    /// - Parameters:
    ///   - store: where the records are.
    ///   - layout: the names of the cluster's objects.
    ///   - leaderEpoch: the epoch that the caller has claimed.
    package init(store: any ObjectStore, layout: ClusterLayout, leaderEpoch: UInt64) {
        self.store = store
        self.layout = layout
        self.leaderEpoch = leaderEpoch
    }

    /// The same registry, whose calls end once something is cancelled.
    package func cancelled(by cancellation: Cancellation) -> JobRegistry {
        var registry = self
        registry.store = store.cancelled(by: cancellation)
        return registry
    }

    /// Reads all records and makes them this leader's own.
    ///
    /// - Returns: the jobs, by the time of their submission, and what to tell people.
    /// - Throws: `fenced` when a newer leader has claimed, or when the store fails; it may then be
    ///   called again.
    package mutating func takeOver() throws(RegistryError) -> (jobs: [JobRecord], notes: [String]) {
        let floor = try adoptedEpoch()
        let objects = try list(layout.jobsFolder).compactMap { layout.record(ofKey: $0.key) }
        var jobs: [JobRecord] = []
        var notes: [String] = []
        var outdated: [String] = []
        // In an order that a simulation can repeat.
        let byJob = Dictionary(grouping: objects, by: \.job).sorted { $0.key.text < $1.key.text }
        for (job, entries) in byJob {
            let valid = entries.map(\.revision).filter { $0.epoch >= floor }
            guard !valid.isEmpty else {
                // What a leader wrote after its successor had taken over.
                outdated += entries.map { layout.recordKey(job, $0.revision) }
                continue
            }
            guard let record = try newest(job, valid, &notes) else {
                outdated += entries.map { layout.recordKey(job, $0.revision) }
                continue
            }
            let own = entries.map(\.revision).filter { $0.epoch == leaderEpoch }.max()
            versions[job] = max(versions[job] ?? 0, own?.version ?? 0)
            try write(record)
            jobs.append(record)
            let old = entries.map(\.revision).sorted(by: >).dropFirst(RegistryLimits.versionsKept)
            outdated += old.map { layout.recordKey(job, $0) }
        }
        try markAdopted()
        try remove(outdated)
        try checkLeadership()
        jobs.sort {
            ($0.submittedMicroseconds, $0.id.text) < ($1.submittedMicroseconds, $1.id.text)
        }
        return (jobs, notes.sorted())
    }

    /// Stores a job's record, new or changed; when it returns, it will survive any leader.
    ///
    /// - Throws: `fenced` when a newer leader has claimed: whether the record counts is then
    ///   unknown, as after any failure of a write, and nothing may be acknowledged.
    package mutating func update(_ record: JobRecord) throws(RegistryError) {
        try write(record)
        try checkLeadership()
        prune(record.id)
    }

    /// Forgets a job that has ended, for good; it may be called again after a failure.
    package mutating func remove(_ job: JobID) throws(RegistryError) {
        try write(JobRecordCodec.removed, job)
        try checkLeadership()
        prune(job)
    }

    private mutating func write(_ record: JobRecord) throws(RegistryError) {
        try write(JobRecordCodec.encode(record), record.id)
    }

    private mutating func write(_ bytes: [UInt8], _ job: JobID) throws(RegistryError) {
        let version = (versions[job] ?? 0) + 1
        // Even if the write fails it may happen: its number is used up.
        versions[job] = version
        let key = layout.recordKey(job, RecordRevision(epoch: leaderEpoch, version: version))
        do {
            try store.put(key, bytes, ifAbsent: true)
        } catch {
            // The answer may have been lost on its way: what counts is what is there.
            guard error.kind != .unsupported, isThere(key, bytes) else {
                throw RegistryError("the record '\(key)' cannot be stored", error)
            }
        }
    }

    /// The claims are looked at after a write: see the type.
    package func checkLeadership() throws(RegistryError) {
        let newest = try list(layout.leaderFolder)
            .compactMap { ClusterLayout.epoch(ofKey: $0.key) }.max()
        guard let newest, newest > leaderEpoch else { return }
        throw RegistryError(
            .fenced,
            "leader epoch \(leaderEpoch) is not the newest any more: epoch \(newest) has taken over"
        )
    }

    private func list(_ folder: String) throws(RegistryError) -> [ObjectInfo] {
        do {
            return try store.list(folder)
        } catch {
            throw RegistryError("'\(folder)' in \(store.location) cannot be listed", error)
        }
    }

    private func remove(_ keys: [String]) throws(RegistryError) {
        guard !keys.isEmpty else { return }
        do {
            try store.delete(keys)
        } catch {
            throw RegistryError("old records of jobs cannot be deleted", error)
        }
    }

    private func isThere(_ key: String, _ bytes: [UInt8]) -> Bool {
        do {
            return try store.get(key) == bytes
        } catch {
            return false
        }
    }
}

// Taking over from another leader.
extension JobRegistry {
    /// The last leader that had all records rewritten; older ones do not count.
    private func adoptedEpoch() throws(RegistryError) -> UInt64 {
        try list(layout.adoptedFolder).compactMap { ClusterLayout.epoch(ofKey: $0.key) }
            .filter { $0 <= leaderEpoch }.max() ?? 0
    }

    private func markAdopted() throws(RegistryError) {
        // A leader that was deposed meanwhile may have read only a part of what is there.
        try checkLeadership()
        do {
            try store.put(layout.adoptedKey(leaderEpoch), [], ifAbsent: false)
        } catch {
            throw RegistryError("the registry cannot be taken over", error)
        }
        let marks = try list(layout.adoptedFolder).map(\.key)
        try remove(Array(marks.dropLast(RegistryLimits.marksKept)))
    }

    /// The newest record that can be read; the notes say which newer ones cannot.
    private func newest(
        _ job: JobID,
        _ revisions: [RecordRevision],
        _ notes: inout [String]
    ) throws(RegistryError) -> JobRecord? {
        for revision in revisions.sorted(by: >) {
            let key = layout.recordKey(job, revision)
            let bytes: [UInt8]
            do {
                bytes = try store.get(key)
            } catch {
                throw RegistryError("the record '\(key)' cannot be read", error)
            }
            do throws(RegistryError) {
                return try JobRecordCodec.decode(bytes)
            } catch {
                guard error.kind == .damaged else {
                    throw RegistryError(.failed, "the record '\(key)': \(error.message)")
                }
                notes.append("The record '\(key)' is damaged and passed over: \(error.message).")
            }
        }
        throw RegistryError(
            .damaged,
            """
            No record of job '\(job)' can be read:
            \(notes.filter { $0.contains(job.text) }.joined(separator: "\n"))
            Delete \(layout.jobFolder(job)) in \(store.location) to give the job up.
            """
        )
    }

    /// Deletes versions that no leader will read, if it can: the next write tries again.
    private func prune(_ job: JobID) {
        do throws(RegistryError) {
            let keys = try list(layout.jobFolder(job)).map(\.key)
            try remove(Array(keys.dropLast(RegistryLimits.versionsKept)))
        } catch {
            return
        }
    }
}
