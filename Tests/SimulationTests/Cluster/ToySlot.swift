import Checkpoints
import Core
import JobManager
import KeyedState

/// One slot of a toy job: alignment, keyed counts, their files, and the sink's transactions.
final class ToySlot {
    private enum PersisterMail {
        case persist(CheckpointID, [Int: ToyCounts])
    }

    private enum SinkMail {
        case row(ToyRow)
        case barrier(CheckpointID)
        case complete(CheckpointID)
    }

    private let subtask: Int
    private let key: AttemptKey
    private let keyGroups: KeyGroupRange
    private let parallelism: Int
    private let world: ClusterWorld
    private let process: SimulatedProcess
    private let run: Int
    private let tell: (WorkerMessage) -> Void
    private let persister: FiberMailbox<PersisterMail>
    private let sink: FiberMailbox<SinkMail>
    private var counts: [Int: ToyCounts] = [:]
    private var isAligning = false
    private var arrived: Set<Int> = []
    private var heldBack: [(from: Int, element: DataElement)] = []
    /// The file of each key group as it was uploaded last.
    private var uploaded: [Int: (content: [UInt8], file: FileReference)] = [:]

    init(
        _ subtask: Int,
        _ key: AttemptKey,
        _ parallelism: Int,
        _ world: ClusterWorld,
        _ process: SimulatedProcess,
        _ tell: @escaping (WorkerMessage) -> Void
    ) {
        self.subtask = subtask
        self.key = key
        self.parallelism = parallelism
        self.world = world
        self.process = process
        self.tell = tell
        run = process.incarnation
        keyGroups = KeyGroupRange(
            slot: subtask,
            parallelism: parallelism,
            maxParallelism: ToyJob.keyGroups
        )
        persister = FiberMailbox(process)
        sink = FiberMailbox(process)
    }

    /// Blocking: fetches the counts of its key groups.
    func restore(_ restore: Restore?, _ store: SimulatedStore) throws(CheckpointError) {
        guard let restore, let snapshot = restore.found.manifest.operators.first else { return }
        let reader = CheckpointReader(store: store)
        for part in snapshot.parts(for: keyGroups) {
            for file in part.files where file.name.hasPrefix("group-") {
                guard let group = Int(file.name.dropFirst(6)), keyGroups.contains(group) else {
                    continue
                }
                let content = try reader.content(file, of: restore.found)
                counts[group] = ToyCodec.decode(content)
                uploaded[group] = (content, file)
            }
        }
    }

    func start() {
        process.spawn { [self] in persist() }
        process.spawn { [self] in deliver() }
    }

    func stop() {
        persister.close()
        sink.close()
    }

    // The slot thread.

    func receive(_ element: DataElement, from: Int) {
        guard !arrived.contains(from) else { return heldBack.append((from, element)) }
        switch element {
        case .row(let split, let offset):
            let key = ToyJob.key(split, offset)
            let count = (counts[ToyJob.group(key)]?[key] ?? 0) + 1
            counts[ToyJob.group(key), default: [:]][key] = count
            sink.send(.row(ToyRow(split: split, offset: offset, key: key, count: count)))
        case .barrier(let id, _):
            arrived.insert(from)
            guard arrived.count == parallelism else { return }
            persister.send(.persist(id, counts))
            sink.send(.barrier(id))
            arrived = []
            let waiting = heldBack
            heldBack = []
            for (from, element) in waiting { receive(element, from: from) }
        }
    }

    func complete(_ id: CheckpointID) {
        sink.send(.complete(id))
    }

    // The persister thread.

    private func persist() {
        let store = SimulatedStore(world.store, process)
        while let mail = persister.receive() {
            switch mail {
            case .persist(let id, let frozen):
                do {
                    let part = try upload(id, frozen, store)
                    guard !persister.isClosed else { return }
                    let participant = CheckpointParticipant.stage(ToyJob.stage, slot: subtask)
                    tell(.notice(key, .acknowledged(id, participant), .state(part)))
                } catch {
                    tell(.notice(key, .checkpointFailed(id, reason: "\(error)"), nil))
                }
            }
        }
    }

    private func upload(
        _ id: CheckpointID,
        _ frozen: [Int: ToyCounts],
        _ store: SimulatedStore
    ) throws -> OperatorSnapshot.Part {
        let layout = CheckpointLayout(jobID: key.job)
        let target = CheckpointTarget.checkpoint(id)
        var files: [FileReference] = []
        for (group, counts) in frozen.sorted(by: { $0.key < $1.key }) where !counts.isEmpty {
            let content = ToyCodec.encode(counts)
            if let known = uploaded[group], known.content == content {
                files.append(known.file)
                continue
            }
            let name = "group-\(group)"
            let file = FileReference(
                name: name,
                key: "shared/\(id)-\(key.claim)-count-\(subtask)-\(name)",
                bytes: Int64(content.count),
                checksum: Checksum.of(content.span)
            )
            try store.put(target.base(layout) + file.key, content, ifAbsent: false)
            uploaded[group] = (content, file)
            files.append(file)
        }
        var pack = PackedFile()
        _ = pack.add(name: "watermark", Array("epoch \(id)".utf8))
        files += try pack.write(
            to: store,
            base: target.base(layout),
            key: target.packedKey(leaderEpoch: key.claim, subtask: subtask)
        )
        return OperatorSnapshot.Part(subtask: subtask, keyGroups: keyGroups, files: files)
    }

    // The sink thread.

    private func deliver() {
        var open: [ToyRow] = []
        var prepared: [(epoch: CheckpointID, id: String)] = []
        let participant = CheckpointParticipant.sink(node: ToyJob.sinkNode, subtask: subtask)
        while let mail = sink.receive() {
            switch mail {
            case .row(let row): open.append(row)
            case .barrier(let epoch):
                if !open.isEmpty {
                    let id = "\(key.job)/\(key.claim)-\(subtask)-\(epoch)"
                    guard external(), world.sink.prepare(id, open, key.job, claim: key.claim)
                    else { return tell(.failed(key, "the sink is fenced")) }
                    prepared.append((epoch, id))
                    open = []
                }
                let part = CheckpointPart.transactions(subtask: subtask, prepared.map(\.id))
                tell(.notice(key, .acknowledged(epoch, participant), part))
            case .complete(let epoch):
                while let first = prepared.first, first.epoch <= epoch {
                    guard external() else { return }
                    world.sink.commit(first.id, key.job, by: "\(key) subtask \(subtask)")
                    prepared.removeFirst()
                }
                tell(.notice(key, .committed(epoch, participant), nil))
            }
        }
    }

    /// Blocking: a call to the external system; false when this thread is to end.
    private func external() -> Bool {
        process.sleep(world.simulation.within(1000...60_000), run: run) && !sink.isClosed
    }
}
