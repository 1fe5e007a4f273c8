import BenchmarkKit
import Checkpoints
import Core
import JobGraph
import JobManager
import KeyedState
import ObjectStore

/// What coordinating one big job costs: 1,000 slots of 10 stages on 100 task managers.
///
/// Everything here runs on the leader's one thread for decisions, or on the one for manifests; the
/// network and the store are not in it.
@main struct CoordinatorBenchmark {
    static let slots = 1000
    static let stages = 10
    static let taskManagers = 100
    /// Files of one stateful operator in one slot: tables, and small ones in the packed object.
    static let tables = 3
    static let smallFiles = 4

    static let job = JobID(text: "0123456789abcdef0123456789abcdef")

    static func main() throws {
        Report.begin("Coordination of \(slots) slots x \(stages) stages")
        let machine = measureDeployment()
        measureCheckpoints(machine)
        try measureManifest()
    }

    private static func workers() -> [TaskManagerID] {
        (0..<taskManagers).map { TaskManagerID("tm-\($0)") }
    }

    private static func submitted() -> JobMachine {
        var settings = JobSettings()
        settings.maxParallelism = 4096
        settings.checkpointIntervalMicroseconds = 1_000_000
        return JobMachine(
            shape: JobMachine.Shape(
                sourceNodes: [0],
                sinkNodes: [stages],
                stageCount: stages
            ),
            settings: settings,
            parallelism: slots,
            request: .newest,
            seed: 1
        )
    }

    /// From the first registration to a job that runs.
    private static func measureDeployment() -> ClusterMachine {
        var milliseconds: [Double] = []
        var cluster = ClusterMachine(heartbeatTimeoutMicroseconds: 50_000_000)
        for _ in 0..<9 {
            cluster = ClusterMachine(heartbeatTimeoutMicroseconds: 50_000_000)
            let meter = Meter()
            _ = cluster.handle(.submitted(job, name: "big", submitted()), nowMicroseconds: 0)
            let prepared = JobMachine.Prepared(restored: nil, nextCheckpoint: 1)
            tell(&cluster, .prepared(attempt: 1, prepared), 0)
            for (index, worker) in workers().enumerated() {
                _ = cluster.handle(
                    .registered(worker, connection: index, slots: slots / taskManagers),
                    nowMicroseconds: 0
                )
            }
            for worker in workers() { tell(&cluster, .deployed(attempt: 1, worker), 0) }
            for slot in 0..<slots {
                tell(&cluster, .task(attempt: 1, .slotRunning(slot)), 0)
            }
            milliseconds.append(meter.thread * 1000)
            precondition(cluster.jobs[job]?.isWhole == true, "the job runs")
        }
        Report.line("registration to running, decisions", medianOf: milliseconds, "ms")
        return cluster
    }

    @discardableResult
    private static func tell(
        _ cluster: inout ClusterMachine,
        _ event: JobMachine.Event,
        _ now: Int64
    ) -> [ClusterMachine.Action] {
        cluster.handle(.job(job, event), nowMicroseconds: now)
    }

    private static func participants() -> [CheckpointParticipant] {
        (0..<slots).flatMap { slot in
            [.source(node: 0, subtask: slot)] + (0..<stages).map { .stage($0, slot: slot) }
                + [.sink(node: stages, subtask: slot)]
        }
    }

    private static func measureCheckpoints(_ machine: ClusterMachine) {
        var cluster = machine
        let participants = participants()
        var milliseconds: [Double] = []
        var now: Int64 = 0
        for checkpoint in 1...9 as ClosedRange<CheckpointID> {
            now += 2_000_000
            let meter = Meter()
            _ = cluster.handle(.tick, nowMicroseconds: now)
            var isStored = false
            for (index, participant) in participants.enumerated() {
                let connection = index % taskManagers
                _ = cluster.handle(.heard(connection: connection), nowMicroseconds: now)
                let actions = tell(
                    &cluster,
                    .task(attempt: 1, .acknowledged(checkpoint, participant)),
                    now
                )
                isStored = isStored || actions.contains(.job(job, .store(checkpoint)))
            }
            precondition(isStored, "all have acknowledged")
            tell(&cluster, .manifestStored(attempt: 1, checkpoint), now)
            for slot in 0..<slots {
                let sink = CheckpointParticipant.sink(node: stages, subtask: slot)
                tell(&cluster, .task(attempt: 1, .committed(checkpoint, sink)), now)
            }
            milliseconds.append(meter.thread * 1000)
        }
        let messages = participants.count + slots
        let middle = milliseconds.sorted()[milliseconds.count / 2]
        Report.line("messages of a checkpoint to the leader", Figure(Double(messages), "messages"))
        Report.line(
            "decisions of a checkpoint",
            medianOf: milliseconds,
            "ms",
            nil,
            "\(Figure.text(middle * 1e6 / Double(messages))) ns a message"
        )
    }

