import Checkpoints
import ClusterMessages
import Columnar
import Connectors
import Core
import Dataflow
import JobGraph
import KeyedState
import Operators

/// One of each control message, in both directions; docs/PROTOCOL.md shows them.
enum SampleMessages {
    static let deployment: UInt64 = 8_237_645_109_112_004_781

    static let toTaskManager: [(name: String, message: ToTaskManager)] = [
        ("welcome", .welcome(welcome)),
        ("heartbeat", .heartbeat),
        ("deploy", .deploy(task, peers: peers)),
        ("start", command(.start)),
        ("assign", command(.assign(split, node: 0, subtask: 1))),
        ("noMoreSplits", command(.noMoreSplits(node: 0, subtask: 1))),
        ("trigger", command(.trigger(barrier))),
        ("complete", command(.complete(42))),
        ("retryPersisting", command(.retryPersisting)),
        ("stop", .stop(deployment: deployment)),
        ("log request", .log(request: 3, after: 1200, limit: 100)),
    ]

    static let toJobManager: [(name: String, message: ToJobManager)] = [
        ("register", .register(registration)),
        ("report", .heartbeat(report)),
        ("deployed", .deployed(deployment: deployment)),
        ("slotRunning", event(.slotRunning(slot: 1))),
        ("splitRequested", event(.splitRequested(node: 0, subtask: 1))),
        ("splitFinished", event(.splitFinished(node: 0, subtask: 1, split: finished))),
        ("readerFinished", event(.readerFinished(node: 0, subtask: 1))),
        (
            "sourceSnapshot",
            event(
                .sourceSnapshot(
                    node: 0,
                    subtask: 1,
                    checkpoint: 42,
                    snapshot: ReaderSnapshot(held: [split], finished: [finished])
                )
            )
        ),
        (
            "stageSnapshot",
            event(.stageSnapshot(stage: 1, slot: 0, checkpoint: 42, states: [state]))
        ),
        (
            "sinkSnapshot",
            event(.sinkSnapshot(node: 1, subtask: 0, checkpoint: 42, committables: [file]))
        ),
        ("sinkCommitted", event(.sinkCommitted(node: 1, subtask: 0, checkpoint: 42))),
        (
            "checkpointDeclined",
            event(.checkpointDeclined(checkpoint: 42, reason: "a snapshot is being read"))
        ),
        (
            "checkpointFailed",
            event(.checkpointFailed(checkpoint: 42, reason: "the store does not answer"))
        ),
        ("persistFailed", event(.persistFailed(slot: 1, reason: "the disk is full"))),
        (
            "connector report",
            event(
                .report(
                    node: 0,
                    subtask: 1,
                    report: ConnectorReport(.warning, "the slot lags by 2 GB")
                )
            )
        ),
        (
            "failed",
            event(
                .failed(
                    WrappedFailure(
                        blame: .external,
                        isRetryable: true,
                        message: "The connection with the database was lost."
                    )
                )
            )
        ),
        ("stopped", .stopped(deployment: deployment)),
        ("leaving", .leaving(reason: "it was told to stop")),
        ("log", .log(request: 3, lines: [line])),
    ]

    private static func command(_ command: TaskCommand) -> ToTaskManager {
        .command(deployment: deployment, command)
    }

    private static func event(_ event: TaskEvent) -> ToJobManager {
        .event(deployment: deployment, event)
    }

    private static let welcome = Welcome(
        leaderEpoch: 5,
        heartbeatMicroseconds: 2_000_000,
        silenceMicroseconds: 6_000_000,
        cancellationMicroseconds: 60_000_000
    )

    private static let registration = Registration(
        id: TaskManagerID("tm-1-9c2f"),
        dataHost: "10.0.0.8",
        dataPort: 39_017,
        restAddress: "http://10.0.0.8:9249",
        slots: 2,
        memoryBytes: 1 << 30,
        softwareVersion: "0.1.0",
        processID: 4711,
        checkpoints: "s3://bucket/prod",
        cpuCores: 4,
        managedBytes: 1 << 29
    )

    private static let report = TaskManagerReport(
        slots: [
            TaskManagerReport.Slot(
                deployment: deployment,
                slot: 0,
                nodes: [
                    NodeCounters(
                        rowsIn: 1000,
                        rowsOut: 900,
                        lateRows: 1,
                        retractionsWithoutRow: 0,
                        droppedRows: 0,
                        lagMicroseconds: 1500,
                        watermark: 1_700_000_000_000
                    )
                ],
                stages: [StageTimes(busyMicroseconds: 7000, backPressuredMicroseconds: 300)]
            )
        ],
        residentBytes: 300 << 20,
        cpuMicroseconds: 12_000_000
    )

    private static let columns = [RowField("n", .bigint)]

    private static let table = TableDefinition(
        path: "default_catalog.default_database.numbers",
        columns: [TableColumn("n", .bigint)],
        options: ["connector": "blackhole"]
    )

    private static let task = TaskDeployment(
        id: deployment,
        jobID: JobID(text: "5f0c6d1e9b7a48c2a3d4e5f60718293a"),
        attempt: 1,
        leaderEpoch: AttemptClaim.number(leaderEpoch: 5, attempt: 1),
        graph: JobGraph(
            nodes: [
                JobNode(
                    uid: OperatorUID("values-1"),
                    name: "Values",
                    spec: .values(ValuesSpec(rows: [[.int(1)], [.null]])),
                    inputs: [],
                    outputs: [Schema(columns)]
                ),
                JobNode(
                    uid: OperatorUID("sink-1"),
                    name: "Sink numbers",
                    spec: .sink(SinkSpec(table: table)),
                    inputs: [JobEdge(node: 0)],
                    outputs: []
                ),
            ],
            settings: JobSettings()
        ),
        places: [TaskManagerID("tm-1-9c2f"), TaskManagerID("tm-2-07aa")],
        restore: RestorePoint(location: nil, manifest: "5f0c6d1e/chk-41/_metadata")
    )

    private static let peers = [
        PeerPlace(id: TaskManagerID("tm-1-9c2f"), host: "10.0.0.8", port: 39_017),
        PeerPlace(id: TaskManagerID("tm-2-07aa"), host: "10.0.0.9", port: 40_211),
    ]

    private static let split = SourceSplit(id: "orders-3", position: "{\"row\":120}")
    private static let finished = FinishedSplit(id: "orders-2", result: "")
    private static let file = FileReference(
        name: "000012.sst",
        key: "shared/9c2f-000012.sst",
        bytes: 4096,
        checksum: 3_735_928_559
    )
    private static let barrier = Barrier(
        checkpoint: 42,
        isFinal: false,
        stopsSources: true,
        savepoint: SavepointPlace(location: "s3://bucket/savepoints", id: "a1b2")
    )

    private static let state = StoredNodeState(
        node: 1,
        declarations: [
            StateDeclaration(
                id: 0,
                name: "groups",
                shape: .value,
                keyTypes: [.bigint],
                rowTypes: [.bigint, .decimal(10, 2)]
            )
        ],
        part: OperatorSnapshot.Part(
            subtask: 0,
            keyGroups: KeyGroupRange(lower: 0, upper: 64),
            files: [file]
        ),
        newBytes: 4096
    )

    private static let line = LogEntry(
        sequence: 1201,
        microseconds: 1_700_000_000_000_000,
        level: "warning",
        text: "The store does not answer; trying again."
    )
}
