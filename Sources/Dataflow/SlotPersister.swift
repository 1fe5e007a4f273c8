import Checkpoints
import Connectors
import Core
import KeyedState
import ObjectStore
import Threads

/// What one operator has to make durable for a checkpoint, or before it.
struct NodeSnapshot: Sendable {
    let node: Int
    /// The operator's own small state.
    let small: [UInt8]?
    /// The half of its keyed state that belongs to the persister, with what was frozen.
    let keyed: (persister: StatePersister, frozen: FrozenState)?
}

/// What a slot asks of its persister.
enum PersistJob: Sendable {
    /// A stage's part of a checkpoint.
    case checkpoint(stage: Int, Barrier, [NodeSnapshot])
    /// State that was frozen early, since too much had changed.
    case early([NodeSnapshot])
    /// Try now what could not be written, and say so if it still cannot.
    case retry
    case stop
}

/// Facts of a stateful operator that its checkpoints repeat.
struct PersistedNode: Sendable {
    let uid: OperatorUID
    let declarations: [StateDeclaration]
    let keyGroups: KeyGroupRange
    /// The restored files that need not be uploaded again.
    let adopted: [FileReference]
}

/// Where and under which names a slot's checkpoints are stored.
struct PersistTarget: Sendable {
    let store: any ObjectStore
    let stores: any StoreOpening
    let layout: CheckpointLayout
    let leaderEpoch: UInt64
    let slot: Int
    let parallelism: Int
    /// A local folder for snapshots on their way to the store.
    let folder: String
}

/// Makes frozen state durable on a thread of its own, one for each slot (DESIGN §3).
///
/// ```
/// freeze ─▶ sort, write and ingest an SST ─▶ hard-link snapshot ─▶ upload what is new ─▶ event
/// ```
/// A failure fails the checkpoint, not the job: the state stays in memory and is tried again with
/// what comes next.
final class SlotPersister {
    private let target: PersistTarget
    private let nodes: [Int: PersistedNode]
    private let mailbox: Mailbox<PersistJob>
    private let events: @Sendable (TaskEvent) -> Void
    private let onProgress: @Sendable () -> Void
    private var uploaders: [Int: StateUploader] = [:]
    private var persisters: [Int: StatePersister] = [:]
    private var isStopped = false
    private var retries = PersistRetries()

    init(
        _ target: PersistTarget,
        nodes: [Int: PersistedNode],
        mailbox: Mailbox<PersistJob>,
        events: @escaping @Sendable (TaskEvent) -> Void,
        onProgress: @escaping @Sendable () -> Void
    ) {
        self.target = target
        self.nodes = nodes
        self.mailbox = mailbox
        self.events = events
        self.onProgress = onProgress
    }

    /// The life of the persister thread.
    func run() {
        var jobs: [PersistJob] = []
        var hasMaintenance = true
        while !isStopped {
            mailbox.drain(into: &jobs)
            for job in jobs where !isStopped { handle(job) }
            if jobs.isEmpty {
                if hasMaintenance {
                    hasMaintenance = maintain()
                } else if persisters.values.contains(where: \.hasPending) {
                    mailbox.wait(forMicroseconds: retries.pauseMicroseconds)
                    if mailbox.isEmpty { retry() }
                } else {
                    mailbox.wait()
                }
            } else {
                jobs.removeAll(keepingCapacity: true)
                hasMaintenance = true
            }
        }
    }

    /// Tries again what could not be written, such as after a full disk; the slot may wait for it.
    private func retry() {
        for persister in persisters.values where persister.hasPending {
            do throws(StateError) {
                try persister.persistPending()
                retries.reset()
                report(.info, "State that waited could be written to disk.")
            } catch {
                failed(error)
            }
        }
        onProgress()
    }

    /// Notes that state stays in memory; the slot may have to pause until it can be written.
    private func failed(_ error: StateError) {
        events(.persistFailed(slot: target.slot, reason: error.message))
        guard let text = retries.failed(error.message) else { return }
        report(.warning, text)
    }