    // The thread of manifests.

    private static func file(_ key: String, _ name: String, isTable: Bool) -> FileReference {
        FileReference(
            name: name,
            key: key,
            offset: isTable ? 0 : 4096,
            bytes: isTable ? 8_388_608 : 512,
            checksum: 0x9AE0_C1F7,
            objectBytes: isTable ? nil : 65_536
        )
    }

    private static func manifest(_ checkpoint: CheckpointID) -> CheckpointManifest {
        let operators = (0..<stages).map { stage in
            let parts = (0..<slots).map { slot in
                let groups = KeyGroupRange(
                    slot: slot,
                    parallelism: slots,
                    maxParallelism: 4096
                )
                let shared = (0..<tables).map { table in
                    let name = "00000\(table).sst"
                    let key = "shared/\(checkpoint)-16777217-agg_\(stage)_9ae0c1f7-\(slot)-\(name)"
                    return file(key, name, isTable: true)
                }
                let packed = (0..<smallFiles).map { number in
                    file("chk-\(checkpoint)/16777217-\(slot)", "META-\(number)", isTable: false)
                }
                return OperatorSnapshot.Part(
                    subtask: slot,
                    keyGroups: groups,
                    files: shared + packed
                )
            }
            return OperatorSnapshot(
                uid: OperatorUID("agg-\(stage)"),
                declarations: [],
                parts: parts
            )
        }
        return CheckpointManifest(
            kind: .checkpoint,
            jobID: job,
            checkpointID: checkpoint,
            leaderEpoch: 16_777_217,
            createdMicroseconds: 0,
            sqlHash: "",
            jobGraph: "",
            parallelism: slots,
            maxParallelism: 4096,
            sources: [],
            sinks: [],
            operators: operators
        )
    }

    private static func measureManifest() throws {
        let manifest = manifest(1)
        var encoding: [Double] = []
        var decoding: [Double] = []
        var bytes: [UInt8] = []
        for _ in 0..<5 {
            var meter = Meter()
            bytes = try ManifestCodec.encode(manifest)
            encoding.append(meter.thread * 1000)
            meter = Meter()
            _ = try ManifestCodec.decode(bytes, name: "manifest")
            decoding.append(meter.thread * 1000)
        }
        let files = manifest.files.count
        Report.line("files in the manifest", Figure(Double(files), "files"))
        Report.line(
            "manifest",
            Figure(Double(bytes.count) / 1e6, "MB"),
            "\(bytes.count / files) B a file"
        )
        Report.line("encoding the manifest", medianOf: encoding, "ms")
        Report.line("decoding the manifest", medianOf: decoding, "ms")
        try measureRetention()
    }

    /// What follows each checkpoint: the manifests are read, and the oldest is deleted.
    private static func measureRetention() throws {
        let layout = CheckpointLayout(jobID: job)
        let store = MemoryStore()
        var milliseconds: [Double] = []
        for checkpoint in 1...6 as ClosedRange<CheckpointID> {
            let manifest = manifest(checkpoint)
            for key in manifest.objects.keys {
                try store.put(layout.jobFolder + key, [], ifAbsent: false)
            }
            let key = layout.manifestKey(checkpoint)
            try store.put(key, try ManifestCodec.encode(manifest), ifAbsent: true)
            let meter = Meter()
            try RetentionExecutor(store: store, layout: layout, keep: 3).run(inProgress: [])
            if checkpoint > 3 { milliseconds.append(meter.thread * 1000) }
        }
        Report.line("retention of 3 checkpoints, after each", medianOf: milliseconds, "ms")
    }
}
