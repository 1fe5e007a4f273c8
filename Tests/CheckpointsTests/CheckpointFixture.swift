import Checkpoints
import Columnar
import Core
import KeyedState
import ObjectStore
import Testing

/// A folder of one test, removed at its end.
final class ScratchFolder {
    let path: String

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        path = "/tmp/apus-checkpoint-\(LocalFiles.processNumber)-\(String(number, radix: 36))"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        do { try LocalFiles.removeAll(path) } catch { Issue.record(error) }
    }
}

/// One stateful operator that runs in some slots, with checkpoints to a store.
final class CheckpointFixture {
    static let uid = OperatorUID("sum of orders")
    static let declaration = StateDeclaration(
        id: 0,
        name: "sums",
        shape: .value,
        keyTypes: [.string],
        rowTypes: [.string]
    )
    static let layout = CheckpointLayout(jobID: JobID(text: "job"))

    let folder: ScratchFolder
    let objects: any ObjectStore
    let writer: CheckpointWriter
    let parallelism: Int
    private let cache = BlockCache(bytes: 1 << 20)
    private(set) var stores: [StateStore] = []
    private var uploaders: [StateUploader] = []
    /// The bytes of tables that the last checkpoint uploaded.
    private(set) var newBytes: Int64 = 0
    private var snapshots = 0

    init(
        _ folder: ScratchFolder,
        _ objects: any ObjectStore,
        parallelism: Int = 1,
        from found: CheckpointReader.Found? = nil
    ) throws {
        self.folder = folder
        self.objects = objects
        self.parallelism = parallelism
        writer = try CheckpointWriter.claimNext(store: objects, layout: Self.layout)
        let place = "\(folder.path)/run-\(writer.leaderEpoch)"
        for slot in 0..<parallelism {
            let groups = KeyGroupRange(slot: slot, parallelism: parallelism, maxParallelism: 16)
            var restore: RestoreSource?
            var adopted: [FileReference] = []
            if let found {
                let fetched = try CheckpointReader(store: objects).fetch(
                    found,
                    Self.uid,
                    groups,
                    [Self.declaration],
                    into: "\(place)/fetched-\(slot)"
                )
                restore = fetched?.source
                adopted = fetched?.adopted ?? []
            }
            stores.append(
                try StateStore(
                    uid: Self.uid,
                    directory: "\(place)/slot-\(slot)",
                    declarations: [Self.declaration],
                    keyGroups: groups,
                    maxParallelism: 16,
                    budget: StateBudget(tableBytes: 64 << 10),
                    blockCache: cache,
                    restore: restore
                )
            )
            uploaders.append(
                StateUploader(
                    layout: Self.layout,
                    uid: Self.uid,
                    subtask: slot,
                    leaderEpoch: writer.leaderEpoch,
                    adopted: adopted
                )
            )
        }
    }

    private func slot(_ hash: UInt64) -> Int {
        KeyGroupRange.slot(
            ofGroup: KeyGroupRange.group(ofHash: hash, maxParallelism: 16),
            parallelism: parallelism,
            maxParallelism: 16
        )
    }

    /// Writes rows; an empty one deletes its key.
    func put(_ rows: [String: String]) throws {
        for (slot, store) in stores.enumerated() {
            let names = rows.keys.sorted().filter {
                self.slot(Hashing.hash(Array($0.utf8).span)) == slot
            }
            let state = store.value(0)
            let lookup = try state.lookup(KeyBatch(BytesValues(names)))
            let values = names.map { rows[$0] ?? "" }
            try state.store(
                lookup,
                rows: BytesValues(values),
                removed: Bitmap(values.map(\.isEmpty))
            )
        }
    }

    /// The rows of the given keys.
    func get(_ names: [String]) throws -> [String: String] {
        var result: [String: String] = [:]
        for (slot, store) in stores.enumerated() {
            let mine = names.filter { self.slot(Hashing.hash(Array($0.utf8).span)) == slot }
            let lookup = try store.value(0).lookup(KeyBatch(BytesValues(mine)))
            for (index, name) in mine.enumerated() where lookup.present[index] {
                result[name] = lookup.rows.string(index)
            }
        }
        return result
    }

    /// Takes a checkpoint or savepoint of everything.
    func checkpoint(_ target: CheckpointTarget) throws {
        var parts: [OperatorSnapshot.Part] = []
        newBytes = 0
        var committables: [SinkSnapshot.Committable] = []
        for (slot, store) in stores.enumerated() {
            snapshots += 1
            let place = "\(folder.path)/run-\(writer.leaderEpoch)/snapshot-\(snapshots)"
            let frozen = try store.freeze(target.checkpointID)
            try store.persister.persist(frozen)
            let files = try store.persister.snapshotFiles(into: place)
            var pack = PackedFile()
            let upload = try uploaders[slot].upload(files, for: target, in: objects, into: &pack)
            let mark = pack.add(name: "mark", Array("watermark \(slot)".utf8))
            let references = try pack.write(
                to: objects,
                base: target.base(Self.layout),
                key: target.packedKey(leaderEpoch: writer.leaderEpoch, subtask: slot)
            )
            try LocalFiles.removeAll(place)
            newBytes += upload.newBytes
            committables.append(.init(subtask: slot, file: references[mark]))
            parts.append(
                OperatorSnapshot.Part(
                    subtask: slot,
                    keyGroups: store.keyGroups,
                    files: upload.files(references),
                    attachment: references[mark]
                )
            )
        }
        let snapshot = OperatorSnapshot(
            uid: Self.uid,
            declarations: [Self.declaration],
            parts: parts
        )
        let manifest = CheckpointManifest(
            kind: target.kind,
            jobID: Self.layout.jobID,
            checkpointID: target.checkpointID,
            leaderEpoch: writer.leaderEpoch,
            createdMicroseconds: 1,
            sqlHash: "",
            jobGraph: "{}",
            parallelism: parallelism,
            maxParallelism: 16,
            sources: [],
            sinks: [SinkSnapshot(uid: OperatorUID("sink"), committables: committables)],
            operators: [snapshot]
        )
        try writer.write(manifest, for: target)
    }
}
