import Checkpoints
import Core
import JobManager
import ObjectStore

/// What has been collected for a checkpoint that is under way.
struct PendingToyCheckpoint {
    let id: CheckpointID
    private var positions: [Int: [Int: Int]] = [:]
    private var parts: [Int: OperatorSnapshot.Part] = [:]
    private var transactions: [Int: [String]] = [:]

    init(id: CheckpointID) {
        self.id = id
    }

    mutating func add(_ part: CheckpointPart) {
        switch part {
        case .positions(let subtask, let held): positions[subtask] = held
        case .state(let part): parts[part.subtask] = part
        case .transactions(let subtask, let ids): transactions[subtask] = ids
        }
    }

    /// Blocking: writes the transactions as files, and makes the manifest.
    func manifest(
        _ record: JobRecord,
        _ parallelism: Int,
        _ writer: CheckpointWriter,
        _ store: any ObjectStore
    ) throws -> CheckpointManifest {
        let target = CheckpointTarget.checkpoint(id)
        var committables: [SinkSnapshot.Committable] = []
        for (subtask, ids) in transactions.sorted(by: { $0.key < $1.key }) {
            var pack = PackedFile()
            for id in ids { _ = pack.add(name: "transaction", Array(id.utf8)) }
            let files = try pack.write(
                to: store,
                base: target.base(writer.layout),
                key: target.packedKey(
                    leaderEpoch: writer.leaderEpoch,
                    subtask: parallelism + subtask
                )
            )
            committables += files.map { SinkSnapshot.Committable(subtask: subtask, file: $0) }
        }
        let held = (0..<parallelism).map { subtask in
            (positions[subtask] ?? [:]).sorted { $0.key < $1.key }.map {
                SplitPosition(id: String($0.key), position: String($0.value))
            }
        }
        return CheckpointManifest(
            kind: .checkpoint,
            jobID: record.id,
            checkpointID: id,
            leaderEpoch: writer.leaderEpoch,
            createdMicroseconds: 0,
            sqlHash: "",
            jobGraph: "",
            parallelism: parallelism,
            maxParallelism: ToyJob.keyGroups,
            sources: [
                SourceSnapshot(
                    uid: OperatorUID("source"),
                    enumeratorState: "",
                    held: held,
                    finished: []
                )
            ],
            sinks: [SinkSnapshot(uid: OperatorUID("sink"), committables: committables)],
            operators: [
                OperatorSnapshot(
                    uid: OperatorUID("count"),
                    declarations: [],
                    parts: parts.sorted { $0.key < $1.key }.map(\.value)
                )
            ]
        )
    }
}