    private func handle(_ job: PersistJob) {
        switch job {
        case .stop: isStopped = true
        case .early(let snapshots):
            for snapshot in snapshots {
                do throws(StateError) {
                    try persist(snapshot)
                } catch {
                    failed(error)
                }
            }
            onProgress()
        case .retry: retry()
        case .checkpoint(let stage, let barrier, let snapshots):
            do {
                let states = try store(stage, barrier, snapshots)
                events(
                    .stageSnapshot(
                        stage: stage,
                        slot: target.slot,
                        checkpoint: barrier.checkpoint,
                        states: states
                    )
                )
            } catch {
                let failure = WrappedFailure(error)
                events(
                    .checkpointFailed(checkpoint: barrier.checkpoint, reason: failure.message)
                )
            }
            onProgress()
        }
    }

    private func persist(_ snapshot: NodeSnapshot) throws(StateError) {
        guard let keyed = snapshot.keyed else { return }
        persisters[snapshot.node] = keyed.persister
        try keyed.persister.persist(keyed.frozen)
    }

    /// Makes a stage's part of a checkpoint durable.
    private func store(
        _ stage: Int,
        _ barrier: Barrier,
        _ snapshots: [NodeSnapshot]
    ) throws -> [StoredNodeState] {
        // All state goes to disk before any is uploaded: a failing upload then loses nothing.
        var firstFailure: StateError?
        for snapshot in snapshots {
            do throws(StateError) {
                try persist(snapshot)
            } catch {
                firstFailure = firstFailure ?? error
            }
        }
        if let firstFailure { throw firstFailure }
        // What was frozen is on disk: a slot that waits for room goes on while this uploads.
        onProgress()
        let destination = barrier.target
        let store =
            try barrier.savepoint?.location.map { try target.stores.open($0) } ?? target.store
        var pack = PackedFile()
        var uploads: [(NodeSnapshot, StateUploader.Upload?, Int?)] = []
        for snapshot in snapshots {
            let upload = try upload(snapshot, destination, store, &pack)
            let place = snapshot.small.map { pack.add(name: "operator", $0) }
            uploads.append((snapshot, upload, place))
        }
        let references = try pack.write(
            to: store,
            base: destination.base(target.layout),
            key: destination.packedKey(
                leaderEpoch: target.leaderEpoch,
                subtask: stage * target.parallelism + target.slot
            )
        )
        return uploads.compactMap { snapshot, upload, place in
            guard let node = nodes[snapshot.node] else { return nil }
            return StoredNodeState(
                node: snapshot.node,
                declarations: node.declarations,
                part: OperatorSnapshot.Part(
                    subtask: target.slot,
                    keyGroups: node.keyGroups,
                    files: upload?.files(references) ?? [],
                    attachment: place.map { references[$0] }
                ),
                newBytes: upload?.newBytes ?? 0
            )
        }
    }

    private func upload(
        _ snapshot: NodeSnapshot,
        _ destination: CheckpointTarget,
        _ store: any ObjectStore,
        _ pack: inout PackedFile
    ) throws -> StateUploader.Upload? {
        guard let keyed = snapshot.keyed, let node = nodes[snapshot.node] else { return nil }
        let uploader =
            uploaders[snapshot.node]
            ?? StateUploader(
                layout: target.layout,
                uid: node.uid,
                subtask: target.slot,
                leaderEpoch: target.leaderEpoch,
                adopted: node.adopted
            )
        uploaders[snapshot.node] = uploader
        let folder = "\(target.folder)/\(node.uid)-\(destination.checkpointID)"
        defer { removeQuietly(folder) }
        try LocalFiles.makeFolders(target.folder)
        let files = try keyed.persister.snapshotFiles(into: folder)
        return try uploader.upload(files, for: destination, in: store, into: &pack)
    }

    private func removeQuietly(_ folder: String) {
        do throws(SystemFault) {
            try LocalFiles.removeAll(folder)
        } catch {
            report(.warning, "The folder '\(folder)' could not be removed: \(error)")
        }
    }

    /// Does a bounded part of what can wait; whether there is more.
    private func maintain() -> Bool {
        var hasMore = false
        for persister in persisters.values {
            do throws(StateError) {
                if try persister.maintain() { hasMore = true }
            } catch {
                report(.warning, error.message)
            }
        }
        return hasMore
    }

    private func report(_ level: ConnectorReport.Level, _ message: String) {
        events(.report(node: -1, subtask: target.slot, report: .init(level, message)))
    }
}
